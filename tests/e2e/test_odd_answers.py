"""Answers that are odd and no attack: what counts as a document, and what does not."""

import gzip
import zlib

import pytest
from documents import entries, rss
from origin import Raw

BODY = rss(*entries(2))
ZIPPED = gzip.compress(BODY)


def answer(status, *fields, body=b""):
    return "\r\n".join([f"HTTP/1.1 {status}", "Connection: close", "Content-Type: application/rss+xml", *fields]).encode() + b"\r\n\r\n" + body


def sized(status, body, *fields):
    return answer(status, f"Content-Length: {len(body)}", *fields, body=body)


def chunked(*fields, pieces):
    body = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in [*pieces, b""])
    return answer("200 OK", "Transfer-Encoding: chunked", *fields, body=body)


@pytest.mark.parametrize("raw, entries_read, code", [
    (b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\nETag: \"hint\"\r\n\r\n" + sized("200 OK", BODY), 2, None),
    (sized("203 Transformed", BODY), 2, None),
    (answer("200 OK", "Content-Encoding: deflate", body=zlib.compress(BODY)), 2, None),
    (answer("204 No Content"), 0, "http_error"),
    (sized("205 Reset Content", b""), 0, "http_error"),
    (sized("206 Partial Content", BODY, "Content-Range: bytes 0-99/9999"), 0, "http_error"),
    (sized("200 OK", b""), 0, "empty"),
    (sized("304 Not Modified", b""), 0, "protocol_error"),
    (answer("200 OK", f"Content-Length: {len(BODY) + 5}", body=BODY), 0, "protocol_error"),
    (answer("200 OK", f"Content-Length: {len(ZIPPED)}", "Content-Encoding: gzip", body=ZIPPED[:-20]), 0, "protocol_error"),
    (answer("200 OK", f"Content-Length: {len(BODY)}", body=BODY + b"more than was announced"), 2, None),
    (sized("200 OK", ZIPPED + b"\0" * 8, "Content-Encoding: gzip"), 2, None),
    (sized("200 OK", ZIPPED + ZIPPED, "Content-Encoding: gzip"), 2, None),
    (sized("200 OK", zlib.compress(BODY) + b"more", "Content-Encoding: deflate"), 2, None),
    (chunked("Content-Encoding: gzip", pieces=[ZIPPED, b"more"]), 2, None),
    (sized("200 OK", ZIPPED[:-8] + bytes(8) + b"more", "Content-Encoding: gzip"), 0, "protocol_error"),
    (sized("200 OK", gzip.compress(b"") + b"more", "Content-Encoding: gzip"), 0, "empty"),
    (sized("200 OK", BODY, "Content-Encoding: rot13"), 0, "protocol_error"),
], ids=["103", "203", "deflate", "204", "205", "206", "empty", "304", "too short", "cut gzip", "too long", "gzip and more", "gzip twice", "deflate and more", "gzip and a piece", "wrong checksum", "nothing and more", "unknown encoding"])
def test_what_counts_as_a_document(origin, daemon, raw, entries_read, code):
    url = origin.set("/feed", Raw(raw))
    daemon.start(url)
    daemon.wait_checked()
    feed = daemon.feed(url)
    assert (feed["error"] or {}).get("code") == code, feed["error"]
    assert len(daemon.titles()) == entries_read
    assert len(origin.requests()) == 1, "an odd answer is not asked for again at once"
