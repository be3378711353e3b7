"""Publishers that mean harm, or behave like it: each costs its own feed a clear error and nobody else anything."""

import gzip
import itertools
import zlib

import pytest
from daemon import SANITIZED, memory_of, wait_until
from documents import Entry, entries, rss
from origin import Answer, Hang, Origin, Redirect, Stream

BILLION_LAUGHS = b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha">' + b"".join(
    b'<!ENTITY %c "%s">' % (c + 1, b"&%c;" % c * 10) for c in range(ord("a"), ord("j"))) + (
    b"]><rss version='2.0'><channel><title>&j;</title></channel></rss>")
EXTERNAL = (b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
            b"<rss version='2.0'><channel><title>&x;</title><item><title>&x;</title></item></channel></rss>")
DEEP = b"<rss version='2.0'><channel><title>t</title><item><title>x</title>" + b"<a>" * 10_000 + b"</a>" * 10_000 + b"</item></channel></rss>"
DEEP_HTML = Entry("Deep", "deep", text="<div>" * 10_000 + "bottom" + "</div>" * 10_000)


def gzip_bomb():
    """200 MB of white space inside a feed, 200 kB on the wire."""
    def pieces():
        packer = zlib.compressobj(9, wbits=31)
        yield packer.compress(b"<rss version='2.0'><channel><title>t</title>")
        for _ in range(200):
            yield packer.compress(b" " * 1_000_000)
        yield packer.flush()
    return Stream(pieces, headers=[("Content-Encoding", "gzip"), ("Content-Type", "application/rss+xml")])


def endless():
    return Stream(lambda: itertools.chain([b"<rss version='2.0'><channel>"], itertools.repeat(b"<item><title>more</title></item>" * 1000)))


def drip():
    return Stream(lambda: itertools.repeat(b" "), pause=0.1)


HOSTILE = {  # name: (answer, the codes that describe it)
    "entity bomb": (Answer(BILLION_LAUGHS), {"entity_refused"}),
    "external entity": (Answer(EXTERNAL), {"entity_refused"}),
    "gzip bomb": (gzip_bomb(), {"too_large"}),
    "endless body": (endless(), {"too_large"}),
    "slow drip": (drip(), {"timeout"}),
    "redirect loop": (Redirect(to="/redirect%20loop"), {"redirect_loop"}),
    "redirect to a file": (Redirect(to="file:///etc/passwd"), {"redirect_refused"}),
    "NULs": (Answer(b"\0" * 4096), {"not_a_feed", "malformed", "bad_encoding"}),
    "deep nesting": (Answer(DEEP), {"too_deep"}),
    "truncated in the head": (Answer(rss(*entries(1))[:100]), {"malformed", "not_a_feed"}),
    "not even gzip": (Answer(b"\x1f\x8bnonsense", headers=[("Content-Encoding", "gzip")]), {"protocol_error"}),
    "huge headers": (Answer(rss(), headers=[(f"X-{i}", "y" * 1000) for i in range(1000)]), {"protocol_error", "too_large"}),
}


def test_a_truncated_document_is_read_and_says_so(origin, daemon):
    url = origin.set("/cut", Answer(rss(*entries(5))[:-150]))
    daemon.start(url)
    daemon.wait_checked()
    feed = daemon.feed(url)
    assert feed["error"] is None and 0 < feed["entries"] < 5, "what is whole counts, the entry that is cut off does not"
    assert feed["mended"].startswith("line ")
    assert "mended: line" in daemon.courant("feeds").stdout
    origin.set("/cut", rss(*entries(5)))
    daemon.refresh(url)
    assert daemon.feed(url)["mended"] is None and daemon.feed(url)["entries"] == 5


def test_the_hostile_set(origin, daemon):
    """All at once, beside an honest feed."""
    def path(name):
        return "/" + name.replace(" ", "%20")
    urls = {name: origin.set(path(name), answer) for name, (answer, _) in HOSTILE.items()}
    honest = origin.set("/honest", rss(*entries(2, prefix="honest")))
    peak = 0

    def done():
        nonlocal peak
        peak = max(peak, sum(memory_of(pid, "Rss") for pid in daemon.processes))
        feeds = daemon.feeds()
        return feeds if all(f["checked_at"] and f["state"] == "idle" for f in feeds) else None
    daemon.start(honest, *({"url": url, "name": name} for name, url in urls.items()), poll={"timeout": "3s"})
    feeds = {f["feed_url"]: f for f in wait_until(done, 60, "all feeds to be checked")}

    errors = {name: feeds[url]["error"] for name, url in urls.items()}
    assert {n: e and e["code"] for n, e in errors.items() if not e or e["code"] not in HOSTILE[n][1]} == {}
    assert feeds[honest]["error"] is None
    assert sorted(daemon.titles()) == ["Headline honest 1", "Headline honest 2"]
    shown = daemon.courant("feeds", "--tsv").stdout
    assert all(name in shown for name in HOSTILE)
    assert all(error["code"] in shown or error["message"] in shown for error in errors.values()), shown
    if not SANITIZED:
        assert peak < 150e6, f"{peak / 1e6:.0f} MB"


def test_a_title_of_5_megabytes_is_cut(origin, daemon):
    daemon.start(origin.set("/feed", rss(Entry("A" * 5_000_000, "big"))))
    entry, = wait_until(daemon.entries, what="the entry")
    assert entry["title"].startswith("AAAA") and len(entry["title"].encode()) <= 4096
    assert "AAAA" in daemon.courant("headlines").stdout


def test_html_nested_deeply(origin, daemon):
    daemon.start(origin.set("/feed", rss(DEEP_HTML)))
    entry, = wait_until(daemon.entries, what="the entry")
    assert "bottom" in entry["content"]


def test_a_document_that_ends_early_gives_what_is_whole(origin, daemon):
    body = rss(*entries(3))
    url = origin.set("/feed", Answer(body[:body.index(b"entry-3") + 3], etag='"cut"'), rss(*entries(3)))
    daemon.start(url)
    daemon.wait_checked()
    assert daemon.feed(url)["error"] is None or daemon.feed(url)["error"]["code"] == "malformed"
    assert daemon.feed(url)["etag_header"] == "", "validators of a broken document are not kept"
    daemon.refresh(url)
    assert sorted(daemon.titles()) == [f"Headline entry {i}" for i in (1, 2, 3)]


@pytest.mark.parametrize("bad", ["\x1b[2Jx", "a\u202eb", "a&#x9b;31mb", "a&amp;#x1b;[31mb", "a\nb\tc", "a&#10;&#13;b"])
def test_titles_cannot_reach_the_terminal(origin, daemon, bad):
    body = rss(Entry("@@", "t1")).replace(b"@@", b"start " + bad.encode() + b" end")
    daemon.start(origin.set("/feed", body))
    daemon.wait_checked()
    for arguments in (["headlines"], ["headlines", "--tsv"], ["headlines", "--json"], ["feeds"]):
        shown = daemon.courant(*arguments).stdout
        assert not set(shown) & {"\x1b", "\x9b", "\u202e", "\r"}, shown
    for title in daemon.titles():
        assert title.startswith("start") and title.endswith("end") and "\n" not in title


def test_a_gzip_body_is_bounded_by_what_it_becomes(origin, daemon):
    small = gzip.compress(rss(Entry("Big", "big", text="x" * 3_000_000)))
    assert len(small) < 100_000
    url = origin.set("/feed", Answer(small, headers=[("Content-Encoding", "gzip")]))
    daemon.start(url, poll={"max_body": "1MiB"})
    daemon.wait_checked()
    assert daemon.feed(url)["error"]["code"] == "too_large"


def test_hosts_that_hang_delay_nobody(origin, daemon):
    """As many as there are slots hang for longer than the play takes; every feed of another host is fetched beside them."""
    hanging = [origin.set("/hang", Hang()), origin.set("/drip", drip())]
    other = Origin()
    try:
        good = [other.set(f"/{i}", rss(*entries(1, prefix=f"f{i}"))) for i in range(5)]
        daemon.start(*hanging, *good, poll={"concurrency": 2, "timeout": "10min"})
        daemon.wait_checked(*good, timeout=60)
        assert [daemon.feed(url)["state"] for url in hanging] == ["fetching"] * 2
        assert len(origin.requests()) == 2
    finally:
        other.close()
