"""Whole documents whose entries come under other names, through the parser and the daemon."""

import email.utils
import time

from daemon import wait_until
from documents import Entry, entries, rss

WEEK = 7 * 86400


def play(origin, daemon, *bodies):
    """Serves the documents one after another; returns the reports of all but the first."""
    url = origin.set("/feed", *bodies)
    daemon.start(url)
    daemon.wait_checked()
    return [daemon.refresh(url) for _ in bodies[1:]]


def counts(reports):
    return [(r["new"], r["changed"]) for r in reports]


def named(guid, link, n=4):
    """The same news under a name for each."""
    return [Entry(f"News {i}", guid(i), link and link(i), f"Text {i}.", f"Mon, 02 Nov 2026 08:0{i}:00 GMT") for i in range(n)]


def test_http_becomes_https_in_guids(origin, daemon):
    old = named(lambda i: f"http://news.example/{i}", lambda i: f"http://news.example/{i}")
    new = named(lambda i: f"https://news.example/{i}", lambda i: f"https://news.example/{i}/")
    assert [r["new"] for r in play(origin, daemon, rss(*old), rss(*new), rss(*new))] == [0, 0]


def test_guids_random_in_each_request(origin, daemon):
    bodies = [rss(*named(lambda i, r=r: f"{r}-{i}-random", None)) for r in range(4)]
    assert counts(play(origin, daemon, *bodies)) == [(0, 0)] * 3
    assert len(daemon.titles()) == 4


def test_guids_and_links_random_and_no_dates(origin, daemon):
    def body(r):
        return rss(*[Entry(e.title, e.guid, e.link, e.text, None)
                     for e in named(lambda i: f"{r}-{i}", lambda i: f"https://news.example/?item={r}{i}")])
    reports = play(origin, daemon, *[body(r) for r in range(4)])
    assert [r["new"] for r in reports] == [0] * 3
    assert len(daemon.titles()) == 4


def test_an_edited_headline_inside_the_guid(origin, daemon):
    old = Entry("Two hurt in fire", "Two hurt in fire", "https://news.example/fire", "A house burns.")
    new = Entry("Three hurt in fire", "Three hurt in fire", "https://news.example/fire", "A house burns.")
    assert counts(play(origin, daemon, rss(old), rss(new), rss(new))) == [(0, 1), (0, 0)]


def test_one_guid_for_all_items(origin, daemon):
    one, two, three = named(lambda i: "https://news.example/", lambda i: f"https://news.example/{i}", 3)
    reports = play(origin, daemon, rss(two, one), rss(three), rss(three, two, one))
    assert counts(reports) == [(1, 0), (0, 0)]


def test_equal_links_with_good_guids(origin, daemon):
    one, two, three = named(lambda i: f"n{i}", lambda i: "https://news.example/live", 3)
    reports = play(origin, daemon, rss(one), rss(two, one), rss(three))
    assert [r["new"] for r in reports] == [1, 1]


def test_no_guid_and_equal_links(origin, daemon):
    one, two, three = named(lambda i: None, lambda i: "https://news.example/live", 3)
    reports = play(origin, daemon, rss(one), rss(two, one), rss(three, two, one))
    assert counts(reports) == [(1, 0), (1, 0)]


def test_no_guid_and_dates_that_move_on_every_fetch(origin, daemon):
    def body(minute):
        return rss(*[Entry(e.title, None, e.link, e.text, f"Mon, 02 Nov 2026 09:{minute:02d}:00 GMT")
                     for e in named(lambda i: None, lambda i: f"https://news.example/{i}")])
    assert counts(play(origin, daemon, body(0), body(7), body(21))) == [(0, 0), (0, 0)]


def test_an_empty_guid(origin, daemon):
    one, two = named(lambda i: "", lambda i: f"https://news.example/{i}", 2)
    assert counts(play(origin, daemon, rss(one), rss(two, one), rss(two))) == [(1, 0), (0, 0)]


def test_the_same_title_twice_legitimately(origin, daemon):
    def thread(week):
        return Entry("Open thread", f"t{week}", f"https://news.example/t{week}", "", f"Mon, {2 + 7 * week:02d} Nov 2026 08:00:00 GMT")
    reports = play(origin, daemon, rss(thread(0)), rss(thread(1)), rss(thread(2), thread(1)))
    assert counts(reports) == [(1, 0), (1, 0)]


def test_a_site_migration_that_republishes_years_of_posts(origin, daemon):
    now = time.time()
    old = [Entry(f"Post {i}", f"new-{i}", f"https://new.example/{i}", f"Text {i}.", email.utils.formatdate(now - i * WEEK)) for i in range(3, 30)]
    known = [Entry(e.title, e.guid.replace("new", "old"), e.link.replace("new", "old"), e.text, e.date) for e in old[:3]]
    fresh = Entry("We have moved", "new-0", "https://new.example/0", "Hello.", email.utils.formatdate(now))
    url = origin.set("/feed", rss(*known), rss(fresh, *old))
    daemon.start(url)
    daemon.wait_checked()
    follower = daemon.follow()
    report = daemon.refresh(url)
    assert report["new"] == 1 + 27 - 3, "the three that were known are known"
    wait_until(lambda: follower.titles == ["We have moved"], what="the one that is news")
    assert sum(e["backfilled"] for e in daemon.entries()) == 27 - 3
    assert daemon.get("/v1/entries?status=unread&limit=1")["total"] == 28, "stored and unread"
    made = daemon.call("POST", "/v1/digests/daily")
    assert made[0] in (200, 201, 202)
    wait_until(lambda: daemon.get("/v1/digests"), what="the edition")
    assert daemon.get("/v1/digests")[0]["entries"] == 4, "the first document, and what is news"
    follower.close()


def test_deleted_entries_still_in_the_feed(origin, daemon):
    body = rss(*entries(3))
    url = origin.set("/feed", body, rss(*entries(3), title="Another title"), rss(*entries(4)))
    daemon.start(url)
    daemon.wait_checked()
    ids = [e["id"] for e in daemon.entries()]
    assert daemon.call("PUT", "/v1/entries", {"entry_ids": ids, "status": "removed"})[0] == 204
    assert [daemon.refresh(url)["new"] for _ in range(2)] == [0, 1]
    assert daemon.titles() == ["Headline entry 4"]


def test_an_entry_of_an_aggregator_and_of_its_source(origin, daemon):
    source = Entry("Bridge closed", "https://news.example/b1", "https://news.example/b1", "For a week.")
    daemon.start(origin.set("/source", rss(source)), origin.set("/planet", rss(source, title="Planet")))
    daemon.wait_checked()
    assert daemon.titles() == ["Bridge closed"] * 2
