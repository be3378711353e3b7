"""Permanent redirects: what is followed, what is adopted, what is taken back (etiquette.md, 301 and 308; FRB130-132, 137)."""

import pytest
from authority import OPENSSL, Authority
from daemon import wait_until
from documents import entries, rss
from origin import Answer, Origin, Redirect
from rehearsal import DAY, HOUR, begin, by_id, fetch_for, next_fetch


def moved(origin, status=301, target="/new"):
    """A feed whose publisher moved it: the old URL redirects for good, the new one answers with validators."""
    origin.set(target, Answer(rss(*entries(2)), etag='"new"'))
    return origin.set("/old", Redirect(status=status, to=target))


def add(daemon, url):
    status, answer, _ = daemon.call("POST", "/v1/feeds", {"feed_url": url, "allow_private": True, "interval": "12h"})
    assert status == 201, answer
    wait_until(lambda: by_id(daemon, answer["feed_id"])["checked_at"], what="the first fetch")
    return by_id(daemon, answer["feed_id"])


def added(origin, daemon, **options):
    """A daemon whose clock stands still, with the moved feed added by hand."""
    daemon.start(clock_rate=0)
    return add(daemon, moved(origin, **options))


def next_seen(daemon, feed):
    """After its next fetch, and the commit that follows that: what it says of the move."""
    old = feed["feed_url"]
    feed = next_fetch(daemon, feed)

    def told():
        now = by_id(daemon, feed["id"])
        return now if now["redirected"] or now["feed_url"] != old else None
    return wait_until(told, 20, "what is known of the move")


@pytest.mark.parametrize("status", [301, 308])
def test_FRB131_a_move_is_adopted_after_three_fetches_over_48_hours(origin, daemon, status):
    feed = added(origin, daemon, status=status)
    started = daemon.now()
    while feed["feed_url"] == origin.url("/old"):
        assert feed["redirected"]["to"] == origin.url("/new") and feed["redirected"]["code"] == "waiting"
        feed = next_seen(daemon, feed)
        assert daemon.now() - started < 4 * DAY
    assert daemon.now() - started >= 48 * HOUR
    assert feed["feed_url"] == origin.url("/new") and feed["redirected"] is None
    assert len([r for r in origin.requests("/old")]) >= 3
    origin.forget()
    feed = next_fetch(daemon, feed)
    assert [r.target for r in origin.requests()] == ["/new"], "the old URL is not asked any more"
    assert origin.requests()[0].header("If-None-Match") == '"new"', "validators belong to the URL that gave them"
    assert len(daemon.titles()) == 2
    [move] = daemon.get(f"/v1/feeds/{feed['id']}/moves")
    assert (move["from"], move["to"], move["why"]) == (origin.url("/old"), origin.url("/new"), "permanent_redirect")
    assert move["adopted_at"] and not move["undone_at"]


def test_FRB131_the_fetch_that_adds_a_feed_counts(origin, daemon):
    feed = added(origin, daemon)
    seen = wait_until(lambda: by_id(daemon, feed["id"])["redirected"], what="the move")
    assert (seen["to"], seen["times"]) == (origin.url("/new"), 1)
    assert len(origin.requests("/old")) == 1


def test_FRB131_entries_ids_and_read_state_stay(origin, daemon):
    feed = added(origin, daemon)
    before = daemon.entries()
    assert daemon.call("PUT", "/v1/entries", {"entry_ids": [before[0]["id"]], "status": "read"})[0] == 204
    feed = fetch_for(daemon, feed, 3 * DAY)
    assert feed["feed_url"] == origin.url("/new")
    after = daemon.entries()
    assert [e["id"] for e in after] == [e["id"] for e in before]
    assert [e["status"] for e in after] == ["read", "unread"]


def test_FRB130_three_fetches_in_a_day_adopt_nothing(origin, daemon):
    feed = added(origin, daemon)
    for _ in range(4):
        daemon.set_clock(by=15 * 60)
        daemon.refresh(feed["feed_url"])
    feed = by_id(daemon, feed["id"])
    assert feed["feed_url"] == origin.url("/old")
    assert feed["redirected"]["times"] >= 3 and feed["redirected"]["code"] == "waiting"


def test_FRB130_what_was_seen_survives_a_restart(origin, daemon):
    feed = added(origin, daemon)
    for _ in range(3):
        daemon.stop()
        daemon.start()
        feed = fetch_for(daemon, feed, DAY)
    assert feed["feed_url"] == origin.url("/new")
    daemon.stop()
    daemon.start()
    assert by_id(daemon, feed["id"])["feed_url"] == origin.url("/new")


@pytest.mark.parametrize("status", [302, 303, 307])
def test_FRB133_a_temporary_redirect_is_never_stored(origin, daemon, status):
    feed = added(origin, daemon, status=status)
    feed = fetch_for(daemon, feed, 4 * DAY)
    assert feed["feed_url"] == origin.url("/old") and feed["redirected"] is None
    assert len(origin.requests("/old")) == len(origin.requests("/new")), "the old URL is asked each time"


def test_FRB132_one_temporary_hop_makes_it_temporary(origin, daemon):
    daemon.start(clock_rate=0)
    origin.set("/new", rss(*entries(1)))
    origin.set("/hop", Redirect(status=302, to="/new"))
    feed = add(daemon, origin.set("/old", Redirect(status=301, to="/hop")))
    feed = fetch_for(daemon, feed, 4 * DAY)
    assert feed["feed_url"] == origin.url("/old") and feed["redirected"] is None


def test_FRB132_a_chain_of_permanent_hops_is_one_move(origin, daemon):
    daemon.start(clock_rate=0)
    origin.set("/new", rss(*entries(1)))
    origin.set("/hop", Redirect(status=308, to="/new"))
    feed = add(daemon, origin.set("/old", Redirect(status=301, to="/hop")))
    assert fetch_for(daemon, feed, 3 * DAY)["feed_url"] == origin.url("/new")


def test_FRB132_a_target_that_is_no_feed_is_not_adopted(origin, daemon):
    feed = added(origin, daemon)
    origin.set("/new", Answer(b"<!doctype html><html><body>Welcome to our hotel</body></html>", type="text/html"))
    feed = fetch_for(daemon, feed, 6 * DAY)
    assert feed["feed_url"] == origin.url("/old") and feed["error"]["code"] == "not_a_feed"
    assert len(daemon.titles()) == 2


def test_FRB132_another_target_begins_again(origin, daemon):
    feed = added(origin, daemon)
    feed = fetch_for(daemon, feed, 36 * HOUR)
    origin.set("/newer", rss(*entries(2)))
    origin.set("/old", Redirect(status=301, to="/newer"))
    feed = fetch_for(daemon, feed, 24 * HOUR)
    assert feed["feed_url"] == origin.url("/old") and feed["redirected"]["to"] == origin.url("/newer")
    assert fetch_for(daemon, feed, 2 * DAY)["feed_url"] == origin.url("/newer")


def test_FRB132_a_move_that_ends_is_forgotten(origin, daemon):
    feed = added(origin, daemon)
    feed = fetch_for(daemon, feed, 36 * HOUR)
    origin.set("/old", rss(*entries(2)))
    feed = next_fetch(daemon, feed)
    assert feed["redirected"] is None
    wait_until(lambda: daemon.get(f"/v1/feeds/{feed['id']}/moves") == [], 20, "the commit after the fetch")


def test_a_target_that_is_subscribed_already_is_not_adopted(origin, daemon):
    feed = added(origin, daemon)
    other = add(daemon, origin.url("/new"))
    feed = fetch_for(daemon, feed, 4 * DAY)
    assert feed["feed_url"] == origin.url("/old")
    assert feed["redirected"]["code"] == "subscribed" and feed["redirected"]["feed_id"] == other["id"]


def test_a_declared_feed_is_fetched_from_where_it_moved_and_the_file_may_follow(origin, daemon):
    url = moved(origin)
    [feed] = begin(daemon, {"url": url, "interval": "12h"})
    feed = fetch_for(daemon, feed, 3 * DAY)
    assert feed["feed_url"] == url and feed["moved_to"] == origin.url("/new")
    assert "still says" in daemon.log
    daemon.stop()
    origin.forget()
    daemon.start()
    feed = next_fetch(daemon, feed)
    assert [r.target for r in origin.requests()] == ["/new"], "also after a restart"
    # The person edits the file as told: it is the same feed, with its entries.
    daemon.configure({"url": origin.url("/new"), "interval": "12h"})
    daemon.reload()
    wait_until(lambda: by_id(daemon, feed["id"])["feed_url"] == origin.url("/new"), what="the new URL")
    feed = by_id(daemon, feed["id"])
    assert feed["moved_to"] is None and not feed["disabled"] and feed["declared"]
    assert len(daemon.feeds()) == 1 and len(daemon.titles()) == 2
    status, answer, _ = daemon.call("PUT", f"/v1/feeds/{feed['id']}/undo-move")
    assert status == 403 and "courant.conf" in answer["error_message"]


def test_a_declared_feed_whose_file_names_a_third_url_forgets_the_move(origin, daemon):
    url = moved(origin)
    [feed] = begin(daemon, {"url": url, "interval": "12h"})
    feed = fetch_for(daemon, feed, 3 * DAY)
    third = origin.set("/third", rss(*entries(1, prefix="third")))
    daemon.configure(third)
    daemon.reload()
    wait_until(lambda: len(daemon.feeds()) == 2, what="the new feed")
    daemon.wait_checked(third)
    assert by_id(daemon, feed["id"])["disabled"]
    assert daemon.feed(third)["moved_to"] is None


@pytest.mark.parametrize("declared", [False, True], ids=["added", "declared"])
def test_FRB137_one_command_undoes_a_move(origin, daemon, declared):
    if declared:
        [feed] = begin(daemon, {"url": moved(origin), "name": "Hafenkurier", "interval": "12h"})
        name = "hafenkurier"
    else:
        feed = added(origin, daemon)
        name = str(feed["id"])
    feed = fetch_for(daemon, feed, 3 * DAY)
    assert (feed["moved_to"] or feed["feed_url"]) == origin.url("/new")
    said = daemon.courant("feeds", "undo-move", name).stdout
    assert origin.url("/old") in said and "90 days" in said
    feed = by_id(daemon, feed["id"])
    assert feed["feed_url"] == origin.url("/old") and feed["moved_to"] is None
    origin.forget()
    feed = fetch_for(daemon, feed, 4 * DAY)
    assert feed["feed_url"] == origin.url("/old") and feed["moved_to"] is None
    assert feed["redirected"]["code"] == "undone" and feed["redirected"]["until"]
    assert len(origin.requests("/old")) == len(origin.requests("/new"))
    first, second = daemon.get(f"/v1/feeds/{feed['id']}/moves")
    assert first["undone_at"] and not second["adopted_at"]
    assert "has not moved" in daemon.courant("feeds", "undo-move", name, expect=4).stderr
    daemon.set_clock(by=90 * DAY)
    feed = fetch_for(daemon, feed, DAY)
    assert (feed["moved_to"] or feed["feed_url"]) == origin.url("/new"), "after the stated time it is made again"


def test_undo_move_explains_itself(origin, daemon):
    daemon.start(origin.set("/feed", rss(*entries(1))))
    daemon.wait_checked()
    assert "has not moved" in daemon.courant("feeds", "undo-move", "1", expect=4).stderr
    assert "no feed" in daemon.courant("feeds", "undo-move", "nothing", expect=4).stderr
    assert "which feed" in daemon.courant("feeds", "undo-move", expect=2).stderr
    assert "undo-move" in daemon.courant("feeds", "undo", expect=2).stderr
    assert daemon.call("GET", "/v1/feeds/9/moves")[0] == 404
    assert daemon.call("PUT", "/v1/feeds/9/undo-move")[0] == 404


def test_what_a_document_says_of_its_own_url_is_not_followed(origin, daemon):
    """itunes:new-feed-url and atom:link rel=self are claims, not redirects: nothing is guessed."""
    body = rss(*entries(1)).replace(b"<channel>", b'<channel xmlns:i="http://www.itunes.com/dtds/podcast-1.0.dtd" '
                                    b'xmlns:a="http://www.w3.org/2005/Atom"><i:new-feed-url>' + origin.url("/claimed").encode()
                                    + b'</i:new-feed-url><a:link rel="self" href="/claimed"/>')
    [feed] = begin(daemon, {"url": origin.set("/feed", body), "interval": "12h"})
    feed = fetch_for(daemon, feed, 3 * DAY)
    assert feed["feed_url"] == origin.url("/feed") and feed["redirected"] is None
    assert not origin.requests("/claimed")


@pytest.mark.skipif(OPENSSL is None, reason="needs the openssl program")
def test_FRB132_from_http_to_https_and_never_back(origin, daemon):
    authority = Authority()
    secure = Origin(authority.context(*authority.issue("plain")))
    try:
        up = {"url": origin.set("/up", Redirect(status=301, to=secure.set("/up", rss(*entries(1, prefix="up"))))), "interval": "12h"}
        down = {"url": secure.set("/down", Redirect(status=301, to=origin.set("/down", rss(*entries(1, prefix="down"))))), "interval": "12h"}
        to_https, to_http = begin(daemon, up, down, poll={"ca_file": authority.certificate})
        fetch_for(daemon, to_https, 3 * DAY)
        to_http = fetch_for(daemon, to_http, 2 * DAY)
        assert by_id(daemon, to_https["id"])["moved_to"] == secure.url("/up")
        assert to_http["moved_to"] is None and to_http["redirected"]["code"] == "downgrade"
        assert to_http["error"] is None and len(daemon.titles()) == 2, "followed, and not adopted"
    finally:
        secure.close()
        authority.remove()
