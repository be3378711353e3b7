"""Adding a feed by its address, or by that of a page that names it: fetched once, refused with what was found."""

import os
import pty
import re
import subprocess
import threading

import pytest
from daemon import BUILD, wait_until
from documents import entries, rss
from origin import Answer, Hang, Redirect
from rehearsal import seconds

FEED = "application/rss+xml"


def page(*links, head=""):
    tags = "".join(f'<link rel="alternate" type="{type}" title="{title}" href="{href}">' for type, title, href in links)
    return Answer(f"<!doctype html><html><head>{head}{tags}</head><body><p>Hello</p></body></html>".encode(), type="text/html")


@pytest.fixture
def running(daemon):
    return daemon.start()


def add(daemon, url, *options, expect=0, **more):
    return daemon.courant("add", url, "--allow-private", *options, expect=expect, **more)


def test_a_feed_is_fetched_once(running, origin):
    url = origin.set("/feed", Answer(rss(*entries(3)), etag='"1"'))
    shown = add(running, url, "-c", "tech").stdout
    feed = running.feed(url)
    assert shown == f"added as feed {feed['id']}: The Example Times (3 entries)\n"
    assert feed["category"]["title"] == "tech" and feed["etag_header"] == '"1"' and feed["checked_at"]
    assert len(running.titles()) == 3
    running.stop()
    running.start()
    running.refresh(url)
    requests = origin.requests("/feed")
    assert [r.header("If-None-Match") for r in requests] == [None, '"1"'], "one unconditional request a feed"


def test_a_page_with_one_feed(running, origin):
    feed = origin.set("/atom", rss(*entries(2)))
    done = add(running, origin.set("/blog/", page((FEED, "The &amp; Blog", "../atom"))))
    assert "one feed: The & Blog" in done.stderr
    assert feed in done.stdout
    assert [f["feed_url"] for f in running.feeds()] == [feed]
    assert [r.target for r in origin.requests()] == ["/blog/", "/atom"]


def several(origin):
    for name in ("a", "b", "c"):
        origin.set(f"/{name}", rss(*entries(1, prefix=name), title=name.upper()))
    return origin.set("/", page((FEED, "A", "/a"), ("application/atom+xml", "B", "/b"), ("application/feed+json", "C", "c")))


def test_a_page_with_several_feeds_asks_which(running, origin):
    done = add(running, several(origin), expect=2)
    assert "--pick" in done.stderr and "--all" in done.stderr
    assert re.search(r"2 +atom +B\n +" + re.escape(origin.url("/b")), done.stderr)
    assert running.feeds() == [] and [r.target for r in origin.requests()] == ["/"]


def test_pick(running, origin):
    add(running, several(origin), "--pick", "2")
    assert [f["feed_url"] for f in running.feeds()] == [origin.url("/b")]


@pytest.mark.parametrize("number", ["0", "4", "-1", "x", ""])
def test_pick_none_of_them(running, origin, number):
    assert "1 to 3" in add(running, several(origin), "--pick", number, expect=2).stderr
    assert running.feeds() == []


def test_all(running, origin):
    add(running, several(origin), "--all", "-c", "many")
    assert {f["feed_url"] for f in running.feeds()} == {origin.url("/a"), origin.url("/b"), origin.url("/c")}
    assert "--title" in add(running, several(origin), "--all", "--title", "x", expect=2).stderr


def test_all_but_one(running, origin):
    url = several(origin)
    origin.set("/b", Answer(b"", status=404))
    done = add(running, url, "--all", expect=6)
    assert origin.url("/b") in done.stderr and "404" in done.stderr
    assert len(running.feeds()) == 2


@pytest.mark.parametrize("typed, expected", [("2\n", ["/b"]), ("\n", []), ("9\n", [])])
def test_a_choice_at_a_terminal(running, origin, typed, expected):
    ours, theirs = pty.openpty()
    client = subprocess.Popen([BUILD / "courant", "add", several(origin), "--allow-private"], env=running.environment(),
                              stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    seen = b""
    while b"Which one?" not in seen:
        seen += os.read(ours, 4096)
    os.write(ours, typed.encode())
    assert client.wait(60) == (0 if expected else 1)
    os.close(ours)
    assert [f["feed_url"] for f in running.feeds()] == [origin.url(p) for p in expected]


REFUSED = {
    "page": (page(), "an HTML page that names no feed"),
    "pdf": (Answer(b"%PDF-1.7\n...", type="application/pdf"), "a PDF"),
    "json": (Answer(b'{"a": 1}', type="application/json"), "JSON, but no JSON Feed"),
    "picture": (Answer(b"\x89PNG\r\n\x1a\n", type="image/png"), "a picture"),
    "text": (Answer(b"hello", type="text/plain"), "no feed"),
    "empty": (Answer(b""), "empty"),
    "not found": (Answer(b"", status=404), "404"),
    "broken": (Answer(b"<rss><channel><item><tit"), "no entry could be read"),
}


@pytest.mark.parametrize("answer, words", REFUSED.values(), ids=REFUSED.keys())
def test_FRB100_what_is_no_feed_is_refused_with_what_it_is(running, origin, answer, words):
    url = origin.set("/x", answer)
    assert words in add(running, url, expect=1).stderr
    assert running.feeds() == [] and running.entries() == []
    assert len(origin.requests()) == 1


def test_FRB101_a_page_is_never_polled(running, origin):
    add(running, origin.set("/page", page()), expect=1)
    running.stop()
    running.start()
    running.call("PUT", "/v1/feeds/refresh?wait=1")
    assert [r.target for r in origin.requests()] == ["/page"]


def test_FRB102_a_feed_that_becomes_a_page_is_an_error_and_keeps_its_entries(running, origin):
    url = origin.set("/feed", rss(*entries(2)), page((FEED, "New", "/elsewhere")))
    add(running, url)
    report = running.refresh(url)
    assert report["error"]["code"] == "not_a_feed" and origin.url("/elsewhere") in report["error"]["detail"]
    assert len(running.titles()) == 2
    assert not origin.requests("/elsewhere"), "links are followed only when a person adds a page"


def test_FRB103_no_favicon_is_asked(running, origin):
    icon = '<link rel="icon" href="/icon.png"><link rel="shortcut icon" href="/favicon.ico">'
    origin.set("/f", rss(*entries(1)))
    add(running, origin.set("/", page((FEED, "F", "/f"), head=icon)))
    assert [r.target for r in origin.requests()] == ["/", "/f"]


def test_FRB104_no_robots_txt_is_asked(running, origin):
    url = origin.set("/feed", rss(*entries(1)))
    add(running, url)
    running.refresh(url)
    assert {r.target for r in origin.requests()} == {"/feed"}


def test_FRB105_no_path_is_guessed(running, origin):
    for path in ("/feed", "/rss", "/atom.xml", "/index.xml", "/feed/"):
        origin.set(path, rss(*entries(1)))
    add(running, origin.set("/", page()), expect=1)
    assert [r.target for r in origin.requests()] == ["/"]


def test_only_get_is_used_and_nothing_is_conditional(running, origin):
    add(running, several(origin), "--pick", "1")
    assert {r.method for r in origin.requests()} == {"GET"}
    assert not any(r.header("If-None-Match") or r.header("If-Modified-Since") or r.header("Cookie") or r.header("Referer")
                   for r in origin.requests())


def spellings(origin):
    port = origin.port
    return [f"127.0.0.1:{port}/feed", f"feed://127.0.0.1:{port}/feed", f"feed:http://127.0.0.1:{port}/feed",
            f"http://127.0.0.1:{port}/feed#top", f"HTTP://127.0.0.1:{port}/feed", f"http://127.0.0.1:{port}/./feed"]


def test_the_address_as_people_type_it(running, origin):
    origin.set("/feed", rss(*entries(1)))
    for spelling in spellings(origin)[:3]:
        number = add(running, spelling, "--tsv").stdout.strip()
        assert running.feeds()[0]["feed_url"] == origin.url("/feed"), spelling
        running.courant("remove", number)


def test_subscribed_already_however_it_is_spelled(running, origin):
    url = origin.set("/feed", rss(*entries(1)))
    add(running, url)
    number = running.feeds()[0]["id"]
    origin.forget()
    for spelling in spellings(origin):
        done = add(running, spelling, expect=1)
        assert "subscribed already" in done.stderr and f"feed {number}" in done.stderr, spelling
    assert len(running.feeds()) == 1 and origin.requests() == []


def test_a_page_whose_feed_is_subscribed_already(running, origin):
    add(running, origin.set("/f", rss(*entries(1))))
    done = add(running, origin.set("/", page((FEED, "F", "/f"))), expect=1)
    assert "subscribed already" in done.stderr
    assert len(origin.requests("/f")) == 1


def test_two_at_once_fetch_once(running, origin):
    gate = threading.Event()

    class Gated(Answer):
        def send(self, connection, request):
            gate.wait(60)
            super().send(connection, request)

    url = origin.set("/feed", Gated(rss(*entries(1))))
    first = subprocess.Popen([BUILD / "courant", "add", url, "--allow-private"], env=running.environment(), stdout=subprocess.PIPE)
    wait_until(lambda: origin.requests("/feed"), what="the first request")
    assert "being added already" in add(running, url, expect=1).stderr
    gate.set()
    assert first.wait(60) == 0
    first.stdout.close()
    assert len(origin.requests("/feed")) == 1 and len(running.feeds()) == 1


@pytest.mark.parametrize("status", [301, 302])
def test_a_redirected_feed_is_added_as_it_was_asked(running, origin, status):
    origin.set("/new", rss(*entries(1)))
    old = origin.set("/old", Redirect(status=status, to="/new"))
    add(running, old)
    assert [f["feed_url"] for f in running.feeds()] == [old]


def test_moved_permanently_to_a_feed_that_is_there(running, origin):
    add(running, origin.set("/new", rss(*entries(1))))
    done = add(running, origin.set("/old", Redirect(status=301, to="/new")), expect=1)
    assert "subscribed already" in done.stderr
    assert len(running.feeds()) == 1


def test_a_private_address_needs_consent(running, origin):
    done = running.courant("add", origin.set("/feed", rss(*entries(1))), expect=1)
    assert "allow_private" in done.stderr
    assert origin.requests() == [] and running.feeds() == []


def test_stopping_while_a_feed_is_added(running, origin):
    url = origin.set("/feed", Hang())
    client = subprocess.Popen([BUILD / "courant", "add", url, "--allow-private"], env=running.environment(), stderr=subprocess.PIPE)
    wait_until(lambda: origin.requests("/feed"), what="the request")
    running.stop()
    assert client.wait(60) in (1, 3)
    client.stderr.close()
    running.start()
    assert running.feeds() == []


def test_scripts_get_json(running, origin):
    url = several(origin)
    assert '"feeds"' not in add(running, url, "--all", "--json").stdout
    status, answer, _ = running.call("POST", "/v1/feeds", {"feed_url": url, "allow_private": True})
    assert status == 422 and answer["code"] == "not_a_feed" and answer["left_out"] == 0
    assert answer["feeds"][1] == {"url": origin.url("/b"), "title": "B", "type": "atom"}


def test_discover(running, origin):
    url = several(origin)
    status, found, _ = running.call("POST", "/v1/discover", {"url": url, "allow_private": True})
    assert status == 200 and [f["type"] for f in found] == ["rss", "atom", "json"]
    status, found, _ = running.call("POST", "/v1/discover", {"url": origin.url("/a"), "allow_private": True})
    assert (status, found) == (200, [{"url": origin.url("/a"), "title": "A", "type": "rss"}])
    status, answer, _ = running.call("POST", "/v1/discover", {"url": origin.set("/x", page()), "allow_private": True})
    assert (status, answer["code"]) == (404, "not_a_feed")
    status, answer, _ = running.call("POST", "/v1/discover", {"url": origin.set("/y", Answer(b"", status=503)), "allow_private": True})
    assert (status, answer["code"]) == (502, "http_error")
    assert running.feeds() == []


def test_what_miniflux_clients_send(running, origin):
    url = origin.set("/feed", rss(*entries(1)))
    add(running, origin.set("/other", rss(*entries(1))), "-c", "tech")
    category = next(c["id"] for c in running.get("/v1/categories") if c["title"] == "tech")
    body = {"feed_url": url, "category_id": category, "user_agent": "", "crawler": False, "scraper_rules": "", "allow_private": True}
    status, answer, _ = running.call("POST", "/v1/feeds", body)
    assert status == 201 and running.feed(url)["category"]["title"] == "tech"
    assert answer["feed_id"] == running.feed(url)["id"]
    status, answer, _ = running.call("POST", "/v1/feeds", {**body, "crawler": True})
    assert status == 400 and "crawler" in answer["error_message"]


def test_a_page_full_of_feeds_is_bounded(running, origin):
    url = origin.set("/", page(*((FEED, f"Board {i}", f"/{i}") for i in range(150))))
    status, answer, _ = running.call("POST", "/v1/feeds", {"feed_url": url, "allow_private": True})
    assert status == 422 and len(answer["feeds"]) == 100 and answer["left_out"] == 50


def test_titles_of_a_page_cannot_hurt_a_terminal(running, origin):
    url = origin.set("/", page((FEED, "a&#27;[31mb&#155;c", "/a"), (FEED, "b", "/b")))
    done = add(running, url, expect=2)
    assert "\x1b" not in done.stderr and "\x9b" not in done.stderr


def test_the_pause_before_it_is_told(daemon, origin):
    """While a feed waits for its host's pause, as it does after a start, the status says until when; courant add shows that on a terminal."""
    daemon.start(poll={"host_delay": "2min", "per_host": 1}, clock_rate=1)
    assert daemon.get("/v1/status")["add_starts_at"] is None
    adding = threading.Thread(target=add, args=(daemon, origin.set("/feed", rss(*entries(1)))))
    adding.start()
    wait_until(lambda: daemon.get("/v1/status")["add_starts_at"], what="the pause")
    status = daemon.get("/v1/status")
    assert 0 < seconds(status["add_starts_at"]) - seconds(status["now"]) <= 121 and not origin.requests()
    daemon.set_clock(by=121)
    adding.join()
    assert daemon.get("/v1/status")["add_starts_at"] is None and len(origin.requests()) == 1
