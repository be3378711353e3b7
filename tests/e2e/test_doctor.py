"""What courant doctor tells a person: each feed that is not well, since when, what was seen, what happens next, what to do."""

import json

from documents import entries, rss
from origin import Answer, Redirect
from rehearsal import DAY, HOUR, begin, by_id, fetch_for, next_fetch

PAGE = Answer(b"<!doctype html><html><head><title>Hi</title></head><body>Hello</body></html>", type="text/html")


def test_all_is_well(origin, daemon):
    daemon.start({"url": origin.set("/feed", rss(*entries(2))), "name": "Coast Wire"})
    daemon.wait_checked()
    said = daemon.courant("doctor").stdout
    assert "Nothing needs you." in said and "feeds      1: 1 ok" in said
    assert "courantd   " in said and "database   " in said and "clock      " in said
    one = daemon.courant("doctor", "Coast Wire").stdout
    assert one.startswith("Coast Wire (1)\n") and "ok" in one and "next" in one
    answer = json.loads(daemon.courant("doctor", "--json").stdout)
    assert answer["healthy"] is True and answer["feeds"] == []
    assert {c["name"] for c in answer["checks"]} >= {"courantd", "database", "clock", "parsers", "digest", "feeds"}
    assert daemon.courant("doctor", "--tsv").stdout == ""


def test_the_most_urgent_comes_first(origin, daemon):
    feeds = [{"url": origin.set("/500", Answer(b"", status=500)), "name": "Bomb Monthly"},
             {"url": origin.set("/ok", rss(*entries(1))), "name": "Coast Wire"},
             {"url": origin.set("/page", PAGE), "name": "Forgotten Page"},
             {"url": origin.set("/410", Answer(b"", status=410)), "name": "Moved Away"}]
    failing, _, _, gone = begin(daemon, *feeds)
    failing = fetch_for(daemon, failing, 8 * HOUR)
    while by_id(daemon, gone["id"])["health"] != "gone":
        next_fetch(daemon, gone)
    done = daemon.courant("doctor", expect=6)
    order = [done.stdout.index(word) for word in ("\ngone: ", "\nnot a feed: ", "\nfailing: ")]
    assert order == sorted(order), done.stdout
    for word in ("Moved Away", "HTTP 410 Gone (2 times)", "never", "courant refresh 4", "Forgotten Page", "an HTML page", "HTTP 500"):
        assert word in done.stdout, (word, done.stdout)
    assert "Coast Wire" not in done.stdout and "Nothing needs you" not in done.stdout
    answer = json.loads(daemon.courant("doctor", "--json", expect=6).stdout)
    assert answer["healthy"] is False
    assert [f["health"] for f in answer["feeds"]] == ["gone", "not_a_feed", "failing"]
    assert all(f["advice"] and f["health_since"] for f in answer["feeds"])
    rows = daemon.courant("doctor", "--tsv", expect=6).stdout.splitlines()
    assert [row.split("\t")[2] for row in rows] == ["gone", "not_a_feed", "failing"]
    assert daemon.courant("doctor", "--fields", "id,health", "--jsonl", expect=6).stdout.startswith('{"id":4,"health":"gone"}')


def test_one_feed_in_full(origin, daemon):
    begin(daemon, {"url": origin.set("/page", PAGE), "name": "Forgotten Page"})
    said = daemon.courant("doctor", "forgotten page", expect=6).stdout
    for word in ("not a feed since", "the document is an HTML page", "courant.conf:4", "after the last failure", "courant add"):
        assert word in " ".join(said.split()), (word, said)
    assert "no feed" in daemon.courant("doctor", "nothing", expect=4).stderr
    assert "no feed 99" in daemon.courant("doctor", "99", expect=4).stderr


def test_what_mends_itself_needs_nobody(origin, daemon):
    begin(daemon, origin.set("/500", Answer(b"", status=500)))
    done = daemon.courant("doctor")
    assert "retrying: " in done.stdout and "Nothing needs you." in done.stdout


def test_a_move_is_told_until_the_file_follows(origin, daemon):
    origin.set("/new", rss(*entries(1)))
    [feed] = begin(daemon, {"url": origin.set("/old", Redirect(status=301, to="/new")), "name": "Old News", "interval": "12h"})
    fetch_for(daemon, feed, 3 * DAY)
    said = " ".join(daemon.courant("doctor").stdout.split())
    assert "Old News (1) has moved for good to " + origin.url("/new") in said and "change it there" in said
    assert "moved to " + origin.url("/new") in " ".join(daemon.courant("feeds").stdout.split())


def test_the_clock_of_a_rehearsal_is_pointed_out(origin, daemon):
    begin(daemon, origin.set("/feed", rss(*entries(1))))
    daemon.set_clock(by=30 * DAY)
    theirs = daemon.environment()
    theirs.pop("COURANT_CLOCK")
    daemon.environment = lambda: theirs
    assert "COURANT_CLOCK" in daemon.courant("doctor", expect=6).stdout


def test_no_colour_no_escape(origin, daemon):
    daemon.start(origin.set("/page", Answer(b"\x1b[31m<html>\x1b", type="text/html")))
    daemon.wait_checked()
    assert "\x1b" not in daemon.courant("doctor", expect=6).stdout
    assert "\x1b[" in daemon.courant("doctor", "--color", "always", expect=6).stdout


def test_nobody_to_ask(daemon):
    daemon.configure()
    assert "courantd" in daemon.courant("doctor", expect=3).stderr
