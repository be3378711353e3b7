"""How courant paces itself (etiquette.md C1-C7, P3, P4, P6, the answers 429 and 503, and being offline), seen as requests.

The clock is the test's: at rate 0 nothing falls due but what a play lets fall due, and no play depends on speed. While it is
scaled, loopback is treated as any other server, and the names below .localhost are hosts of their own.
"""

import socket
import subprocess
import time

import pytest

from daemon import wait_until
from documents import entries, rss
from origin import Answer
from rehearsal import DAY, HOUR, idle, seconds, settle, step

MINUTE = 60


def hourly(url, **more):
    return {"url": url, "interval": "1h", **more}


def hosts(origin, n, path="/feed"):
    """The same path on n hosts."""
    return [origin.url(f"{path}{i}", f"h{i}.localhost") for i in range(n)]


def unused_port():
    with socket.create_server(("127.0.0.1", 0)) as s:
        return s.getsockname()[1]


# --- conditional requests


def test_C1_validators_are_echoed_byte_for_byte(origin, daemon):
    etag, modified = 'W/ "odd, \'quoted\'; unbalanced', "Yesterday, about noon GMT+1"
    url = origin.set("/feed", Answer(rss(*entries(1)), etag=etag, last_modified=modified, conditional=False))
    daemon.start(hourly(url), clock_rate=0)
    daemon.wait_checked()
    step(daemon, 2 * HOUR)
    first, second = origin.requests()
    assert first.header("If-None-Match") is None and first.header("If-Modified-Since") is None
    assert (second.header("If-None-Match"), second.header("If-Modified-Since")) == (etag, modified)


def test_C2_without_validators_a_feed_is_asked_once_a_day_unless_it_earns_more(origin, daemon):
    url = origin.set("/feed", rss(*entries(3)))
    daemon.start(url, clock_rate=0)
    daemon.wait_checked()
    for _ in range(14 * 24):
        step(daemon, HOUR)
    requests = origin.requests()
    assert not any(r.header("If-None-Match") or r.header("If-Modified-Since") for r in requests)
    assert 10 <= len(requests) <= 20, len(requests)


def test_C3_validators_stay_with_the_url_that_gave_them(origin, daemon):
    """The pair changes as one: an answer with an ETag alone forgets the date of the one before."""
    url = origin.set("/feed", Answer(rss(*entries(1)), etag='"1"', last_modified="Monday"),
                     Answer(rss(*entries(2)), etag='"2"', conditional=False), Answer(rss(*entries(3)), conditional=False))
    daemon.start(hourly(url), clock_rate=0)
    daemon.wait_checked()
    for _ in range(3):
        step(daemon, 2 * HOUR)
    sent = [(r.header("If-None-Match"), r.header("If-Modified-Since")) for r in origin.requests()]
    assert sent == [(None, None), ('"1"', "Monday"), ('"2"', None), (None, None)]


def test_C4_a_body_in_need_of_mending_keeps_no_validators_and_the_old_ones_survive_errors(origin, daemon):
    good = Answer(rss(*entries(1)), etag='"good"', conditional=False)
    torn = Answer(rss(*entries(2))[:-40], etag='"torn"', conditional=False)
    url = origin.set("/feed", good, torn, Answer(b"", status=500), Answer(b"<html>no feed</html>", etag='"page"'), good)
    daemon.start(hourly(url), clock_rate=0)
    daemon.wait_checked()
    for _ in range(4):
        step(daemon, 3 * HOUR)
    assert [r.header("If-None-Match") for r in origin.requests()] == [None, '"good"', '"good"', '"good"', '"good"']


def test_C6_the_same_bytes_are_not_parsed_again_even_when_they_needed_mending(origin, daemon):
    url = origin.set("/feed", rss(*entries(2))[:-40])
    daemon.start(hourly(url), clock_rate=0)
    daemon.wait_checked()
    assert daemon.get("/v1/status")["workers"]["parsed"] == 1
    step(daemon, 2 * HOUR)
    assert len(origin.requests()) == 2
    assert daemon.get("/v1/status")["workers"]["parsed"] == 1


def test_C7_a_refresh_by_hand_is_conditional_and_once_in_ten_minutes(origin, daemon):
    url = origin.set("/feed", Answer(rss(*entries(1)), etag='"1"'))
    daemon.start(hourly(url), clock_rate=0)
    daemon.wait_checked()
    path = f"/v1/feeds/{daemon.feed(url)['id']}/refresh?wait=1"
    assert daemon.call("PUT", path)[0] == 429
    daemon.set_clock(by=9 * MINUTE)
    assert daemon.call("PUT", path)[0] == 429
    assert len(origin.requests()) == 1
    daemon.set_clock(by=MINUTE + 1)
    assert daemon.call("PUT", path)[0] == 200
    assert [r.header("If-None-Match") for r in origin.requests()] == [None, '"1"']


def test_C7_start_restart_and_reload_send_nothing_that_is_not_due(origin, daemon):
    urls = [origin.set(f"/{i}", Answer(rss(*entries(1, prefix=f"f{i}")), etag=f'"{i}"')) for i in range(5)]
    daemon.start(*map(hourly, urls), clock_rate=0)
    daemon.wait_checked()
    assert len(origin.requests()) == 5
    for again in (daemon.stop, daemon.kill):
        again()
        daemon.set_clock(by=5 * MINUTE)
        daemon.start()
        settle(daemon)
    daemon.configure(*map(hourly, urls), poll={"interval": "2h"})
    daemon.reload()
    wait_until(lambda: "reloaded" in daemon.log, what="the reload")
    settle(daemon)
    assert len(origin.requests()) == 5


# --- pace


def test_P3_nobody_is_asked_more_often_than_every_15_minutes(origin, daemon):
    url = origin.set("/feed", Answer(rss(*entries(1)), etag='"1"'))
    daemon.start({"url": url, "interval": "1s"}, clock_rate=0)
    daemon.wait_checked()
    for _ in range(14):
        step(daemon, MINUTE)
    assert len(origin.requests()) == 1
    step(daemon, 3 * MINUTE)
    assert len(origin.requests()) == 2


def test_P4_restart_asks_nothing_early(origin, daemon):
    """Over two days with a restart every 40 minutes, no request comes before its time."""
    url = origin.set("/feed", Answer(rss(*entries(1)), etag='"1"', headers=[("Cache-Control", "max-age=7200")]))
    daemon.start(hourly(url), clock_rate=0)
    daemon.wait_checked()
    asked = [daemon.now()]
    for _ in range(24):
        daemon.stop()
        daemon.set_clock(by=40 * MINUTE)
        daemon.start()
        settle(daemon)
        if len(origin.requests()) > len(asked):
            asked.append(daemon.now())
    assert len(asked) >= 3
    assert all(b - a >= 7200 for a, b in zip(asked, asked[1:])), asked


def test_P4_an_import_and_a_wake_up_are_spread(origin, daemon):
    n, rate = 45, 10
    origin.default = lambda request: Answer(rss(*entries(1, prefix=request.target[1:])), etag='"1"')
    daemon.start(*map(hourly, hosts(origin, n)), clock_rate=0)
    for _ in range(3):  # the first start, and two long suspends
        for second in range(n // rate + 1):
            want = min(n, (second + 1) * rate)
            wait_until(lambda: len(origin.requests()) >= want, what=f"the requests of second {second}")
            settle(daemon)
            assert len(origin.requests()) == want, "more than its share"
            daemon.set_clock(by=1)
        settle(daemon)
        origin.forget()
        daemon.set_clock(by=DAY)


def test_P4_one_feed_added_by_hand_is_fetched_at_once(origin, daemon):
    origin.default = lambda request: Answer(rss(*entries(1, prefix=request.target[1:])), etag='"1"')
    daemon.start(*map(hourly, hosts(origin, 30)), clock_rate=0)
    wait_until(lambda: len(origin.requests()) >= 10, what="the first second's share")
    new = origin.url("/by-hand", "new.localhost")
    status, answer, _ = daemon.call("POST", "/v1/feeds", {"feed_url": new, "allow_private": True})
    assert status == 201, answer
    wait_until(lambda: origin.requests("/by-hand"), what="the feed that was added")
    settle(daemon)
    assert len(origin.requests()) == 11


def test_P4_a_clock_set_back_by_a_year_stops_no_polling(origin, daemon):
    url = origin.set("/feed", Answer(rss(*entries(1)), etag='"1"'))
    daemon.start(hourly(url), clock_rate=0)
    daemon.wait_checked()
    daemon.set_clock(by=-365 * DAY)
    wait_until(lambda: seconds(daemon.get("/v1/status")["next_due"]) < daemon.now() + 2 * HOUR, what="the clock to be noticed")
    step(daemon, 59 * MINUTE)
    assert len(origin.requests()) == 1, "the whole wait begins again"
    step(daemon, 8 * MINUTE)
    assert len(origin.requests()) == 2
    # And over a restart, when nobody saw the clock jump.
    daemon.stop()
    daemon.set_clock(by=-365 * DAY)
    daemon.start()
    settle(daemon)
    assert len(origin.requests()) == 2
    step(daemon, 67 * MINUTE)
    assert len(origin.requests()) == 3


def test_P6_a_host_gets_one_connection_and_a_pause(origin, daemon):
    """The pause passes with real time, also while the clock stands still."""
    origin.default = lambda request: Answer(rss(*entries(1, prefix=request.target[1:])))
    urls = [origin.url(f"/{i}") for i in range(5)]
    daemon.start(*map(hourly, urls), poll={"per_host": 1, "host_delay": "300ms"}, clock_rate=0)
    daemon.wait_checked()
    requests = origin.requests()[:5]
    assert len({r.connection for r in requests}) == 1
    assert requests[4].time - requests[0].time >= 4 * 0.3 - 0.1


def test_P6_a_group_of_hosts_is_one_host(origin, daemon):
    origin.default = lambda request: Answer(rss(*entries(1, prefix=request.target[1:])))
    group = 'host "them" { hosts = { "*.localhost" }  per_host = 1  host_delay = "300ms" }\n'
    daemon.start(*map(hourly, hosts(origin, 4)), poll={"per_host": 6, "host_delay": "0s"}, extra=group, clock_rate=0)
    daemon.wait_checked()
    requests = origin.requests()
    assert requests[3].time - requests[0].time >= 3 * 0.3 - 0.1
    # And it may be changed by a reload.
    daemon.configure(*map(hourly, hosts(origin, 4)), extra=group.replace("300ms", "1h").replace('"*.localhost"', '"h0.localhost", "h1.localhost"'))
    daemon.reload()
    wait_until(lambda: "reloaded" in daemon.log, what="the reload")
    daemon.set_clock(by=2 * HOUR)
    wait_until(lambda: len(origin.requests()) == 7, what="those that have left the group, and one of it")
    wait_until(lambda: [f["state"] for f in daemon.feeds()].count("idle") == 3, what="the end of their refreshes")
    daemon.set_clock(by=HOUR - MINUTE)
    time.sleep(0.3)
    assert len(origin.requests("/feed0") + origin.requests("/feed1")) == 3, "the pause, an hour by now, is not over"
    daemon.set_clock(by=2 * MINUTE)
    wait_until(lambda: len(origin.requests("/feed0") + origin.requests("/feed1")) >= 4, what="the end of the pause")


# --- answers


def test_429_rests_the_whole_host_and_blames_one_feed(origin, daemon):
    limited = origin.set("/limited", Answer(b"", status=429, headers=[("Retry-After", "5000")]), Answer(rss(*entries(1))))
    others = [origin.set(f"/{i}", Answer(rss(*entries(1, prefix=f"f{i}")), etag=f'"{i}"')) for i in range(3)]
    elsewhere = origin.url("/0", "else.localhost")
    daemon.start(hourly(limited), poll={"per_host": 1}, clock_rate=0)
    daemon.wait_checked()
    assert daemon.feed(limited)["error"]["code"] == "rate_limited"
    daemon.configure(hourly(limited), *map(hourly, others), {"url": elsewhere, "interval": "1d"}, poll={"per_host": 1})
    daemon.reload()
    wait_until(lambda: origin.requests("/0"), what="the other host")
    settle(daemon)
    assert len(origin.requests()) == 2
    for url in others:
        feed = daemon.feed(url)
        assert feed["error"] is None and feed["checked_at"] is None, feed
    # The rest outlives a crash.
    daemon.kill()
    daemon.set_clock(by=4900)
    daemon.start()
    settle(daemon)
    assert len(origin.requests()) == 2
    step(daemon, 200)
    assert {r.target for r in origin.requests()[2:]} >= {"/0", "/1", "/2"}


def test_429_teaches_a_pause_that_outlives_the_daemon(origin, daemon):
    """Without a limit of its own the host would get all four at once."""
    limited = origin.set("/limited", Answer(b"", status=429, headers=[("Retry-After", "60")]), Answer(rss(*entries(1))))
    others = [origin.set(f"/{i}", Answer(rss(*entries(1, prefix=f"f{i}")), etag=f'"{i}"')) for i in range(3)]
    daemon.start(hourly(limited), clock_rate=0)
    daemon.wait_checked()
    assert "answered 429: it is not asked for 1 min, and then no faster than every 2 s" in daemon.log
    daemon.kill()
    daemon.configure(hourly(limited), *map(hourly, others))
    daemon.start()
    daemon.set_clock(by=100)
    wait_until(lambda: len(origin.requests()) == 4, timeout=30, what="all feeds of the host")
    times = [r.time for r in origin.requests()]
    assert times[3] - times[1] >= 2, "twice two seconds, however late the first was seen"


def test_429_without_a_time_rests_one_to_two_hours(origin, daemon):
    limited = origin.set("/limited", Answer(b"", status=429), Answer(rss(*entries(1)), etag='"1"'))
    other = origin.set("/other", Answer(rss(*entries(1)), etag='"1"'))
    daemon.start(hourly(limited), clock_rate=0)
    daemon.wait_checked()
    daemon.configure(hourly(limited), hourly(other))
    daemon.reload()
    wait_until(lambda: len(daemon.feeds()) == 2, what="the new feed")
    step(daemon, HOUR - MINUTE)
    assert not origin.requests("/other")
    step(daemon, HOUR + 2 * MINUTE)
    wait_until(lambda: origin.requests("/other"), what="the end of the rest")


def test_503_rests_its_own_feed_only(origin, daemon):
    busy = origin.set("/busy", Answer(b"", status=503, headers=[("Retry-After", "9000")]), Answer(rss(*entries(1))))
    other = origin.set("/other", Answer(rss(*entries(1)), etag='"1"'))
    daemon.start(hourly(busy), hourly(other), clock_rate=0)
    daemon.wait_checked()
    step(daemon, 2 * HOUR)
    assert len(origin.requests("/other")) == 2 and len(origin.requests("/busy")) == 1
    step(daemon, HOUR)
    assert len(origin.requests("/busy")) == 2


# --- offline


def test_offline_nobody_is_blamed(origin, daemon):
    """Six hosts answer, then none, then all again."""
    origin.default = lambda request: Answer(rss(*entries(1, prefix=request.target[1:])), etag='"1"')
    daemon.start(*map(hourly, hosts(origin, 6)), clock_rate=0)
    daemon.wait_checked()
    port = origin.port
    origin.close()
    step(daemon, 2 * HOUR)
    wait_until(lambda: daemon.get("/v1/status")["offline_since"], what="being offline")
    assert "offline" in daemon.courant("status").stdout
    assert {f["health"] for f in daemon.feeds()} == {"offline"}
    assert "nobody is blamed" in daemon.courant("doctor").stdout
    settle(daemon)
    for _ in range(5):
        step(daemon, 10 * MINUTE)
    for feed in daemon.feeds():
        assert feed["error"] is None and feed["parsing_error_count"] == 0, feed
    back = type(origin)(port=port)
    try:
        back.default = origin.default
        step(daemon, 10 * MINUTE)
        wait_until(lambda: daemon.get("/v1/status")["offline_since"] is None, what="being online")
        wait_until(lambda: len({r.target for r in back.requests()}) == 6, what="all that was due")
        assert "online again" in daemon.log
    finally:
        back.close()


def test_offline_is_a_machine_without_a_route(daemon, tmp_path):
    """One feed of the network, and others that say nothing of it."""
    without_network = ["unshare", "--user", "--map-current-user", "--net"]
    if subprocess.run([*without_network, "true"], capture_output=True).returncode != 0:
        pytest.skip("needs user namespaces")
    for i in range(3):
        (tmp_path / f"{i}.xml").write_bytes(rss(*entries(1, prefix=f"file {i}")))
    away = "http://feed.example/atom"
    daemon.start(hourly(away), *[(tmp_path / f"{i}.xml").as_uri() for i in range(3)], within=without_network)
    wait_until(lambda: daemon.get("/v1/status")["offline_since"], what="being offline")
    assert daemon.feed(away)["health"] == "offline" and daemon.feed(away)["error"] is None


def test_offline_one_dead_host_among_others_is_its_own_fault(origin, daemon):
    origin.default = lambda request: Answer(rss(*entries(1, prefix=request.target[1:])), etag='"1"')
    dead = f"http://dead.localhost:{unused_port()}/feed"
    daemon.start(*map(hourly, hosts(origin, 6)), hourly(dead), clock_rate=0)
    daemon.wait_checked()
    for _ in range(4):
        step(daemon, 3 * HOUR)
    assert daemon.get("/v1/status")["offline_since"] is None
    assert daemon.feed(dead)["error"]["code"] == "connect_failed"
    assert daemon.feed(dead)["parsing_error_count"] >= 3


# --- gaps


def atom(numbers, links=""):
    """An Atom document with the entries of these numbers, the newest first."""
    text = "".join(f"<entry><id>urn:x:{n}</id><title>Entry {n}</title><updated>2026-11-01T00:00:00Z</updated>"
                   f"<link href='http://a.example/{n}'/><content>Text of {n}</content></entry>" for n in sorted(numbers, reverse=True))
    return (f"<feed xmlns='http://www.w3.org/2005/Atom'><id>urn:x</id><title>X</title><updated>2026-11-01T00:00:00Z</updated>"
            f"{links}{text}</feed>").encode()


def link(rel, href):
    return f"<link rel='{rel}' href='{href}'/>"


def test_gap_the_pages_before_are_read_until_an_entry_is_known(origin, daemon):
    url = origin.set("/feed", atom(range(1, 4)), atom(range(20, 23), link("prev-archive", "/p2")))
    origin.set("/p2", atom(range(10, 20), link("prev-archive", "/p1")))
    origin.set("/p1", atom(range(1, 10), link("prev-archive", "/p0")))
    origin.set("/p0", atom(range(0, 1)))
    daemon.start(hourly(url), clock_rate=0)
    daemon.wait_checked()
    daemon.set_clock(by=2 * HOUR)
    wait_until(lambda: len(daemon.titles()) == 22, what="what was missed")
    settle(daemon)
    assert [r.target for r in origin.requests()] == ["/feed", "/feed", "/p2", "/p1"]
    assert not any(r.header("If-None-Match") for r in origin.requests()[2:])
    assert daemon.feed(url)["gap_at"] is None and daemon.get("/v1/status")["gaps"] == 0
    # Pages say nothing about what the feed shows now: it is the same as ever next time.
    step(daemon, 2 * HOUR)
    assert len(daemon.titles()) == 22 and len(origin.requests()) == 5


def test_gap_without_pages_is_told_and_polled_faster(origin, daemon):
    url = origin.set("/feed", atom(range(1, 4)), atom(range(10, 13)))
    daemon.start(url, clock_rate=0)
    daemon.wait_checked()
    for _ in range(8):
        step(daemon, HOUR)
        if len(origin.requests()) > 1:
            break
    else:
        step(daemon, 2 * DAY)
    feed = daemon.feed(url)
    assert feed["gap_at"] is not None, feed
    assert "may have been missed" in daemon.courant("feeds").stdout
    assert "1 with a gap" in daemon.courant("status").stdout and daemon.get("/v1/status")["gaps"] == 1
    assert b"courant_feeds_with_gap 1\n" in daemon.call("GET", "/metrics")[1]
    said = daemon.courant("doctor").stdout
    assert "gaps       entries of 1 feed may have been missed" in said and "\ngaps: " in said
    assert "may have been missed" in daemon.log


def test_gap_pages_stay_at_home_and_loops_end(origin, daemon):
    elsewhere = origin.url("/away", "away.localhost")
    cases = {"/loop": [link("next", "/l1"), link("next", "/l2"), link("next", "/l1")], "/away-feed": [link("prev-archive", elsewhere)],
             "/self": [link("next", "/self")]}
    loop = origin.set("/loop", atom([1]), atom([10], cases["/loop"][0]))
    origin.set("/l1", atom([9], cases["/loop"][1]))
    origin.set("/l2", atom([8], cases["/loop"][2]))
    away = origin.set("/away-feed", atom([1]), atom([10], cases["/away-feed"][0]))
    itself = origin.set("/self", atom([1]), atom([10], cases["/self"][0]))
    daemon.start(hourly(loop), hourly(away), hourly(itself), clock_rate=0)
    daemon.wait_checked()
    step(daemon, 2 * HOUR)
    wait_until(lambda: all(daemon.feed(u)["gap_at"] for u in (loop, away, itself)), what="the gaps")
    settle(daemon)
    assert not origin.requests("/away")
    assert sorted(r.target for r in origin.requests()) == sorted(["/loop", "/away-feed", "/self"] * 2 + ["/l1", "/l2"])


def test_gap_a_complete_or_first_document_has_none(origin, daemon):
    complete = "<fh:complete xmlns:fh='http://purl.org/syndication/history/1.0'/>"
    url = origin.set("/feed", atom([1, 2]), atom([10], complete + link("next", "/more")))
    daemon.start(hourly(url), clock_rate=0)
    daemon.wait_checked()
    step(daemon, 2 * HOUR)
    assert len(origin.requests()) == 2
    assert daemon.feed(url)["gap_at"] is None
