"""How the daemon takes what a server may answer: redirects, refusals, and requests to slow down."""

from datetime import datetime, timedelta, timezone

import pytest
from documents import entries, rss
from origin import Answer, Hang, Raw, Redirect, Reset


def failed(daemon, url):
    """Starts on this one feed and returns it with the error it ends in."""
    daemon.start(url)
    daemon.wait_checked()
    feed = daemon.feed(url)
    assert feed["error"], feed
    assert feed["parsing_error_count"] == 1
    return feed


def due_in(feed):
    return datetime.fromisoformat(feed["next_check_at"]) - datetime.now(timezone.utc)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed(origin, daemon, status):
    url = origin.set("/feed", Redirect(status=status, to="/moved?a=b&c"))
    origin.set("/moved?a=b&c", rss(*entries(1)))
    daemon.start(url)
    daemon.wait_checked()
    assert daemon.titles() == ["Headline entry 1"]
    daemon.refresh(url)
    assert [r.target for r in origin.requests()] == ["/feed", "/moved?a=b&c"] * 2, "the old URL is asked again"


def test_five_hops_are_followed_and_no_more(origin, daemon):
    for i in range(6):
        origin.set(f"/{i}", Redirect(to=f"/{i + 1}"))
    origin.set("/6", rss(*entries(1)))
    daemon.start(origin.url("/0"), origin.url("/1"))
    daemon.wait_checked()
    assert daemon.feed(origin.url("/0"))["error"]["code"] == "redirect_loop"
    assert daemon.feed(origin.url("/1"))["error"] is None


def test_a_redirect_loop(origin, daemon):
    origin.set("/a", Redirect(to="/b"))
    origin.set("/b", Redirect(to="/a"))
    assert failed(daemon, origin.url("/a"))["error"]["code"] == "redirect_loop"
    assert len(origin.requests()) <= 6


@pytest.mark.parametrize("to", ["file:///etc/passwd", "ftp://127.0.0.1/feed", "gopher://127.0.0.1/", "javascript:1"])
def test_redirects_out_of_http_are_refused(origin, daemon, to):
    url = origin.set("/feed", Redirect(to=to))
    assert failed(daemon, url)["error"]["code"] == "redirect_refused"


def test_a_redirect_without_an_address(origin, daemon):
    url = origin.set("/feed", Answer(status=302))
    assert failed(daemon, url)["error"]["code"] in ("protocol_error", "redirect_refused")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 500, 502])
def test_errors_name_the_code(origin, daemon, status):
    url = origin.set("/feed", Answer(b"sorry", status=status))
    feed = failed(daemon, url)
    assert feed["error"]["stage"] == "fetch"
    assert feed["error"]["code"] == "http_error"
    assert feed["error"]["http_code"] == status
    assert str(status) in feed["parsing_error_message"]
    assert due_in(feed) >= timedelta(minutes=59)


def test_an_error_keeps_the_entries(origin, daemon):
    url = origin.set("/feed", rss(*entries(2)), Answer(b"", status=500))
    daemon.start(url)
    daemon.wait_checked()
    assert daemon.refresh(url)["error"]["code"] == "http_error"
    assert len(daemon.titles()) == 2


def test_an_error_is_forgotten_after_a_success(origin, daemon):
    url = origin.set("/feed", Answer(b"", status=500), rss(*entries(1)))
    daemon.start(url)
    daemon.wait_checked()
    assert daemon.refresh(url)["error"] is None
    feed = daemon.feed(url)
    assert feed["error"] is None and feed["parsing_error_count"] == 0 and feed["failing_since"] is None


def test_410_is_asked_again_after_a_day(origin, daemon):
    """The second one then stops the feed (tests/unit/test_policy.c); by hand it can be asked before."""
    url = origin.set("/feed", Answer(b"", status=410))
    feed = failed(daemon, url)
    assert feed["error"]["code"] == "gone"
    assert due_in(feed) >= timedelta(hours=23)
    daemon.refresh(url)
    assert due_in(daemon.feed(url)) >= timedelta(hours=23)


def test_429_rests_as_long_as_asked(origin, daemon):
    url = origin.set("/feed", Answer(b"", status=429, headers=[("Retry-After", "7200")]))
    feed = failed(daemon, url)
    assert feed["error"]["code"] == "rate_limited"
    assert due_in(feed) >= timedelta(seconds=7190)


def test_503_with_a_date(origin, daemon):
    when = datetime.now(timezone.utc) + timedelta(hours=5)
    url = origin.set("/feed", Answer(b"", status=503, headers=[("Retry-After", when.strftime("%a, %d %b %Y %H:%M:%S GMT"))]))
    assert due_in(failed(daemon, url)) >= timedelta(hours=4, minutes=59)


def test_max_age_is_a_floor(origin, daemon):
    url = origin.set("/feed", Answer(rss(*entries(1)), headers=[("Cache-Control", 'Public, MAX-AGE="10800"')]))
    daemon.start({"url": url, "interval": "1s"})
    daemon.wait_checked()
    assert due_in(daemon.feed(url)) >= timedelta(seconds=10790)


def test_nobody_listens(origin, daemon):
    origin.close()
    assert failed(daemon, origin.url("/feed"))["error"]["code"] == "connect_failed"


def test_no_such_host(origin, daemon):
    assert failed(daemon, "http://courant-e2e.invalid/feed")["error"]["code"] == "dns_failed"


def test_a_server_that_never_answers(origin, daemon):
    url = origin.set("/feed", Hang())
    daemon.start(url, poll={"timeout": "1s"})
    daemon.wait_checked()
    assert daemon.feed(url)["error"]["code"] == "timeout"


def test_a_reset_connection(origin, daemon):
    assert failed(daemon, origin.set("/feed", Reset()))["error"]["code"] in ("protocol_error", "connect_failed")


@pytest.mark.parametrize("data", [b"", b"SSH-2.0-OpenSSH_9.2\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n<rss>"],
                         ids=["nothing", "ssh", "cut off"])
def test_no_proper_http(origin, daemon, data):
    assert failed(daemon, origin.set("/feed", Raw(data)))["error"]["code"] == "protocol_error"


def test_a_page_is_no_feed(origin, daemon):
    url = origin.set("/feed", Answer(b"<!doctype html><html><head><title>Hi</title></head><body>Hello</body></html>", type="text/html"))
    feed = failed(daemon, url)
    assert feed["error"]["stage"] == "parse" and feed["error"]["code"] == "not_a_feed"


def test_an_empty_answer(origin, daemon):
    assert failed(daemon, origin.set("/feed", b""))["error"]["code"] == "empty"


def test_one_request_at_a_time_to_a_host(origin, daemon):
    urls = [origin.set(f"/{i}", rss(*entries(1, prefix=str(i)))) for i in range(4)]
    daemon.start(*urls, poll={"per_host": 1, "host_delay": "800ms"})
    daemon.wait_checked()
    times = sorted(r.time for r in origin.requests())
    assert all(b - a >= 0.4 for a, b in zip(times, times[1:])), times
    assert len({r.connection for r in origin.requests()}) == 1, "the connection is used again"
