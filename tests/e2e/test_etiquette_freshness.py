"""What answers and documents say of how long they are good (etiquette P1, P2) and what an answer that brings nothing new still brings (C3, C5, C6)."""

import sqlite3
import time
from contextlib import closing
from datetime import datetime, timezone
from email.utils import format_datetime

import pytest
from documents import entries, rss
from origin import Answer
from rehearsal import DAY, HOUR, begin, next_fetch, seconds


def wait_of(feed):
    return seconds(feed["next_check_at"]) - seconds(feed["checked_at"])


def about(wait, meant):
    return meant <= wait <= meant * 1.1 + 1


def old_date(utc):
    return format_datetime(datetime.fromtimestamp(utc, timezone.utc), usegmt=True)


STATED = [
    ([("Cache-Control", "max-age=7200")], 2 * HOUR),
    ([("Cache-Control", 'Public, MAX-AGE="10800", must-revalidate')], 3 * HOUR),
    ([("Cache-Control", "max-age=10800"), ("Age", "3600")], 2 * HOUR),
    ([("Cache-Control", "max-age=60")], HOUR),
    ([("Cache-Control", "max-age=99999999999999999999")], 7 * DAY),
    ([("Cache-Control", "s-maxage=99999")], HOUR),
    ([("Cache-Control", "no-store, max-age=99999")], HOUR),
    ([("Cache-Control", "no-cache"), ("Expires", "Thu, 01 Jan 2099 00:00:00 GMT")], HOUR),
    ([("Date", old_date(10 ** 9)), ("Expires", old_date(10 ** 9 + 5 * HOUR))], 5 * HOUR),  # a clock that is years behind
    ([("Cache-Control", "max-age=0"), ("Date", old_date(10 ** 9)), ("Expires", old_date(10 ** 9 + DAY))], HOUR),
    ([("Expires", "0")], HOUR),
]


@pytest.mark.parametrize("headers, wait", STATED)
def test_P1_freshness_is_a_floor_on_200_and_on_304(origin, daemon, headers, wait):
    url = origin.set("/feed", Answer(rss(*entries(1)), etag='"1"', headers=headers))
    [feed] = begin(daemon, {"url": url, "interval": "1h"})
    assert about(wait_of(feed), wait), wait_of(feed)
    feed = next_fetch(daemon, feed)
    assert about(wait_of(feed), wait), wait_of(feed)
    assert len(origin.requests()) == 2 and origin.requests()[1].header("If-None-Match") == '"1"'


@pytest.mark.parametrize("said, wait", [("<ttl>240</ttl>", 4 * HOUR), ("<ttl>99999999</ttl>", 7 * DAY), ("<ttl>1</ttl>", HOUR)])
def test_P1_ttl_is_a_floor_until_the_next_document(origin, daemon, said, wait):
    with_ttl = rss(*entries(1)).replace(b"<item>", said.encode() + b"<item>", 1)
    url = origin.set("/feed", Answer(with_ttl, etag='"1"'))
    [feed] = begin(daemon, {"url": url, "interval": "1h"})
    assert about(wait_of(feed), wait), wait_of(feed)
    assert about(wait_of(next_fetch(daemon, feed)), wait), "a 304 leaves it in force"
    origin.set("/feed", Answer(rss(*entries(2)), etag='"2"'))
    feed = next_fetch(daemon, feed)
    assert about(wait_of(feed), HOUR), "a document without one takes it back"


def test_P2_FRB024_skip_hours_are_not_asked_and_24_means_0(origin, daemon):
    hours = "".join(f"<hour>{h}</hour>" for h in [24, *range(1, 20)])
    body = rss(*entries(1)).replace(b"<item>", f"<skipHours>{hours}</skipHours><item>".encode(), 1)
    url = origin.set("/feed", Answer(body, etag='"1"'))
    [feed] = begin(daemon, {"url": url, "interval": "1h"})
    for _ in range(12):
        assert 20 <= datetime.fromtimestamp(seconds(feed["next_check_at"]), timezone.utc).hour <= 23, feed["next_check_at"]
        feed = next_fetch(daemon, feed)
    assert feed["parsing_error_count"] == 0


def test_C5_a_304_brings_validators_and_freshness_of_its_own(origin, daemon):
    first = Answer(rss(*entries(1)), etag='"1"', last_modified="then")
    second = Answer(status=304, etag='"2"', last_modified="later", type=None, conditional=False, headers=[("Cache-Control", "max-age=18000")])
    url = origin.set("/feed", first, second, Answer(status=304, type=None, conditional=False))
    [feed] = begin(daemon, {"url": url, "interval": "1h"})
    feed = next_fetch(daemon, feed)
    assert about(wait_of(feed), 5 * HOUR) and feed["error"] is None and feed["health"] == "ok"
    feed = next_fetch(daemon, feed)
    assert about(wait_of(feed), HOUR), "freshness is of the last answer"
    next_fetch(daemon, feed)
    sent = [(r.header("If-None-Match"), r.header("If-Modified-Since")) for r in origin.requests()]
    assert sent == [(None, None), ('"1"', "then"), ('"2"', "later"), ('"2"', "later")], "and who names none keeps the last"


@pytest.mark.parametrize("pairs", [[('"1"', "date"), ('"2"', "date"), ('"3"', "date")], [('"1"', "a"), ('"1"', "b"), ('"1"', "c")],
                                   [(None, "a"), ('"1"', None), (None, "c")]], ids=["new ETag", "new date", "one or the other"])
def test_FRB014_C6_the_same_bytes_still_bring_new_validators(origin, daemon, pairs):
    """Whoever compares one of the two, or the bytes, and stops there asks unconditionally from then on."""
    url = origin.set("/feed", *(Answer(rss(*entries(1)), etag=e, last_modified=d, conditional=False) for e, d in pairs))
    [feed] = begin(daemon, {"url": url, "interval": "1h"})
    for _ in pairs:
        feed = next_fetch(daemon, feed)
    sent = [(r.header("If-None-Match"), r.header("If-Modified-Since")) for r in origin.requests()]
    assert sent == [(None, None), *pairs]
    assert daemon.get("/v1/status")["workers"]["parsed"] == 1


def test_C4_FRB010_a_mended_document_that_comes_again_keeps_no_validators(origin, daemon):
    """Its bytes are known and not parsed again; what it says of itself is not to be kept either."""
    good, torn = Answer(rss(*entries(1)), etag='"good"'), Answer(rss(*entries(2))[:-40], etag='"torn"', conditional=False)
    feed, other = begin(daemon, {"url": origin.set("/torn", torn), "interval": "1h"}, {"url": origin.set("/both", good, torn), "interval": "1h"})
    for _ in range(3):
        feed = next_fetch(daemon, feed)
        other = next_fetch(daemon, other)
    assert {r.header("If-None-Match") for r in origin.requests("/torn")} == {None}
    assert {r.header("If-None-Match") for r in origin.requests("/both")[1:]} == {'"good"'}


def test_FRB011_validators_are_not_forgotten_in_months(origin, daemon):
    """Not with time, not with restarts, not for a crash."""
    url = origin.set("/feed", Answer(rss(*entries(1)), etag='"1"', last_modified="then"))
    [feed] = begin(daemon, url)
    for end in (daemon.stop, daemon.kill):
        for _ in range(5):
            feed = next_fetch(daemon, feed)
        end()
        daemon.set_clock(by=45 * DAY)
        daemon.start()
        feed = daemon.wait_checked()[0]
    next_fetch(daemon, feed)
    first, *others = origin.requests()
    assert first.header("If-None-Match") is None
    assert {(r.header("If-None-Match"), r.header("If-Modified-Since")) for r in others} == {('"1"', "then")} and len(others) >= 11


def test_FRB016_a_429_or_503_that_names_no_validators_clears_none(origin, daemon):
    slow_down = [Answer(b"", status=429), Answer(b"", status=429, headers=[("Retry-After", "7200")]), Answer(b"", status=503, headers=[("Retry-After", "7200")])]
    url = origin.set("/feed", Answer(rss(*entries(1)), etag='"1"', last_modified="then"), *slow_down, Answer(status=304, type=None, conditional=False))
    [feed] = begin(daemon, url)
    for _ in range(4):
        feed = next_fetch(daemon, feed)
    sent = [(r.header("If-None-Match"), r.header("If-Modified-Since")) for r in origin.requests()]
    assert sent == [(None, None)] + 4 * [('"1"', "then")] and feed["health"] == "ok"


def test_C4_validators_and_entries_are_committed_as_one(origin, daemon):
    """Killed at whatever moment, courant never asks whether something changed that it does not have."""
    url = origin.set("/feed", Answer(rss(*entries(1)), etag='"1"'))
    [feed] = begin(daemon, url)
    for n in range(2, 14):
        origin.set("/feed", Answer(rss(*entries(n)), etag=f'"{n}"'))
        daemon.set_clock(by=DAY)
        daemon.call("PUT", f"/v1/feeds/{feed['id']}/refresh")
        time.sleep(0.008 * (n - 2))
        daemon.kill()
        with closing(sqlite3.connect(daemon.state / "courant.db")) as db:
            [(etag, stored)] = db.execute("SELECT etag, (SELECT COUNT(*) FROM entries) FROM feeds")
        assert etag == f'"{stored}"'
        daemon.start()
