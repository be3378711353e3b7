"""When a feed is asked next, and what the daemon says of it. The rules over weeks are played in tests/sim."""

from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

from daemon import wait_until
from documents import Entry, rss
from origin import Answer

NOW = datetime.now(timezone.utc)


def published(*hours_ago):
    """A feed with an entry so many hours ago each."""
    return rss(*(Entry(f"Of {h} h ago", f"e{h}", f"https://news.example/{h}", date=format_datetime(NOW - timedelta(hours=h))) for h in hours_ago))


def wait_of(feed):
    return datetime.fromisoformat(feed["next_check_at"]) - datetime.fromisoformat(feed["checked_at"])


def test_P5_the_first_document_tells_the_rhythm(origin, daemon):
    busy = origin.set("/busy", Answer(published(*range(1, 30)), headers=[("ETag", '"1"')]))
    quiet = origin.set("/quiet", Answer(published(*range(400, 9000, 400)), headers=[("ETag", '"1"')]))
    daemon.start(busy, quiet)
    daemon.wait_checked()
    feed = daemon.feed(busy)
    assert feed["next_check_code"] == "rhythm" and 3000 < feed["publishes_every"] < 4500
    assert timedelta(minutes=45) < wait_of(feed) < timedelta(minutes=90)
    feed = daemon.feed(quiet)
    assert feed["next_check_code"] in ("rhythm", "max_interval") and feed["publishes_every"] > 5 * 86400
    assert wait_of(feed) > timedelta(hours=10)


def test_P5_what_is_new_makes_the_next_wait_shorter_and_silence_longer(origin, daemon):
    hours = list(range(10, 110, 10))
    url = origin.set("/feed", Answer(published(*hours), headers=[("ETag", '"1"')]),
                     Answer(published(*range(1, 9), *hours), headers=[("ETag", '"2"')]))
    daemon.start(url)
    daemon.wait_checked()
    first = daemon.feed(url)
    assert daemon.refresh(url)["new"] == 8
    assert daemon.feed(url)["publishes_every"] < first["publishes_every"] * 0.75


def test_P5_the_rhythm_and_the_reason_survive_a_restart(origin, daemon):
    url = origin.set("/feed", Answer(published(*range(1, 30)), headers=[("Cache-Control", "max-age=21600")]))
    daemon.start(url)
    daemon.wait_checked()
    before = daemon.feed(url)
    assert before["next_check_code"] == "max_age"
    assert before["next_check_reason"] == "the server asks for 6 h (Cache-Control or Expires)"
    daemon.kill()
    daemon.start(url)
    wait_until(lambda: daemon.feed(url)["next_check_at"], what="the feed")
    after = daemon.feed(url)
    for key in ("next_check_at", "next_check_code", "next_check_reason", "publishes_every"):
        assert after[key] == before[key], key
    assert len(origin.requests()) == 1
    assert "the server asks for 6 h" in daemon.courant("feeds", "--fields", "title,why,publishes_every").stdout


def test_C2_without_validators_a_quiet_feed_is_asked_daily(origin, daemon):
    url = origin.set("/feed", published(*range(100, 2000, 100)))
    daemon.start(url)
    daemon.wait_checked()
    feed = daemon.feed(url)
    assert feed["next_check_code"] == "unconditional" and feed["next_check_reason"].startswith("every 1 d,")
    assert wait_of(feed) >= timedelta(days=1)


def test_a_stated_interval_stands_above_the_rhythm(origin, daemon):
    url = origin.set("/feed", published(*range(100, 2000, 100)))
    daemon.start({"url": url, "interval": "2h"})
    daemon.wait_checked()
    feed = daemon.feed(url)
    assert feed["next_check_code"] == "interval" and feed["next_check_reason"] == "its interval is 2 h"
