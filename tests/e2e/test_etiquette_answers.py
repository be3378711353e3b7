"""The table of answers in etiquette.md, row by row: what courant does after each, over hours and weeks of its own clock."""

from datetime import datetime, timezone
from email.utils import format_datetime

import pytest
from daemon import wait_until
from documents import entries, rss
from origin import Answer, Redirect
from rehearsal import DAY, HOUR, begin, by_id, fetch_for, next_fetch, seconds

PAGE = Answer(b"<!doctype html><html><head><title>Welcome</title></head><body>Sign in</body></html>", type="text/html")


def wait_of(feed):
    """Seconds from the last fetch to the next."""
    return seconds(feed["next_check_at"]) - seconds(feed["checked_at"])


def within_jitter(wait, meant):
    return meant <= wait <= meant * 1.1 + 1


# --- 200 that is no feed (FRB102, 110)

def test_FRB110_a_page_keeps_validators_and_entries(origin, daemon):
    url = origin.set("/feed", Answer(rss(*entries(2)), etag='"good"'), PAGE)
    [feed] = begin(daemon, url)
    feed = next_fetch(daemon, feed)
    assert feed["health"] == "not_a_feed" and feed["error"]["code"] == "not_a_feed"
    assert feed["etag_header"] == '"good"' and len(daemon.titles()) == 2
    next_fetch(daemon, feed)
    assert [r.header("If-None-Match") for r in origin.requests()] == [None, '"good"', '"good"']


def test_FRB102_a_page_backs_off_and_a_feed_in_its_place_makes_it_well(origin, daemon):
    url = origin.set("/feed", PAGE)
    [feed] = begin(daemon, url)
    waits = []
    for _ in range(4):
        waits.append(wait_of(feed))
        feed = next_fetch(daemon, feed)
    assert all(later >= 1.7 * earlier for earlier, later in zip(waits, waits[1:])), waits
    origin.set("/feed", rss(*entries(1)))
    assert next_fetch(daemon, feed)["health"] == "ok"


# --- 226

def test_226_without_having_asked_for_it_is_no_document(origin, daemon):
    url = origin.set("/feed", Answer(rss(*entries(3)), etag='"1"'), Answer(rss(*entries(1)), status=226))
    [feed] = begin(daemon, url)
    feed = next_fetch(daemon, feed)
    assert origin.requests()[1].header("A-IM") is None
    assert feed["error"]["http_code"] == 226 and len(daemon.titles()) == 3


# --- 302, 303, 307 (FRB133-135)

@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_C3_redirects_never_carry_validators_to_another_url(origin, daemon, status):
    url = origin.set("/feed", Answer(rss(*entries(1)), etag='"of feed"'), Redirect(status=status, to="/other"))
    origin.set("/other", Answer(rss(*entries(2)), etag='"of other"'))
    [feed] = begin(daemon, url)
    feed = next_fetch(daemon, feed)
    assert [r.header("If-None-Match") for r in origin.requests()] == [None, '"of feed"', None]
    next_fetch(daemon, feed)
    assert [(r.target, r.header("If-None-Match")) for r in origin.requests()[3:]] == [("/feed", None), ("/other", '"of other"')]


def test_FRB134_a_loop_ends_and_backs_off(origin, daemon):
    origin.set("/b", Redirect(status=307, to="/a"))
    [feed] = begin(daemon, origin.set("/a", Redirect(status=302, to="/b")))
    assert feed["error"]["code"] == "redirect_loop" and len(origin.requests()) == 2
    assert next_fetch(daemon, feed)["parsing_error_count"] == 2 and len(origin.requests()) == 4


# --- 401, 403, 404, other 4xx (FRB112, 113)

@pytest.mark.parametrize("status", [400, 401, 403, 404, 418])
def test_FRB112_a_4xx_doubles_its_wait_up_to_7_days(origin, daemon, status):
    [feed] = begin(daemon, origin.set("/feed", Answer(b"no", status=status)))
    for n in range(9):
        assert within_jitter(wait_of(feed), min(HOUR * 2 ** n, 7 * DAY)), (n, wait_of(feed))
        assert feed["next_check_code"] == "back_off"
        assert (feed["health"] == "retrying") == (n < 2), (n, feed["health"])
        feed = next_fetch(daemon, feed)
    assert feed["health"] == ("blocked" if status == 403 else "failing")


def test_FRB113_404_for_30_days_is_dead_and_asked_weekly(origin, daemon):
    [feed] = begin(daemon, origin.set("/feed", Answer(b"", status=404)))
    started = daemon.now()
    while feed["health"] != "dead":
        assert daemon.now() - started < 45 * DAY
        feed = next_fetch(daemon, feed)
    assert daemon.now() - started >= 30 * DAY
    for _ in range(3):
        assert within_jitter(wait_of(feed), 7 * DAY)
        feed = next_fetch(daemon, feed)
    assert seconds(feed["health_since"]) <= started + 1
    origin.set("/feed", rss(*entries(1)))
    feed = next_fetch(daemon, feed)
    assert feed["health"] == "ok" and wait_of(feed) <= DAY * 1.1 + 1, "one success, and all is forgotten"


def test_FRB120_a_challenge_for_browsers_is_named(origin, daemon):
    challenge = Answer(b"<title>Just a moment...</title>", status=403, type="text/html", headers=[("CF-Mitigated", "challenge")])
    [feed] = begin(daemon, origin.set("/feed", challenge))
    assert feed["error"]["code"] == "challenged" and feed["health"] == "blocked"
    assert "cf-mitigated: challenge" in daemon.courant("doctor", expect=6).stdout


# --- 410 (FRB111, 114)

def gone(origin, daemon):
    url = origin.set("/feed", Answer(rss(*entries(2)), etag='"1"'), Answer(b"", status=410))
    [feed] = begin(daemon, url)
    feed = next_fetch(daemon, feed)
    assert feed["health"] == "retrying" and feed["next_check_code"] == "gone_once"
    assert within_jitter(wait_of(feed), DAY)
    return next_fetch(daemon, feed)


def test_FRB111_a_second_410_a_day_later_stops_the_feed(origin, daemon):
    feed = gone(origin, daemon)
    assert feed["health"] == "gone" and feed["next_check_at"] is None and feed["next_check_code"] == "stopped"
    assert len(daemon.titles()) == 2, "entries stay"
    n = len(origin.requests())
    daemon.set_clock(by=60 * DAY)
    daemon.stop()
    daemon.start()
    daemon.courant("refresh", "--wait")
    assert len(origin.requests()) == n, "not after two months, a restart, a refresh of all"


def test_FRB114_a_gone_feed_named_by_a_person_is_asked_once_more(origin, daemon):
    feed = gone(origin, daemon)
    daemon.set_clock(by=10 * DAY)
    assert "HTTP 410" in daemon.courant("refresh", "--wait", str(feed["id"]), expect=1).stderr
    assert by_id(daemon, feed["id"])["health"] == "gone"
    n = len(origin.requests())
    origin.set("/feed", rss(*entries(3)))
    daemon.set_clock(by=10 * DAY)
    assert len(origin.requests()) == n
    daemon.courant("refresh", "--wait", str(feed["id"]))
    feed = by_id(daemon, feed["id"])
    assert feed["health"] == "ok" and feed["next_check_at"] and len(daemon.titles()) == 3
    next_fetch(daemon, feed)


def test_FRB111_two_410s_by_hand_within_the_day_do_not_stop_it(origin, daemon):
    [feed] = begin(daemon, origin.set("/feed", Answer(b"", status=410)))
    daemon.set_clock(by=HOUR)
    daemon.refresh(feed["feed_url"])
    feed = by_id(daemon, feed["id"])
    assert feed["health"] == "retrying" and feed["next_check_at"]


def test_FRB111_another_answer_between_two_410s_begins_again(origin, daemon):
    [feed] = begin(daemon, origin.set("/feed", Answer(b"", status=410), Answer(b"", status=500), Answer(b"", status=410)))
    feed = next_fetch(daemon, next_fetch(daemon, feed))
    assert feed["error"]["code"] == "gone" and feed["next_check_at"]


# --- 429 (FRB020, 021)

def http_date(at):
    return format_datetime(datetime.fromtimestamp(at, timezone.utc), usegmt=True)


@pytest.mark.parametrize("how", ["seconds", "date", "date_of_a_slow_clock", "date_of_a_fast_clock"])
def test_FRB020_429_rests_as_long_as_asked(origin, daemon, how):
    daemon.start(clock_rate=0)
    until = daemon.now() + 5 * HOUR
    off = {"date_of_a_slow_clock": -3 * HOUR, "date_of_a_fast_clock": 30 * HOUR}.get(how)
    headers = [("Retry-After", "18000" if how == "seconds" else http_date(until + (off or 0)))]
    if off:
        headers.append(("Date", http_date(daemon.now() + off)))
    url = origin.set("/feed", Answer(b"", status=429, headers=headers))
    daemon.configure(url)
    daemon.reload()
    wait_until(lambda: any(f["checked_at"] for f in daemon.feeds()), what="the first fetch")
    feed = daemon.feed(url)
    assert until - 1 <= seconds(feed["next_check_at"]) < until + 20 * HOUR
    assert feed["health"] == "resting"


def test_FRB021_the_other_feeds_of_a_resting_host_say_so(origin, daemon):
    well, limited = begin(daemon, origin.set("/well", Answer(rss(*entries(1)), etag='"1"')),
                          origin.set("/feed", rss(*entries(1)), Answer(b"", status=429, headers=[("Retry-After", "36000")])))
    assert well["health"] == "ok"
    next_fetch(daemon, limited)
    assert by_id(daemon, well["id"])["health"] == "resting"
    assert "Nothing needs you." in daemon.courant("doctor").stdout
    daemon.set_clock(by=11 * HOUR)
    wait_until(lambda: by_id(daemon, well["id"])["health"] == "ok", what="the end of the rest")


def test_FRB021_429_without_a_word_rests_one_to_two_hours(origin, daemon):
    [feed] = begin(daemon, origin.set("/feed", Answer(b"", status=429)))
    assert HOUR <= wait_of(feed) <= 2.2 * HOUR + 1


# --- 503 and other 5xx (FRB118)

@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_FRB118_a_5xx_doubles_its_wait_up_to_a_day(origin, daemon, status):
    [feed] = begin(daemon, origin.set("/feed", Answer(b"", status=status)))
    for n in range(7):
        assert within_jitter(wait_of(feed), min(HOUR * 2 ** n, DAY)), (n, wait_of(feed))
        feed = next_fetch(daemon, feed)
    assert feed["health"] == "failing"


def test_FRB118_503_with_retry_after_waits_for_that(origin, daemon):
    answers = [Answer(b"", status=503, headers=[("Retry-After", str(9 * HOUR))])]
    well = origin.set("/well", Answer(rss(*entries(1)), etag='"1"'))
    feed, other = begin(daemon, origin.set("/feed", *answers), {"url": well, "interval": "1h"})
    assert wait_of(feed) >= 9 * HOUR and feed["next_check_code"] == "retry_after"
    n = len(origin.requests("/well"))
    fetch_for(daemon, other, 3 * HOUR)
    assert len(origin.requests("/well")) > n and len(origin.requests("/feed")) == 1, "this feed only"


def test_FRB015_no_error_clears_the_validators(origin, daemon):
    url = origin.set("/feed", Answer(rss(*entries(1)), etag='"1"'), Answer(b"", status=404, etag='"error"'), Answer(b"", status=503),
                     Answer(b"", status=403), Answer(b"<rss><chan", type="text/xml", etag='"broken"'), Answer(status=304))
    [feed] = begin(daemon, url)
    for _ in range(5):
        feed = next_fetch(daemon, feed)
    assert [r.header("If-None-Match") for r in origin.requests()] == [None] + 5 * ['"1"']
    assert feed["health"] == "ok" and feed["error"] is None


# --- silence

def test_R6_a_feed_that_fell_silent_is_quiet(origin, daemon):
    now = datetime.now(timezone.utc).timestamp()
    dated = "".join(f"<item><guid>{i}</guid><title>Day {i}</title><pubDate>"
                    f"{format_datetime(datetime.fromtimestamp(now - i * DAY, timezone.utc))}</pubDate></item>" for i in range(10))
    body = f'<rss version="2.0"><channel><title>Daily</title>{dated}</channel></rss>'.encode()
    [feed] = begin(daemon, origin.set("/feed", Answer(body, etag='"1"')))
    assert feed["health"] == "ok"
    daemon.set_clock(by=29 * DAY)
    assert by_id(daemon, feed["id"])["health"] == "ok"
    daemon.set_clock(by=2 * DAY)
    feed = next_fetch(daemon, feed)
    assert feed["health"] == "quiet" and abs(seconds(feed["health_since"]) - now) < 2
    assert "quiet: " in daemon.courant("doctor").stdout
