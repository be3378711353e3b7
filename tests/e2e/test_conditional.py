"""Conditional requests: what the server gave is echoed byte for byte, and what did not change costs nothing."""

import pytest
from documents import entries, rss
from origin import Answer, Redirect

VALIDATORS = [
    ('"abc"', "Mon, 02 Nov 2026 08:00:00 GMT"),
    ('W/"abc-gzip"', None),
    ("unquoted", None),
    ('"', None),
    ('"with space  and\ttab"', None),
    (None, "yesterday, about noon"),
    (None, "Mon,  2 Nov 26 08:00:00 +0100"),
    ('"0"', "0"),
]


@pytest.mark.parametrize("etag, last_modified", VALIDATORS)
def test_validators_are_echoed_verbatim(origin, daemon, etag, last_modified):
    url = origin.set("/feed", Answer(rss(*entries(2)), etag=etag, last_modified=last_modified))
    daemon.start(url)
    daemon.wait_checked()
    report = daemon.refresh(url)
    assert report["not_modified"] and report["new"] == 0 and report["error"] is None
    second = origin.requests()[1]
    assert second.header("If-None-Match") == etag
    assert second.header("If-Modified-Since") == last_modified


def test_validators_survive_a_restart(origin, daemon):
    url = origin.set("/feed", Answer(rss(*entries(1)), etag='"v1"'))
    daemon.start(url)
    daemon.wait_checked()
    daemon.stop()
    daemon.start()
    assert daemon.refresh(url)["not_modified"]
    assert origin.requests()[-1].header("If-None-Match") == '"v1"'


def test_a_304_without_validators_keeps_the_old_ones(origin, daemon):
    url = origin.set("/feed", Answer(rss(*entries(1)), etag='"v1"'), Answer(status=304, type=None), Answer(status=304, type=None))
    daemon.start(url)
    daemon.wait_checked()
    daemon.refresh(url)
    daemon.refresh(url)
    assert [r.header("If-None-Match") for r in origin.requests()] == [None, '"v1"', '"v1"']


def test_errors_do_not_touch_validators(origin, daemon):
    url = origin.set("/feed", Answer(rss(*entries(1)), etag='"v1"'), Answer(b"no", status=500, etag='"bad"'),
                     Answer(b"<html>no feed</html>", etag='"bad"', conditional=False), Answer(rss(*entries(1)), etag='"v1"'))
    daemon.start(url)
    daemon.wait_checked()
    for _ in range(3):
        daemon.refresh(url)
    assert [r.header("If-None-Match") for r in origin.requests()] == [None, '"v1"', '"v1"', '"v1"']
    assert daemon.feed(url)["error"] is None


def test_validators_do_not_follow_a_redirect_elsewhere(origin, daemon):
    """They belong to the URL that gave them (RFC 9110 8.8)."""
    url = origin.set("/feed", Answer(rss(*entries(1)), etag='"v1"'), Redirect(to="/other"))
    origin.set("/other", rss(*entries(1)))
    daemon.start(url)
    daemon.wait_checked()
    daemon.refresh(url)
    other, = origin.requests("/other")
    assert other.header("If-None-Match") is None


def test_the_same_bytes_without_validators_are_not_parsed(origin, daemon):
    url = origin.set("/feed", rss(*entries(2)))
    daemon.start(url)
    daemon.wait_checked()
    parsed = daemon.get("/v1/status")["workers"]["parsed"]
    report = daemon.refresh(url)
    assert report["new"] == report["changed"] == 0 and report["error"] is None
    assert daemon.get("/v1/status")["workers"]["parsed"] == parsed
    assert len(daemon.titles()) == 2
