"""courant stats: counted when it happens, shown in a terminal, as TSV and as an image."""

import json
import sqlite3
import subprocess
import time
import xml.etree.ElementTree as ET

from daemon import BUILD, PATIENCE, wait_until
from documents import Entry, rss
from origin import Answer

NAME = "A <b> & 'c'"


def dated(n, age, prefix="e", title="Entry"):
    now = time.time()
    return [Entry(f"{title} {i}", f"{prefix}{i}", f"https://news.example/{prefix}{i}", "<p>text</p>",
                  date=time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(now - age))) for i in range(n)]


def totals(stats):
    return {key: sum(day[key] for day in stats["days"]) for key in ("new", "archive", "changed")}


def fetches(stats):
    sums = {}
    for day in stats["days"]:
        for word, n in day["fetches"].items():
            sums[word] = sums.get(word, 0) + n
    return sums


def started(origin, daemon):
    good = origin.set("/a", Answer(rss(*dated(3, 3600), *dated(2, 40 * 86400, "old")), etag='"1"', conditional=True))
    bad = origin.set("/b", Answer(b"", status=404))
    daemon.start({"url": good, "name": NAME}, bad)
    daemon.wait_checked()
    daemon.refresh(good)
    return good


def test_entries_and_fetches_are_counted(origin, daemon):
    started(origin, daemon)
    stats = daemon.get("/v1/stats?days=7")
    assert len(stats["days"]) == 7 and stats["days"] == sorted(stats["days"], key=lambda day: day["date"])
    assert totals(stats) == {"new": 3, "archive": 2, "changed": 0}
    assert fetches(stats) == {"new": 1, "not_modified": 1, "http_error": 1}
    assert sum(map(sum, stats["week"])) == 3 and [len(day) for day in stats["week"]] == [24] * 7
    assert [(f["entries"], f["unread"], sum(f["days"])) for f in stats["feeds"]] == [(5, 5, 3), (0, 0, 0)]
    assert stats["store"]["entries"] == 5 and stats["store"]["database_bytes"] > 0 and "parts" not in stats["store"]
    parts = daemon.get("/v1/stats?parts=1")["store"]["parts"]
    assert parts == [] or sum(p["bytes"] for p in parts) <= stats["store"]["database_bytes"] + stats["store"]["wal_bytes"]


def test_one_feed(origin, daemon):
    started(origin, daemon)
    feed = next(f for f in daemon.get("/v1/feeds") if f["title"].startswith("A"))
    stats = daemon.get(f"/v1/stats?feed_id={feed['id']}&days=60")
    assert sum(day["new"] for day in stats["days"]) == 5 and "store" not in stats and len(stats["feeds"]) == 1
    assert daemon.call("GET", "/v1/stats?feed_id=999")[0] == 404
    status, body, _ = daemon.call("GET", "/v1/stats?days=401")
    assert status == 400 and "400" in body["error_message"]


def test_the_terminal_shows_it(origin, daemon):
    started(origin, daemon)
    wide = daemon.courant("stats")
    assert "New entries: 3 in 30 days" in wide.stdout and "█" in wide.stdout and "http_error" in wide.stdout
    assert NAME in wide.stdout and max(map(len, wide.stdout.splitlines())) <= 80
    plain = subprocess.run([BUILD / "courant", "stats", "--store"], env=daemon.environment() | {"LC_ALL": "C"}, capture_output=True, text=True,
                           timeout=30 * PATIENCE)
    assert plain.returncode == 0 and plain.stdout.isascii() and "###" in plain.stdout
    one = daemon.courant("stats", NAME, "-d", "60")
    assert "Entries: 5 in 60 days" in one.stdout and "Fetches" not in one.stdout
    daemon.courant("stats", "nothing of that name", expect=4)
    daemon.courant("stats", "--days", "401", expect=2)


def test_rows_for_scripts_are_days(origin, daemon):
    started(origin, daemon)
    rows = [line.split("\t") for line in daemon.courant("stats", "--tsv", "-d", "3").stdout.splitlines()]
    assert len(rows) == 3 and [sum(int(row[i]) for row in rows) for i in range(1, 6)] == [3, 2, 0, 3, 1]
    assert len(json.loads(daemon.courant("stats", "--json", "-d", "3").stdout)["days"]) == 3


def test_the_image_holds_nothing_from_elsewhere(origin, daemon, tmp_path):
    started(origin, daemon)
    for words in ([], [NAME]):
        file = tmp_path / "stats.svg"
        made = daemon.courant("stats", *words, "--svg", str(file))
        assert made.stdout == ""
        text = file.read_text()
        root = ET.fromstring(text)
        assert {e.tag.split("}")[1] for e in root.iter()} <= {"svg", "title", "style", "rect", "text", "line", "g"}
        assert any(e.text == NAME for e in root.iter()) and "prefers-color-scheme" in text
        assert text.count("http") == text.count("http://www.w3.org/2000/svg") + text.count("http_error")
        assert [p.name for p in tmp_path.glob("stats.svg*")] == ["stats.svg"]
    daemon.courant("stats", "--svg", str(tmp_path / "no" / "where.svg"), expect=1)


def test_every_figure_is_true_while_a_large_feed_is_being_removed(origin, daemon):
    """Its entries go in steps; whoever looks meanwhile sees what is left without them."""
    large = origin.set("/a", Answer(rss(*(Entry(f"word {i}", f"a{i}", f"https://news.example/a{i}", "<p>word</p>") for i in range(6000)))))
    small = origin.set("/b", Answer(rss(*(Entry(f"word {i}", f"b{i}", f"https://news.example/b{i}", "<p>word</p>") for i in range(3)))))
    daemon.start()
    ids = {url: daemon.call("POST", "/v1/feeds", {"feed_url": url, "allow_private": True})[1]["feed_id"] for url in (large, small)}
    wait_until(lambda: daemon.get("/v1/status")["entries"] == 6003, 30, "all entries")
    wait_until(lambda: daemon.get(f"/v1/feeds/{ids[small]}/entries?search=word&content=0")["total"] == 3, 30, "the search index")
    of = {url: [e["id"] for e in daemon.get(f"/v1/feeds/{n}/entries?limit=10&content=0")["entries"]] for url, n in ids.items()}
    for entry in (of[large][0], of[small][0]):
        assert daemon.call("PUT", f"/v1/entries/{entry}/bookmark")[0] == 204
    assert daemon.call("PUT", "/v1/entries", {"entry_ids": [of[large][1], of[small][1]], "status": "read"})[0] == 204

    def look():
        status, stats, metrics = daemon.get("/v1/status"), daemon.get("/v1/stats"), daemon.get("/metrics").decode()
        shown = json.loads(daemon.courant("status", "--json").stdout)
        for figures in (status, stats["store"], shown):
            assert [figures[k] for k in ("feeds", "entries", "unread", "starred")] == [1, 3, 2, 1]
        assert [(f["id"], f["entries"], f["unread"]) for f in stats["feeds"]] == [(ids[small], 3, 2)]
        for line in ("courant_entries 3", "courant_unread_entries 2", "courant_starred_entries 1"):
            assert f"\n{line}\n" in metrics
        assert daemon.get("/v1/feeds/counters") == {"reads": {str(ids[small]): 1}, "unreads": {str(ids[small]): 2}}
        assert [f["entries"] for f in daemon.get("/v1/feeds")] == [3]
        for query, total in (("", 3), ("status=unread", 2), ("starred=1", 1), ("search=word", 3), ("after=1", 3)):
            answer = daemon.get(f"/v1/entries?content=0&{query}")
            assert (answer["total"], len(answer["entries"])) == (total, total), query

    assert daemon.call("DELETE", f"/v1/feeds/{ids[large]}")[0] == 204
    look()
    with sqlite3.connect(f"file:{daemon.state}/courant.db?mode=ro", uri=True) as db:
        while db.execute("SELECT COUNT(*) FROM removals").fetchone()[0] > 0:
            look()
        assert db.execute("SELECT COUNT(*) FROM entries").fetchone()[0] == 3
    look()
