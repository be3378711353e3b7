"""What a terminal shows that is narrower than the text: the real client against the fake courantd."""

import json
import re
import textwrap
import threading
from pathlib import Path

import pytest

from fake_courantd import ago, entry, event
from test_client_fake import STYLE, courant, fake  # noqa: F401

TITLE = "Lighthouse keeper's diary of 1911 found behind a stove in the old house of the pilots"
BY_LINE = "Coast Wire · Ada Lindqvist · 20 November"
SUMMARY = "Two hundred pages were found behind a stove, most of them about fog, the rest about a whale that came too close to the mole."
URL = "https://coast-wire.example/a/rather/long/address/that/fills/the/line/ok"
CHINESE = "停航十一年后，夜间渡轮三月复航；港口管理局表示将在春季前完成所有准备工作，居民们对此反应不一，有人欢迎也有人担心噪音。"
# As digest/txt.c writes it: 72 columns, and a space at the end of what goes on.
EDITION = f"""daily
Monday, 23 November 2026
2 new entries from 2 feeds
{"=" * 72}

港
{"-" * 72}

{TITLE[:72]}
{TITLE[72:]}
  {BY_LINE}
  {SUMMARY[:69]}
  {SUMMARY[69:]}
  {URL}

{CHINESE[:35]}
{CHINESE[35:]}
  港湾日报 · 20 November
  http://a.example/
"""


def screen(client, *arguments, columns):
    return STYLE.sub("", client.terminal(*arguments, columns=columns, rows=500)).splitlines()


def assert_folded(lines, text, columns, indent=""):
    """The text stands there in lines that end between words, each as full as can be."""
    folded = textwrap.wrap(text, columns, initial_indent=indent, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
    assert folded[0] in lines, lines
    at = lines.index(folded[0])
    assert lines[at:at + len(folded)] == folded


@pytest.mark.parametrize("columns", [30, 40, 60, 71])
def test_an_edition_is_folded_anew(courant, fake, columns):  # noqa: F811
    """Each paragraph as a whole: no short line but its last one, and nothing runs into anything else."""
    path = Path(fake.editions[0]["files"]["txt"])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(EDITION)
    assert courant("digest").stdout == EDITION
    lines = screen(courant, "digest", columns=columns)
    assert lines[3] == "=" * columns and lines[lines.index("港") + 1] == "-" * columns
    for indent, text in [("", TITLE), ("  ", SUMMARY), ("  ", BY_LINE), ("  ", URL)]:
        assert_folded(lines, text, columns, indent)
    first, last = lines.index(next(line for line in lines if line.startswith("停"))), lines.index("  港湾日报 · 20 November")
    assert "".join(lines[first:last]) == CHINESE
    assert all(len(line) >= columns // 2 - 2 for line in lines[first:last - 1])


@pytest.mark.parametrize("columns", [40, 60])
@pytest.mark.parametrize("arguments, text", [
    (["frobnicate"], "courant: there is no command 'frobnicate'; see courant help"),
    (["show", "x y"], "courant: 'x y' is not an entry's number"),
    (["add", "https://feed1.example/rss"], "courant: this feed is subscribed already: feed 1"),
], ids=["command", "number", "refusal"])
def test_errors_are_folded_between_words(courant, arguments, text, columns):  # noqa: F811
    assert_folded(screen(courant, *arguments, columns=columns), text, columns)


def test_errors_are_one_line_elsewhere(courant):  # noqa: F811
    assert courant("frobnicate", env={"COLUMNS": "40"}, expect=2).stderr.count("\n") == 1


def test_add_folds_what_it_says_of_feeds(courant, fake):  # noqa: F811
    name = "The Harbour Times, its supplements, and what the readers of both had to say about them"
    url = "https://harbour-times.example/all-of-it.xml"
    fake.override["POST", "/v1/feeds"] = (201, json.dumps({"feed_id": 43, "title": name, "feed_url": url, "entries": 2}).encode())
    lines = screen(courant, "add", "harbour-times.example", columns=40)
    assert_folded(lines, f"added as feed 43: {name} (2 entries)", 40)
    assert lines[-1] == f"  {url}"
    feeds = [{"url": url, "title": name, "type": "atom"}] * 2
    fake.override["POST", "/v1/feeds"] = (422, json.dumps({"error_message": "a page", "code": "not_a_feed", "feeds": feeds}).encode())
    lines = screen(courant, "add", "harbour-times.example", "--pick", "3", columns=40)
    assert lines[0].startswith("  1  atom  The Harbour")
    assert_folded(lines[1:], name.removeprefix("The Harbour Times, its "), 40, " " * 11)


def test_add_says_what_it_waits_for(courant, fake):  # noqa: F811
    """Once it takes longer than a moment: that a pause is kept, and how long."""
    fake.looked = threading.Event()
    fake.add_starts_at = ago(minutes=-30)
    shown = " ".join(screen(courant, "add", "https://new.example/feed", columns=80))
    assert re.search(r"^https://new.example/feed waits for the pause between two requests to its host: asked in \d+ min added as feed 43$", shown)


def test_statistics_stay_within_40_columns(courant, fake):  # noqa: F811
    """Every result of a fetch, with numbers of any size."""
    fetches = {"unchanged": 1234567, "not_modified": 1, "new": 9, "redirect_refused": 3}
    days = [{"date": "2026-11-23", "new": 1, "archive": 0, "changed": 0, "fetches": fetches}]
    store = {"feeds": 1, "entries": 1, "unread": 1, "starred": 0, "database_bytes": 1 << 30, "free_bytes": 0, "wal_bytes": 0}
    stats = {"now": "2026-11-23T12:00:00Z", "time_zone": "UTC", "days": days, "week": [[0] * 24] * 7, "feeds": [], "store": store}
    fake.override["GET", "/v1/stats"] = (200, json.dumps(stats).encode())
    lines = screen(courant, "stats", columns=40)
    assert any(line.startswith("  read, nothing new ") and line.endswith("100 %") for line in lines)
    assert max(map(len, lines)) <= 40, lines
    assert lines[0] == "New entries: 1 in 1 day, 1.0 a day" and "Stored: 1 entry in 1 feed" in lines
    assert lines[8].split() == ["23", "Nov"]
    stats["days"] = [{"date": f"2025-{month:02d}-{day:02d}", "new": 1234, "archive": 0, "changed": 0, "fetches": {}}
                     for month in range(1, 13) for day in range(1, 32)]
    fake.override["GET", "/v1/stats"] = (200, json.dumps(stats).encode())
    lines = screen(courant, "stats", columns=40)
    assert re.search(r"\n +1 Jan 2025 +31 Dec\n +a bar is \d+ days\n", "\n".join(lines))
    assert max(map(len, lines)) <= 40


def test_what_changed_stays_within_40_columns(courant, fake):  # noqa: F811
    before = entry(1, fake.feeds[0], "What it was before") | {"number": 1, "replaced_at": "2026-11-23T12:00:00Z", "alike": 0, "whole": True}
    fake.override["GET", "/v1/entries/1/revisions"] = (200, json.dumps([before]).encode())
    assert screen(courant, "show", "1", "--revisions", columns=40)[0].split() == ["no", "changed", "what", "title", "before"]
    assert_folded(screen(courant, "show", "1", "--diff", columns=40), "Revision 1, changed Mon 23 Nov 2026, 12:00", 40)


@pytest.mark.parametrize("arguments, what", [
    ("search storm -ferry", "words to leave out stand behind --"), ("search storm -xylophone", "words to leave out stand behind --"),
    ("help frobnicate", "see courant help"), ("help hedlines", "did you mean 'headlines'"), ("follow -n x", "'x' is not a number from 1 on"),
])
def test_usage_errors_say_what_to_do(courant, arguments, what):  # noqa: F811
    assert what in courant(*arguments.split(), expect=2).stderr


def test_what_is_not_there_is_said_with_where_to_look(courant):  # noqa: F811
    assert "courant feeds --fields category,title lists them" in courant("-c", "fjords and so on", expect=4).stderr
    assert "courant feeds lists them" in courant("-f", "fjords and so on", expect=4).stderr
    assert "courant digest --now evening makes one" in courant("digest", "evening", expect=4).stderr


@pytest.mark.parametrize("columns, width", [(40, 10), (60, 15), (80, 16)])
def test_followed_entries_stand_in_columns(courant, fake, columns, width):  # noqa: F811
    """Each is printed alone; a short title does not widen the column of the feeds."""
    titles = ["Short", "A title that is much longer than any terminal of this size has room for, and then some", "渡轮"]
    fake.streams.append([event(entry(n, fake.feeds[0] | {"title": "The Harbour Times"}, title)) for n, title in enumerate(titles, 1)])
    lines = screen(courant, "follow", "-n", "3", columns=columns)
    assert [line[6:8 + width] for line in lines] == ["  " + "The Harbour Times"[:width - 1] + "…"] * 3
    assert [line[8 + width:][:3] for line in lines] == ["  S", "  A", "  渡"]


@pytest.mark.parametrize("columns", range(40, 52))
def test_marks_of_a_change_stay_with_it(courant, fake, columns):  # noqa: F811
    """Between wide characters a line may end anywhere, but not between a mark and what it marks."""
    before, after = "一" * 18 + "二" + "。" * 2 + "三" * 30, "一" * 18 + "四" + "。" * 2 + "三" * 30
    fake.override["GET", "/v1/entries/1"] = (200, json.dumps(entry(1, fake.feeds[0], after, content="")).encode())
    old = entry(1, fake.feeds[0], before, content="") | {"number": 1, "replaced_at": "2026-11-23T12:00:00Z", "alike": 0, "whole": True}
    fake.override["GET", "/v1/entries/1/revisions"] = (200, json.dumps([old]).encode())
    lines = screen(courant, "show", "1", "--diff", columns=columns)
    assert "[-二-]{+四+}" in "".join(lines)
    assert not [line for line in lines if line.startswith(("-]", "+}", "二", "四")) or line.endswith(("[-", "{+", "二", "四"))]


def test_what_was_done_is_folded_between_words(courant, fake):  # noqa: F811
    fake.feeds[0]["title"] = "The Harbour Times, its supplements, and its almanac"
    assert_folded(screen(courant, "refresh", "--wait", fake.feeds[0]["title"], columns=40), "The Harbour Times, its supplements, and its almanac (1): 3 new, 0 changed", 40)
    assert_folded(screen(courant, "doctor", "1", columns=40), "The Harbour Times, its supplements, and its almanac (1)", 40)
    fake.override["GET", "/v1/entries/1/revisions"] = (200, b"[]")
    assert_folded(screen(courant, "show", "1", "--diff", columns=40), "Entry 1 was not changed since it was stored.", 40)
