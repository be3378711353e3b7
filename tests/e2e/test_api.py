"""The socket: Miniflux's contract, and every refusal with its own code."""

import json
import stat

import pytest
from daemon import wait_until
from documents import entries, rss


@pytest.fixture
def running(origin, daemon):
    daemon.start({"url": origin.set("/feed", rss(*entries(5))), "name": "Five", "category": "tech"})
    daemon.wait_checked()
    return daemon


REFUSED = [
    ("GET", "/v1/nothing", None, 404, "not_found"),
    ("GET", "/v1/entries/999999", None, 404, "not_found"),
    ("GET", "/v1/feeds/999999", None, 404, "not_found"),
    ("DELETE", "/v1/feeds/999999", None, 404, "not_found"),
    ("PUT", "/v1/feeds/999999/refresh", None, 404, "not_found"),
    ("POST", "/v1/digests/none", None, 404, "not_found"),
    ("GET", "/v1/stream?feed_id=999999", None, 404, "not_found"),
    ("GET", "/v1/entries?limit=x", None, 400, "bad_request"),
    ("GET", "/v1/entries?limit=-1", None, 400, "bad_request"),
    ("GET", "/v1/entries?limit=99999999999999999999", None, 400, "bad_request"),
    ("GET", "/v1/entries?order=colour", None, 400, "bad_request"),
    ("GET", "/v1/entries?direction=up", None, 400, "bad_request"),
    ("GET", "/v1/entries?status=new", None, 400, "bad_request"),
    ("GET", "/v1/entries?colour=red", None, 400, "bad_request"),
    ("GET", "/v1/entries/abc", None, 400, "bad_request"),
    ("PUT", "/v1/entries", "{", 400, "bad_request"),
    ("PUT", "/v1/entries", "[]", 400, "bad_request"),
    ("PUT", "/v1/entries", {"entry_ids": ["1"], "status": "read"}, 400, "bad_request"),
    ("PUT", "/v1/entries", {"entry_ids": [1], "status": "eaten"}, 400, "bad_request"),
    ("POST", "/v1/feeds", {}, 400, "bad_request"),
    ("POST", "/v1/feeds", {"feed_url": "gopher://x/"}, 400, "bad_url"),
    ("POST", "/v1/feeds", {"feed_url": 7}, 400, "bad_request"),
    ("POST", "/v1/entries", {}, 405, "method_not_allowed"),
    ("DELETE", "/v1/status", None, 405, "method_not_allowed"),
    ("PUT", "/v1/entries", "x" * 2_000_000, 413, "too_large"),
]


@pytest.mark.parametrize("method, path, body, status, code", REFUSED, ids=[f"{m} {p} {s}" for m, p, b, s, c in REFUSED])
def test_refusals(running, method, path, body, status, code):
    got, answer, headers = running.call(method, path, body)
    assert (got, answer["code"]) == (status, code), answer
    assert answer["error_message"]
    assert (got == 405) == ("Allow" in headers)


def test_refusal_names_the_parameter(running):
    assert "colour" in running.call("GET", "/v1/entries?colour=red")[1]["error_message"]


def test_pages(running):
    ids = [e["id"] for e in running.entries()]
    assert ids == sorted(ids) and len(ids) == 5
    page = running.get("/v1/entries?order=id&direction=desc&limit=2&offset=1")
    assert page["total"] == 5 and [e["id"] for e in page["entries"]] == [ids[3], ids[2]]
    assert [e["id"] for e in running.entries(f"order=id&after_entry_id={ids[2]}")] == ids[3:]
    assert [e["id"] for e in running.entries(f"order=id&before_entry_id={ids[2]}")] == ids[:2]


def test_an_entry_has_what_miniflux_has(running):
    entry = running.entries("order=published_at&direction=asc&limit=1")[0]
    assert entry == running.get(f"/v1/entries/{entry['id']}")
    assert set(entry) >= {"id", "user_id", "feed_id", "status", "hash", "title", "url", "comments_url", "published_at", "created_at",
                          "changed_at", "content", "share_code", "starred", "reading_time", "enclosures", "feed", "author", "tags"}
    assert entry["feed"]["title"] == "Five" and entry["feed"]["category"]["title"] == "tech"
    assert entry["published_at"] == "2026-11-02T08:01:00Z"


def test_read_unread_and_star(running):
    first, second = [e["id"] for e in running.entries()][:2]
    assert running.call("PUT", "/v1/entries", {"entry_ids": [first, 999999], "status": "read"})[0] == 204
    assert running.get("/v1/entries?status=read")["total"] == 1
    assert running.call("PUT", f"/v1/entries/{second}/bookmark")[0] == 204
    assert [e["id"] for e in running.entries("starred=1")] == [second]
    counters = running.get("/v1/feeds/counters")
    feed = str(running.feeds()[0]["id"])
    assert counters["reads"][feed] == 1 and counters["unreads"][feed] == 4
    assert running.call("PUT", f"/v1/feeds/{feed}/mark-all-as-read")[0] == 204
    assert running.get("/v1/entries?status=unread")["total"] == 0


def test_what_was_read_survives_a_restart(running):
    first = running.entries()[0]["id"]
    running.call("PUT", "/v1/entries", {"entry_ids": [first], "status": "read"})
    running.stop()
    running.start()
    assert running.get(f"/v1/entries/{first}")["status"] == "read"


def test_add_and_remove_a_feed(running, origin):
    url = origin.set("/added", rss(*entries(2, prefix="added")))
    status, answer, _ = running.call("POST", "/v1/feeds", {"feed_url": url, "category": "new", "title": "Mine", "allow_private": True})
    assert status == 201
    wait_until(lambda: running.get("/v1/entries?category=new")["total"] == 2, what="its entries")
    status, again, _ = running.call("POST", "/v1/feeds", {"feed_url": url})
    assert status == 409 and again["code"] == "exists" and again["feed_id"] == answer["feed_id"]
    assert running.call("DELETE", f"/v1/feeds/{answer['feed_id']}")[0] == 204
    assert running.get("/v1/entries?limit=1")["total"] == 5
    assert running.call("GET", f"/v1/feeds/{answer['feed_id']}")[0] == 404


def test_an_added_feed_survives_a_restart(running, origin):
    url = origin.set("/added", rss(*entries(2, prefix="added")))
    running.call("POST", "/v1/feeds", {"feed_url": url, "allow_private": True})
    running.wait_checked(url)
    running.stop()
    running.start()
    assert running.feed(url)["declared"] is None
    assert running.get("/v1/entries?limit=1")["total"] == 7


def test_a_declared_feed_is_not_removed(running):
    status, answer, _ = running.call("DELETE", f"/v1/feeds/{running.feeds()[0]['id']}")
    assert status == 403 and answer["code"] == "declared"
    assert "courant.conf" in answer["error_message"]


def test_refresh_all(running, origin):
    status, report, _ = running.call("PUT", "/v1/feeds/refresh?wait=1")
    assert status == 200 and report["feeds"] == 1 and report["failed"] == []
    assert running.call("PUT", "/v1/feeds/refresh")[0] == 204


def test_a_public_feed_is_not_refreshed_twice(origin, daemon):
    """Not loopback and not there: the attempt alone counts for the 10 minutes."""
    url = "http://courant-e2e.invalid/feed"
    daemon.start(url)
    daemon.wait_checked()
    status, answer, headers = daemon.call("PUT", f"/v1/feeds/{daemon.feed(url)['id']}/refresh?wait=1")
    assert status == 429 and answer["code"] == "too_soon" and 0 < int(headers["Retry-After"]) <= 600


def test_status(running):
    status = running.get("/v1/status")
    assert status["feeds"] == 1 and status["failing"] == 0 and status["entries"] == status["unread"] == 5
    assert status["pid"] == running.process.pid
    assert 0 < status["memory_bytes"] < 2**30 or running.process.pid
    assert status["next_due"]
    assert running.get("/version")["version"] == status["version"]
    assert running.call("GET", "/healthcheck")[1] == b"OK"
    assert running.get("/v1/me")["id"] == 1
    assert "tech" in [c["title"] for c in running.get("/v1/categories")]


def test_the_socket_is_private(running):
    assert stat.S_IMODE(running.socket.stat().st_mode) == 0o600


def test_metacharacters_in_a_filter_are_only_text(running):
    assert running.get("/v1/entries?category=%27%20or%201%3D1%20--")["total"] == 0
    assert running.get("/v1/entries?category=%25")["total"] == 0


def test_odd_clients(running):
    """Half a request, a huge head, a client that goes away: the next one is served."""
    import socket
    for data in (b"GET /v1/ent", b"\0\1\2\3\r\n\r\n", b"GET / HTTP/1.1\r\nX: " + b"y" * 1_000_000, b"PUT /v1/entries HTTP/1.1\r\nContent-Length: 50\r\n\r\n{"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as s:
            s.settimeout(5)
            s.connect(str(running.socket))
            try:
                s.sendall(data)
            except OSError:
                pass
    assert running.get("/v1/entries?limit=1")["total"] == 5


def test_answers_are_json_in_utf8(running):
    _, body, headers = running.call("GET", "/v1/entries?limit=1")
    assert headers["Content-Type"].startswith("application/json")
    json.dumps(body)
