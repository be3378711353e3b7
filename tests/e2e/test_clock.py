"""The scaled clock of COURANT_CLOCK: days of polling in seconds, and never for anybody but this machine."""

import sqlite3
import time
from contextlib import closing

from daemon import wait_until
from documents import entries, rss
from origin import Answer
from rehearsal import DAY, HOUR, seconds, settle


def test_the_daemon_lives_by_the_scaled_clock(origin, daemon):
    url = origin.set("/feed", Answer(rss(*entries(1)), etag='"1"'))
    daemon.start({"url": url, "interval": "1h"}, clock_rate=0)
    daemon.wait_checked()
    assert "COURANT_CLOCK is set" in daemon.log
    due = daemon.now() + HOUR
    for _ in range(3):
        n = len(origin.requests())
        daemon.set_clock(by=2 * HOUR)
        wait_until(lambda: len(origin.requests()) > n, what="the next request")
        wait_until(lambda: daemon.feed(url)["state"] == "idle", what="its end")
    assert daemon.now() > due + 4 * HOUR


def test_a_day_of_polls_in_seconds(origin, daemon):
    url = origin.set("/feed", Answer(rss(*entries(1)), etag='"1"'))
    daemon.start({"url": url, "interval": "1h"}, clock_rate=3600)
    wait_until(lambda: len(origin.requests()) >= 6, 60, "six polls")
    times = [daemon.time_of(r.time) for r in origin.requests()]
    # Never early: a second of the clock is what a request may be seen late by the one before.
    assert all(later - earlier > HOUR - 60 for earlier, later in zip(times, times[1:])), times


def test_the_floor_is_kept_while_the_clock_is_scaled(origin, daemon):
    """Manners are what is rehearsed: 127.0.0.1 gets no faster pace than others."""
    url = origin.set("/feed", Answer(rss(*entries(1)), etag='"1"'))
    daemon.start({"url": url, "interval": "1s"}, clock_rate=0)
    daemon.wait_checked()
    assert daemon.feed(url)["next_check_at"] > daemon.feed(url)["checked_at"]
    daemon.set_clock(by=14 * 60)
    daemon.set_clock(by=6 * 60)
    wait_until(lambda: len(origin.requests()) == 2, what="the request after the floor")


def test_nobody_else_is_asked_while_the_clock_is_scaled(daemon):
    """A private address that allow_private would let through."""
    url = "http://10.255.255.1:9/feed"
    daemon.start({"url": url, "allow_private": True}, clock_rate=0)
    daemon.wait_checked()
    error = daemon.feed(url)["error"]
    assert error["code"] == "address_refused" and "COURANT_CLOCK" in error["detail"], error


def test_a_clock_that_is_set_back_while_an_answer_is_stored(origin, daemon):
    """What was answered in the future is asked again as soon as it would have been."""
    url = origin.set("/feed", rss(*entries(2)))
    right = daemon.now()
    daemon.start({"url": url, "interval": "1h"}, clock_rate=0)
    daemon.wait_checked()
    with closing(sqlite3.connect(daemon.state / "courant.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")  # nothing is stored meanwhile
        daemon.set_clock(by=365 * DAY)
        wait_until(lambda: daemon.feed(url)["state"] == "storing", 20, "an answer")
        daemon.set_clock(utc=right)
        time.sleep(0.3)  # the daemon looks at it every few milliseconds
        other.execute("ROLLBACK")
    settle(daemon)
    assert 0 < seconds(daemon.feed(url)["next_check_at"]) - right <= 2 * HOUR


def test_what_is_no_clock_ends_the_start(daemon):
    daemon.configure()
    daemon.clock_file.write_text("soon\n")
    try:
        daemon.start()
    except AssertionError:
        pass
    assert "COURANT_CLOCK" in daemon.log and "RATE UTC MONOTONIC" in daemon.log
