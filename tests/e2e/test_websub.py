"""WebSub: hubs are shown always and asked only when the configuration says so; what is signed becomes entries at once."""

import re
import socket
import sqlite3
import threading
from contextlib import closing
from datetime import datetime

import pytest
from daemon import SANITIZER_REPORT, UnixConnection, wait_until
from documents import entries, rss
from hub import Hub, call, path_of
from origin import Answer

HOUR, DAY = 3600, 86400
CALLBACK = "https://reader.example/websub"


@pytest.fixture
def hub():
    h = Hub()
    yield h
    h.close()


def linked(hub, topic, *more, **options):
    link = f'<{hub}>; rel="hub", <{topic}>; rel="self"'
    return Answer(rss(*(more or entries(2))), headers=[("Link", link)], **options)


def start(daemon, *feeds, on=True, **options):
    extra = f'websub {{ callback = "{CALLBACK}"  listen = "127.0.0.1:0" }}\n' if on else ""
    daemon.configure(*feeds, extra=extra)
    daemon.start(**options)


def port(daemon):
    return int(re.findall(r"listened to on port (\d+)", daemon.log)[-1])


def state(daemon, url):
    return daemon.feed(url)["websub"]


def wait_state(daemon, url, wanted):
    wait_until(lambda: (state(daemon, url) or {}).get("state") == wanted, 20, f"the state {wanted}")


def wait_asked(hub, n=1):
    wait_until(lambda: len(hub.asked) >= n, 20, f"request {n} to the hub")
    return hub.asked[n - 1]


def subscribe(daemon, hub, url, lease=10 * DAY):
    """Up to a verified subscription: what was asked."""
    asked = wait_asked(hub)
    assert hub.verify(port(daemon), asked, lease=lease) == (200, "ch 4llenge&")
    wait_state(daemon, url, "subscribed")
    daemon.wait_checked()  # while it is being refreshed a hub would have to try again
    return asked


def seconds(stamp):
    return datetime.fromisoformat(stamp.replace("Z", "+00:00")).timestamp()


@pytest.fixture
def feed(origin, hub):
    url = origin.set("/feed", b"")
    return origin.set("/feed", linked(hub.url, url))


def test_a_hub_is_shown_and_not_asked(origin, daemon, hub, feed):
    start(daemon, feed, on=False)
    daemon.wait_checked()
    wait_state(daemon, feed, "advertised")
    assert state(daemon, feed) == {"state": "advertised", "hub": hub.url, "topic": feed, "lease_until": None, "next_try": None,
                                   "detail": None}
    assert daemon.courant("feeds", "--fields", "push,hub", "--tsv").stdout.splitlines()[-1] == f"advertised\t{hub.url}"
    assert hub.asked == []


def test_a_hub_in_the_document(origin, daemon, hub):
    url = origin.set("/feed.json", b"")
    origin.set("/feed.json", Answer(b'{"version": "https://jsonfeed.org/version/1.1", "title": "T", "feed_url": "%s", "hubs": '
                                    b'[{"type": "WebSub", "url": "%s"}], "items": []}' % (url.encode(), hub.url.encode()),
                                    type="application/feed+json"))
    start(daemon, url)
    asked = wait_asked(hub)
    assert asked["hub.topic"] == url


def test_from_subscription_to_entry(origin, daemon, hub, feed):
    start(daemon, feed)
    asked = wait_asked(hub)
    assert asked["hub.mode"] == "subscribe" and asked["hub.topic"] == feed
    assert re.fullmatch(CALLBACK + "/[0-9a-f]{32}", asked["hub.callback"])
    assert re.fullmatch("[0-9a-f]{64}", asked["hub.secret"]) and int(asked["hub.lease_seconds"]) == 10 * DAY
    headers = hub.requests[0][1]
    assert headers["Content-Type"] == "application/x-www-form-urlencoded" and headers["User-Agent"].startswith("courant/")
    wait_state(daemon, feed, "requested")
    assert hub.verify(port(daemon), asked, lease=5 * DAY) == (200, "ch 4llenge&")
    wait_state(daemon, feed, "subscribed")
    daemon.wait_checked()
    before = len(origin.requests("/feed"))
    follower = daemon.follow()
    assert hub.deliver(port(daemon), asked, rss(*entries(3)))[0] == 200
    wait_until(lambda: len(daemon.titles()) == 3, what="the third entry")
    wait_until(lambda: len(follower.titles) == 1, what="the event")
    follower.close()
    assert len(origin.requests("/feed")) == before
    daemon.wait_checked()
    # A hub may send the news only: what it leaves out is not gone, and comes but once.
    assert hub.deliver(port(daemon), asked, rss(entries(4)[3]), method="sha1")[0] == 200
    wait_until(lambda: len(daemon.titles()) == 4, what="the fourth entry")
    assert daemon.refresh(feed)["new"] == 0
    # Nothing else asks for it: the feed is polled once a day now.
    assert daemon.feed(feed)["next_check_reason"].startswith("its hub tells")


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_signatures(daemon, hub, feed, method):
    start(daemon, feed)
    asked = subscribe(daemon, hub, feed)
    assert hub.deliver(port(daemon), asked, rss(*entries(3)), method=method)[0] == 200
    wait_until(lambda: len(daemon.titles()) == 3, what="the entry")


@pytest.mark.parametrize("wrong", [{"secret": "guessed"}, {"signature": ""}, {"signature": "sha256="}, {"signature": "sha256=" + "0" * 64},
                                   {"signature": "md5=d41d8cd98f00b204e9800998ecf8427e"}, {"signature": "=" * 500}])
def test_wrong_signatures_are_ignored(daemon, hub, feed, wrong):
    """Answered as if it were right (WebSub 7.1.1), so that nobody learns by trying."""
    start(daemon, feed)
    asked = subscribe(daemon, hub, feed)
    assert hub.deliver(port(daemon), asked, rss(*entries(5)), **wrong)[0] == 200
    assert hub.deliver(port(daemon), asked, rss(*entries(3)))[0] == 200
    wait_until(lambda: len(daemon.titles()) == 3, what="the entry that is signed")
    assert "is not signed" in daemon.log


def test_the_same_again_is_nothing(daemon, hub, feed):
    start(daemon, feed)
    asked = subscribe(daemon, hub, feed)
    parsed = lambda: daemon.get("/v1/status")["workers"]["parsed"]  # noqa: E731
    before = parsed()
    for _ in range(3):
        assert hub.deliver(port(daemon), asked, rss(*entries(3)))[0] == 200
        daemon.wait_checked()
    wait_until(lambda: len(daemon.titles()) == 3, what="the entry")
    assert parsed() == before + 1


def test_strangers_find_nothing(daemon, hub, feed):
    start(daemon, feed)
    asked = wait_asked(hub)
    p, path = port(daemon), path_of(asked)
    other = path[:-1] + ("0" if path[-1] != "0" else "1")
    assert hub.verify(p, asked, mode="unsubscribe")[0] == 404
    assert hub.verify(p, asked, topic="https://other.example/")[0] == 404
    assert hub.verify(p, asked, challenge="x" * 5000)[0] == 404
    for target in (other, "/", "/websub", path + "/x", path[:-1], "/" + "f" * 32):
        assert call(p, "GET", target + "?hub.mode=subscribe&hub.topic=x&hub.challenge=y")[0] == 404
        assert call(p, "POST", target, b"<rss/>", {"X-Hub-Signature": "sha256=00"})[0] == 404
    assert hub.deliver(p, asked, rss(*entries(3)))[0] == 404  # not verified yet
    assert call(p, "PUT", path, b"x")[0] == 405
    assert state(daemon, feed)["state"] == "requested"
    assert hub.verify(p, asked)[0] == 200
    assert hub.verify(p, asked)[0] == 404  # asked once, verified once
    daemon.wait_checked()  # the hub is asked before what the feed brought is stored
    assert len(daemon.titles()) == 2


def test_a_denial(daemon, hub, feed):
    start(daemon, feed, clock_rate=1)
    asked = wait_asked(hub)
    assert call(port(daemon), "GET", f"{path_of(asked)}?hub.mode=denied&hub.topic={feed}&hub.reason=no%1b%5b31m%20readers")[0] == 200
    wait_state(daemon, feed, "denied")
    assert state(daemon, feed)["detail"] == "no[31m readers"
    assert hub.deliver(port(daemon), asked, rss(*entries(3)))[0] == 404
    daemon.set_clock(by=7 * DAY + 60)
    wait_asked(hub, 2)


def test_renewal_and_the_end_of_a_lease(daemon, hub, feed):
    start(daemon, feed, clock_rate=1)
    first = subscribe(daemon, hub, feed, lease=10 * HOUR)
    daemon.set_clock(by=8 * HOUR + 60)
    again = wait_asked(hub, 2)
    assert again == first  # the same callback and secret
    assert state(daemon, feed)["state"] == "subscribed"
    until = seconds(state(daemon, feed)["lease_until"])
    assert hub.verify(port(daemon), again, lease=10 * HOUR)[0] == 200
    wait_until(lambda: seconds(state(daemon, feed)["lease_until"]) > until + 7 * HOUR, what="the longer lease")
    # Now the hub is silent: it is asked, does not verify, and the lease ends.
    daemon.set_clock(by=8 * HOUR + 60)
    wait_asked(hub, 3)
    daemon.set_clock(by=HOUR + 60)
    wait_until(lambda: state(daemon, feed)["detail"], what="the failure")
    assert state(daemon, feed)["state"] == "subscribed"
    daemon.set_clock(by=HOUR)
    wait_state(daemon, feed, "requested")
    assert hub.deliver(port(daemon), first, rss(*entries(3)))[0] == 404
    daemon.set_clock(by=2 * HOUR)
    asked = wait_asked(hub, 4)
    assert hub.verify(port(daemon), asked)[0] == 200
    wait_state(daemon, feed, "subscribed")


def test_the_reason_is_the_hub_from_its_verification_on(origin, daemon, hub, feed):
    origin.set("/feed", linked(hub.url, feed, etag='"1"'))
    start(daemon, {"url": feed, "interval": "1h"})
    subscribe(daemon, hub, feed)
    wait_until(lambda: daemon.feed(feed)["next_check_code"] == "pushed", what="the slow pace")
    assert len(origin.requests("/feed")) == 1


def test_polls_come_daily_while_the_lease_holds(origin, daemon, hub, feed):
    start(daemon, {"url": feed, "interval": "1h"}, clock_rate=1)
    asked = subscribe(daemon, hub, feed, lease=10 * DAY)
    due = lambda: seconds(daemon.feed(feed)["next_check_at"]) - seconds(daemon.feed(feed)["checked_at"])  # noqa: E731
    wait_until(lambda: due() >= DAY, what="the slow pace, from the verification on")
    daemon.set_clock(by=DAY * 1.2)
    wait_until(lambda: len(origin.requests("/feed")) == 2, what="the daily poll")
    daemon.wait_checked()
    wait_until(lambda: due() >= DAY, what="the next one")
    hubs = [line for line in daemon.courant("doctor", expect=None).stdout.splitlines() if line.startswith("hubs ")]
    assert hubs == ["hubs       1 of 1 feed subscribed"]
    assert "subscribed until" in daemon.courant("doctor", "1", expect=None).stdout
    assert call(port(daemon), "GET", f"{path_of(asked)}?hub.mode=denied&hub.topic={feed}")[0] == 200
    wait_state(daemon, feed, "denied")
    wait_until(lambda: due() <= 1.2 * HOUR, what="the feed's own pace")
    assert daemon.feed(feed)["next_check_code"] == "interval"
    assert "0 of 1 feed subscribed, 1 denied" in daemon.courant("doctor", expect=None).stdout


def test_a_hub_that_fails_is_asked_less_and_less(daemon, hub, feed):
    hub.answers = [(500, {}), (503, {"Retry-After": "10800"}), (301, {"Location": "/elsewhere"})]
    start(daemon, feed, clock_rate=1)
    wait_asked(hub)
    wait_until(lambda: state(daemon, feed)["detail"], what="the failure")
    assert state(daemon, feed)["detail"].startswith("HTTP 500")
    daemon.set_clock(by=HOUR + 60)
    wait_asked(hub, 2)
    wait_until(lambda: "503" in (state(daemon, feed)["detail"] or ""), what="the second failure")
    daemon.set_clock(by=2 * HOUR + 60)  # the back-off alone would be over
    daemon.get("/v1/status")
    daemon.set_clock(by=HOUR)
    wait_asked(hub, 3)
    wait_until(lambda: "301" in (state(daemon, feed)["detail"] or ""), what="the third failure")
    assert len(hub.asked) == 3
    daemon.set_clock(by=4 * HOUR + 60)
    subscribe_again = wait_asked(hub, 4)
    assert hub.verify(port(daemon), subscribe_again)[0] == 200


def test_a_hub_that_rests_is_left_alone_over_a_restart(origin, daemon, hub, feed):
    """A 429 of the hub is about whoever asks: its host rests, and nothing of that is a failure."""
    hub.answers = [(429, {"Retry-After": str(5 * HOUR)})]
    start(daemon, feed, clock_rate=0)
    wait_asked(hub)
    wait_until(lambda: state(daemon, feed)["detail"], what="the failure")
    until = int(daemon.now()) + 5 * HOUR
    assert seconds(state(daemon, feed)["next_try"]) == until
    daemon.stop()
    daemon.start()
    # Another feed of the same hub, which nobody has asked for it yet.
    other = origin.set("/other", linked(hub.url, origin.url("/other")))
    daemon.call("POST", "/v1/feeds", {"feed_url": other, "allow_private": True})
    wait_until(lambda: seconds(state(daemon, other)["next_try"]) == until, what="the other feed's turn to be put off")
    assert state(daemon, other)["detail"] is None
    assert len(hub.asked) == 1
    daemon.set_clock(by=5 * HOUR + 60)
    wait_asked(hub, 2)
    # The second waits for the pause that the host is taken to ask for from now on, by the daemon's clock.
    daemon.set_clock(by=60)
    wait_asked(hub, 3)


def test_who_drips_is_ended(daemon, hub, feed):
    """Silence ends a connection after 20 s; one that sends a byte now and then, after two minutes of the daemon's clock."""
    start(daemon, feed, clock_rate=0)
    asked = subscribe(daemon, hub, feed)
    with socket.create_connection(("127.0.0.1", port(daemon)), timeout=0.05) as s:
        s.sendall(b"POST " + path_of(asked).encode() + b" HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n")

        def ended():
            try:
                s.sendall(b"x")
                return s.recv(1) == b""
            except TimeoutError:
                return False
            except OSError:
                return True
        for _ in range(10):
            assert not ended()
        daemon.set_clock(by=119)
        for _ in range(10):
            assert not ended()
        daemon.set_clock(by=2)
        wait_until(ended, 30, "the end of the connection")
    assert hub.deliver(port(daemon), asked, rss(*entries(3)))[0] == 200


def test_a_hub_that_redirects(daemon, hub, feed):
    hub.answers = [(307, {"Location": "/new-hub"})]
    start(daemon, feed)
    asked = wait_asked(hub, 2)
    assert [path for path, _ in hub.requests] == ["/hub", "/new-hub"]
    assert hub.verify(port(daemon), asked)[0] == 200
    wait_state(daemon, feed, "subscribed")


def test_subscriptions_survive_a_restart(daemon, hub, feed):
    start(daemon, feed)
    asked = subscribe(daemon, hub, feed)
    daemon.stop()
    daemon.start()
    assert state(daemon, feed)["state"] == "subscribed" and len(hub.asked) == 1
    assert hub.deliver(port(daemon), asked, rss(*entries(3)))[0] == 200
    wait_until(lambda: len(daemon.titles()) == 3, what="the entry")


def test_a_verification_may_come_after_a_restart(daemon, hub, feed):
    start(daemon, feed)
    asked = wait_asked(hub)
    wait_state(daemon, feed, "requested")
    daemon.stop()
    daemon.start()
    assert hub.verify(port(daemon), asked)[0] == 200
    wait_state(daemon, feed, "subscribed")
    assert len(hub.asked) == 1


def test_a_feed_that_goes_is_unsubscribed(daemon, hub, feed):
    start(daemon)
    daemon.call("POST", "/v1/feeds", {"feed_url": feed, "allow_private": True})
    asked = subscribe(daemon, hub, feed)
    daemon.courant("remove", feed)
    last = wait_asked(hub, 2)
    assert last["hub.mode"] == "unsubscribe" and last["hub.callback"] == asked["hub.callback"] and last["hub.topic"] == feed
    assert hub.deliver(port(daemon), asked, rss(*entries(3)))[0] == 410
    assert hub.verify(port(daemon), last, mode="subscribe")[0] == 404
    assert hub.verify(port(daemon), last) == (200, "ch 4llenge&")
    assert hub.deliver(port(daemon), asked, rss(*entries(3)))[0] == 404


def test_a_feed_that_is_no_longer_declared_is_unsubscribed(daemon, hub, feed):
    start(daemon, feed)
    subscribe(daemon, hub, feed)
    daemon.configure(extra=f'websub {{ callback = "{CALLBACK}"  listen = "127.0.0.1:0" }}\n')
    daemon.reload()
    assert wait_asked(hub, 2)["hub.mode"] == "unsubscribe"
    assert hub.verify(port(daemon), hub.asked[1])[0] == 200
    wait_state(daemon, feed, "advertised")


def test_a_feed_that_is_added_again_is_subscribed_again(origin, daemon, hub, feed):
    start(daemon, feed)
    subscribe(daemon, hub, feed)
    daemon.configure(extra=f'websub {{ callback = "{CALLBACK}"  listen = "127.0.0.1:0" }}\n')
    daemon.reload()
    left = wait_asked(hub, 2)
    assert hub.verify(port(daemon), left)[0] == 200
    wait_state(daemon, feed, "advertised")
    assert daemon.call("POST", "/v1/feeds", {"feed_url": feed, "allow_private": True})[0] == 201
    origin.set("/feed", linked(hub.url, feed, *entries(3)))  # what it says of its hub is read with the next document
    daemon.refresh(feed)
    assert wait_asked(hub, 3)["hub.mode"] == "subscribe"
    assert hub.verify(port(daemon), hub.asked[2])[0] == 200
    wait_state(daemon, feed, "subscribed")


def test_a_lease_from_the_future_is_renewed(daemon, hub, feed):
    """The clock was set back by a year while the daemon was down: the hub's lease ends when it ends."""
    start(daemon, feed, clock_rate=0)
    subscribe(daemon, hub, feed)
    daemon.stop()
    daemon.set_clock(by=-365 * DAY)
    daemon.start()
    assert wait_asked(hub, 2)["hub.mode"] == "subscribe"
    assert hub.verify(port(daemon), hub.asked[1], lease=10 * DAY)[0] == 200
    wait_until(lambda: seconds(state(daemon, feed)["lease_until"]) < daemon.now() + 11 * DAY, what="the new lease")


def test_a_stop_that_the_store_outlasts(origin, daemon, hub, feed):
    """What is stored after everything else was given up meets a daemon that is still whole."""
    start(daemon, feed)
    subscribe(daemon, hub, feed)
    url = origin.set("/other", linked(hub.url, origin.url("/other")))
    assert daemon.call("POST", "/v1/feeds", {"feed_url": url, "allow_private": True})[0] == 201
    daemon.wait_checked()
    other = daemon.feed(url)["id"]
    with closing(sqlite3.connect(daemon.state / "courant.db", isolation_level=None)) as lock:
        lock.execute("BEGIN IMMEDIATE")
        origin.set("/feed", linked(hub.url, feed, *entries(3)))
        assert daemon.call("PUT", f"/v1/feeds/{daemon.feed(feed)['id']}/refresh")[0] == 204
        wait_until(lambda: daemon.feed(feed)["state"] == "storing", 20, "an answer")
        removal = UnixConnection(daemon.socket, 60)
        removal.request("DELETE", f"/v1/feeds/{other}")
        daemon.get("/v1/status")  # later than the removal
        process = daemon.process
        process.terminate()
        # The store gives up after 5 s, too: where the machine is slow it may be the first, and nothing is late.
        wait_until(lambda: "given up" in daemon.log or process.poll() is not None, 60, "the end of its patience")
        lock.execute("ROLLBACK")
        assert process.wait(60) == 0, daemon.log
    removal.close()
    daemon.process = None
    assert not SANITIZER_REPORT.search(daemon.log), daemon.log


@pytest.mark.parametrize("hub_url, topic, why", [
    ("ftp://hub.example/", None, "not http or https"),
    (None, "http://elsewhere.example/feed", "on another host"),
    (None, "", "does not name its own URL"),
])
def test_hubs_that_are_not_asked(origin, daemon, hub, hub_url, topic, why):
    url = origin.set("/feed", b"")
    link = f"<{hub_url or hub.url}>; rel=hub" + (f", <{topic or url}>; rel=self" if topic != "" else "")
    origin.set("/feed", Answer(rss(*entries(1)), headers=[("Link", link)]))
    start(daemon, url)
    daemon.wait_checked()
    if hub_url:  # the fetcher takes no such target for a hub at all
        assert state(daemon, url) is None
    else:
        wait_state(daemon, url, "unusable")
        assert why in state(daemon, url)["detail"]
    assert hub.asked == []


def test_hostile_callers(daemon, hub, feed):
    daemon.configure(feed, poll={"max_body": "64KiB"}, extra=f'websub {{ callback = "{CALLBACK}"  listen = "127.0.0.1:0" }}\n')
    daemon.start()
    asked = subscribe(daemon, hub, feed)
    p, path = port(daemon), path_of(asked)
    assert hub.deliver(p, asked, b"x" * (10 << 20), signature="sha256=00")[0] in (413, None)

    def raw(data):
        with socket.create_connection(("127.0.0.1", p), timeout=60) as s:
            try:
                s.sendall(data)
                s.shutdown(socket.SHUT_WR)
                s.settimeout(1)  # whatever it answers, and when
                s.recv(4096)
            except OSError:
                pass

    # A chunked body without an announced end, beyond the limit.
    raw(f"POST {path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".encode() + (b"4000\r\n" + b"y" * 0x4000 + b"\r\n") * 40)
    for garbage in (b"", b"\x00" * 100, b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"A" * 70000, b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
                    b"GET /%00%ff?hub.mode=%zz&hub.challenge HTTP/1.1\r\nHost: x\r\n\r\n", b"\x16\x03\x01" + b"\x00" * 200):
        raw(garbage)
    # As many connections as will open, each with half a request: the daemon and its own socket serve on.
    idle = []
    for _ in range(100):
        s = socket.create_connection(("127.0.0.1", p), timeout=60)
        s.sendall(b"POST " + path.encode() + b" HTTP/1.1\r\nHost: x\r\nContent-Le")
        idle.append(s)
    assert len(daemon.titles()) == 2
    for s in idle:
        s.close()
    wait_until(lambda: hub.deliver(p, asked, rss(*entries(3)))[0] == 200, 60, "a free connection")
    wait_until(lambda: len(daemon.titles()) == 3, what="the entry")


def test_content_that_is_no_feed_harms_nothing(daemon, hub, feed):
    start(daemon, feed)
    asked = subscribe(daemon, hub, feed)
    assert hub.deliver(port(daemon), asked, b"<html>no feed</html>", type="text/html")[0] == 200
    wait_until(lambda: "what its hub sent was not read" in daemon.log, what="the warning")
    assert daemon.feed(feed)["error"] is None and len(daemon.titles()) == 2
    assert hub.deliver(port(daemon), asked, rss(*entries(3)))[0] == 200
    wait_until(lambda: len(daemon.titles()) == 3, what="the entry")


def test_a_port_that_is_taken(daemon):
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    taken.listen()
    daemon.configure(extra=f'websub {{ callback = "{CALLBACK}"  listen = "127.0.0.1:{taken.getsockname()[1]}" }}\n')
    with pytest.raises(AssertionError, match="websub.listen 127.0.0.1"):
        daemon.start()
    taken.close()


def test_deliveries_during_a_fetch_are_tried_again(origin, daemon, hub, feed):
    start(daemon, feed)
    asked = subscribe(daemon, hub, feed)
    gate, entered = threading.Event(), threading.Event()

    class Held(Answer):
        def send(self, connection, request):
            entered.set()
            gate.wait(60)
            super().send(connection, request)

    origin.set("/feed", Held(rss(*entries(2))))
    refresh = threading.Thread(target=daemon.refresh, args=(feed,))
    refresh.start()
    assert entered.wait(60)
    assert hub.deliver(port(daemon), asked, rss(*entries(3)))[0] == 503
    gate.set()
    refresh.join()
    wait_until(lambda: hub.deliver(port(daemon), asked, rss(*entries(3)))[0] == 200, what="the second try")
    wait_until(lambda: len(daemon.titles()) == 3, what="the entry")
