"""The shape of a request (etiquette R1-R4) over a day of good and bad answers, and who cannot be reached (FRB116, 117, 136)."""

import pytest
from authority import OPENSSL, Authority
from documents import entries, rss
from origin import Answer, Hang, Origin, Redirect, Reset
from rehearsal import DAY, HOUR, begin, next_fetch, seconds

COOKIE = [("Set-Cookie", "track=me; Path=/; Max-Age=99999999")]
PAGE = b'<!doctype html><link rel="icon" href="/icon.png"><link rel="alternate" type="application/rss+xml" href="/other">Hello'


@pytest.fixture
def day(origin, daemon):
    """A feed with a query string, asked through whatever may happen to it; its requests and those of the place it was once led to."""
    feed = Answer(rss(*entries(2)), etag='"1"', headers=COOKIE)
    url = origin.set("/feed?b=2&a=%7E+x&&t=", feed, feed, Answer(b"no", status=404, headers=COOKIE), Answer(b"", status=500), Redirect(status=302, to="/moved?x=1", headers=COOKIE),
                     Answer(PAGE, type="text/html", headers=COOKIE), Answer(b"", status=403), Answer(rss(*entries(3)), headers=COOKIE), feed)
    origin.set("/moved?x=1", Answer(rss(*entries(2)), etag='"moved"', headers=COOKIE))
    [state] = begin(daemon, {"url": url, "interval": "1h"}, poll={"contact": "mailto:me@reader.example"})
    for _ in range(5):
        state = next_fetch(daemon, state)
    daemon.stop()
    daemon.start()
    for _ in range(5):
        state = next_fetch(daemon, state)
    assert state["health"] == "ok" and len(origin.requests()) == 12
    return origin.requests()


def test_FRB050_FRB051_only_get_is_sent_whatever_is_answered(day):
    assert {r.method for r in day} == {"GET"}


def test_FRB061_no_cookie_comes_back(day):
    assert all(r.header("Cookie") is None for r in day)


def test_FRB062_no_referer_is_sent_not_even_after_a_redirect(day):
    assert all(r.header("Referer") is None and r.header("Origin") is None for r in day)


def test_FRB063_query_strings_stay_as_given_and_nothing_is_added(day):
    assert {r.target for r in day} == {"/feed?b=2&a=%7E+x&&t=", "/moved?x=1"}


def test_FRB064_nothing_busts_caches(day):
    """No Cache-Control, no Pragma, no Range; nothing but the fields that every request has, and validators."""
    plain = ["host", "user-agent", "accept-encoding", "accept"]
    for request in day:
        assert [n for n in request.names if n not in ("if-none-match", "if-modified-since")] == plain


def test_FRB080_one_name_that_says_who_asks(day):
    """The same over restarts, redirects and errors; with the address that the configuration gives; never a browser's."""
    [name] = {r.header("User-Agent") for r in day}
    assert name.startswith("courant/") and name.endswith("(+mailto:me@reader.example)") and "Mozilla" not in name


def test_FRB090_no_feed_can_have_another_name(origin, daemon):
    daemon.configure({"url": origin.url("/feed"), "headers": ["User-Agent: Mozilla/5.0"]})
    with pytest.raises(AssertionError, match="courantd ended with"):
        daemon.start()
    assert "User-Agent" in daemon.log


def test_FRB140_FRB141_one_list_of_encodings_with_gzip(day):
    [accepted] = {r.header("Accept-Encoding") for r in day}
    assert {"gzip", "deflate"} <= set(accepted.split(", "))


def test_R4_a_page_in_place_of_a_feed_is_not_searched(day):
    """Neither its icon nor the feed that it names: the set of targets is that of FRB063. Accept says what is wanted."""
    assert not any("icon" in r.target or "other" in r.target or "robots" in r.target for r in day)
    assert all(r.header("Accept").startswith("application/atom+xml, application/rss+xml") for r in day)


# --- no DNS, no connection, TLS, time-out

def back_off(daemon, feed, n, code):
    for i in range(n):
        assert feed["error"]["code"] in code, feed["error"]
        wait = seconds(feed["next_check_at"]) - seconds(feed["checked_at"])
        meant = min(HOUR * 2 ** i, DAY)
        assert meant <= wait <= meant * 1.1 + 1, (i, wait)
        feed = next_fetch(daemon, feed)
    return feed


def test_FRB116_a_name_that_is_not_known_backs_off(daemon):
    [feed] = begin(daemon, "http://courant-e2e.invalid/feed")
    assert back_off(daemon, feed, 6, ["dns_failed"])["health"] == "failing"


def test_FRB117_a_closed_port_backs_off_and_its_entries_stay(origin, daemon):
    url = origin.set("/feed", Answer(rss(*entries(2)), etag='"1"'))
    [feed] = begin(daemon, {"url": url, "interval": "1h"})
    origin.close()
    feed = back_off(daemon, next_fetch(daemon, feed), 6, ["connect_failed"])
    assert feed["etag_header"] == '"1"' and len(daemon.titles()) == 2
    again = Origin(port=origin.port)
    try:
        again.set("/feed", Answer(rss(*entries(2)), etag='"1"'))
        assert next_fetch(daemon, feed)["health"] == "ok"
        assert again.requests()[0].header("If-None-Match") == '"1"'
    finally:
        again.close()


def test_FRB117_a_reset_backs_off(origin, daemon):
    [feed] = begin(daemon, origin.set("/feed", Reset()))
    back_off(daemon, feed, 6, ["connect_failed", "protocol_error"])
    assert len(origin.requests()) == 7, "nothing is tried again at once"


def test_FRB117_silence_backs_off(origin, daemon):
    [feed] = begin(daemon, origin.set("/feed", Hang()), poll={"timeout": "1s"})
    back_off(daemon, feed, 3, ["timeout"])
    assert len(origin.requests()) == 4


@pytest.mark.skipif(OPENSSL is None, reason="needs the openssl program")
def test_FRB136_a_certificate_that_is_not_believed_backs_off_and_nothing_is_sent(daemon):
    authority = Authority()
    server = Origin(authority.context(*authority.self_signed()))
    try:
        server.set("/feed", rss(*entries(1)))
        [feed] = begin(daemon, server.url("/feed"))
        back_off(daemon, feed, 6, ["tls_failed"])
        assert server.requests() == []
    finally:
        server.close()
        authority.remove()
