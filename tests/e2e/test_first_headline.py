"""From a feed's URL to a headline, in every format and by both schemes."""

import json

import pytest
from daemon import wait_until
from documents import entries, rss
from origin import Answer

ATOM = b"""<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Harbour Log</title><id>urn:log</id>
<link href="https://harbour.example/"/><updated>2026-11-02T08:00:00Z</updated>
<entry><id>urn:log:1</id><title type="html">Ferry &amp;lt;late&amp;gt;</title><link href="https://harbour.example/1"/>
<updated>2026-11-02T08:00:00Z</updated><content type="html">&lt;p onclick="x()"&gt;Fog.&lt;/p&gt;&lt;script&gt;x()&lt;/script&gt;</content></entry></feed>"""
RDF = b"""<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
<channel rdf:about="https://old.example/"><title>Old Log</title><link>https://old.example/</link><description>x</description></channel>
<item rdf:about="https://old.example/1"><title>Ferry on time</title><link>https://old.example/1</link></item></rdf:RDF>"""
JSON = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "Json Log",
                   "items": [{"id": "1", "url": "https://json.example/1", "title": "Ferry sold", "content_text": "Yes."}]}).encode()


def test_the_first_headline(origin, daemon):
    daemon.start(origin.set("/feed", rss(*entries(3))))
    wait_until(lambda: len(daemon.titles()) == 3, what="three entries")
    shown = daemon.courant("headlines", "-n", "2").stdout
    assert "Headline entry 3" in shown and "Headline entry 2" in shown and "Headline entry 1" not in shown
    request, = origin.requests()
    assert request.method == "GET" and request.header("Host") == f"127.0.0.1:{origin.port}"
    assert request.header("User-Agent").startswith("courant/")
    assert not {"cookie", "referer", "if-none-match", "if-modified-since"} & set(request.names)


@pytest.mark.parametrize("body, type, title", [
    (ATOM, "application/atom+xml", "Ferry <late>"),
    (RDF, "application/rdf+xml", "Ferry on time"),
    (JSON, "application/feed+json", "Ferry sold"),
], ids=["atom", "rss1", "json"])
def test_other_formats(origin, daemon, body, type, title):
    daemon.start(origin.set("/feed", Answer(body, type=type)))
    wait_until(lambda: daemon.titles() == [title], what="the entry")


def test_content_is_sanitised(origin, daemon):
    daemon.start(origin.set("/feed", Answer(ATOM, type="application/atom+xml")))
    entry, = wait_until(daemon.entries, what="the entry")
    assert "Fog." in entry["content"]
    assert "script" not in entry["content"] and "onclick" not in entry["content"]


def test_a_compressed_feed(origin, daemon):
    daemon.start(origin.set("/feed", Answer(rss(*entries(1)), gzip=True)))
    wait_until(lambda: daemon.titles() == ["Headline entry 1"], what="the entry")
    assert "gzip" in origin.requests()[0].header("Accept-Encoding")


def test_a_feed_of_a_file(daemon):
    file = daemon.home / "local feed.xml"
    file.write_bytes(rss(*entries(2)))
    url = "file://" + str(file).replace(" ", "%20")
    daemon.start(url)
    wait_until(lambda: len(daemon.titles()) == 2, what="the entries")
    file.write_bytes(rss(*entries(3)))
    assert daemon.refresh(url)["new"] == 1


def test_a_file_that_is_missing(daemon):
    url = f"file://{daemon.home}/none.xml"
    daemon.start(url)
    daemon.wait_checked()
    assert daemon.feed(url)["error"]["code"] == "file_unreadable"


def test_a_due_feed_is_fetched_again_by_itself(origin, daemon):
    url = origin.set("/feed", rss(*entries(1)), rss(*entries(2)))
    daemon.start({"url": url, "interval": "1s"})
    wait_until(lambda: len(daemon.titles()) == 2, what="the second entry")


def test_private_addresses_need_leave(origin, daemon):
    url = origin.set("/feed", rss(*entries(1)))
    daemon.start({"url": url, "allow_private": False})
    daemon.wait_checked()
    assert daemon.feed(url)["error"]["code"] == "address_refused"
    assert origin.requests() == []


def test_nothing_is_fetched_before_it_is_due_after_a_restart(origin, daemon):
    url = origin.set("/feed", rss(*entries(1)))
    daemon.start({"url": url, "interval": "1h"})
    daemon.wait_checked()
    due = daemon.feed(url)["next_check_at"]
    daemon.stop()
    origin.forget()
    daemon.start()
    assert daemon.feed(url)["next_check_at"] == due
    assert daemon.titles() == ["Headline entry 1"]
    assert origin.requests() == []
