"""A tiny courantd of canned data: docs/api.md on a Unix socket, so that the client is tested without the daemon.

Run by hand it serves until it is interrupted:  /usr/bin/python3 tests/e2e/fake_courantd.py /tmp/fake.sock
"""

import http.server
import json
import socketserver
import sys
import threading
import time
from datetime import datetime, timedelta, timezone
from urllib.parse import parse_qs, urlsplit

HOSTILE = "evil \x1b[31mred\x1b]0;title\x07 \x9b31m c1 \u202egnp.exe\u202c \u2066iso\u2069 end\nsecond line"


def ago(**span):
    return (datetime.now(timezone.utc) - timedelta(**span)).strftime("%Y-%m-%dT%H:%M:%SZ")


def feed(number, title, **more):
    url = f"https://feed{number}.example/rss"
    return {
        "id": number, "user_id": 1, "title": title, "feed_url": url, "site_url": f"https://feed{number}.example/",
        "description": "", "checked_at": ago(minutes=12), "next_check_at": ago(minutes=-48), "etag_header": '"x"',
        "last_modified_header": "", "parsing_error_message": "", "parsing_error_count": 0, "disabled": False,
        "category": {"id": 1, "user_id": 1, "title": "All"}, "declared": None, "allow_private": False, "interval": 3600,
        "state": "idle", "last_success_at": ago(minutes=12), "failing_since": None, "entries": 25, "unread": 3,
        "error": None,
    } | more


def entry(number, of, title, **more):
    return {
        "id": number, "user_id": 1, "feed_id": of["id"], "status": "unread", "starred": False, "hash": "9f",
        "title": title, "url": f"https://feed{of['id']}.example/{number}", "comments_url": "", "author": "",
        "content": "<p>Text.</p>", "summary": "", "language": "", "published_at": ago(hours=number),
        "created_at": ago(hours=number), "changed_at": ago(hours=number), "share_code": "", "reading_time": 1,
        "tags": [], "enclosures": [],
        "feed": {k: of[k] for k in ("id", "user_id", "title", "site_url", "feed_url", "category")},
    } | more


FRENCH = (
    "<h2>Le mot du jour</h2><p>Il a dit\u00a0: «\u00a0<em>bonjour</em>\u00a0», puis "
    '<a href="https://fr.example/a?b=1&amp;c=2">il est parti</a>.</p>'
    "<ul><li>un</li><li>deux<ul><li>deux et demi</li></ul></li></ul>"
    '<ol start="3"><li>trois</li><li>quatre</li></ol>'
    "<blockquote><p>Une citation assez longue pour devoir passer à la ligne, et même plusieurs fois, dans un terminal étroit.</p>"
    "<p>Fin.</p></blockquote>"
    "<pre><code>if (a &lt; b)\n\treturn 1;\n\n    done</code></pre>"
    '<p><img src="https://fr.example/i.png" alt="un chat"> et <code>du code</code>, <q>cité</q>, '
    '<a href="https://fr.example/a?b=1&amp;c=2">encore</a> &#x9b;31m &#27;[31m</p>'
)


def make_data():
    feeds = [
        feed(1, "LWN", category={"id": 2, "user_id": 1, "title": "tech"}, declared="courant.conf:12"),
        feed(2, "Le Monde « à la une »"),
        feed(3, "الجزيرة"),
        feed(4, "新华网：滚动新闻"),
        feed(5, "Broken", parsing_error_count=4, unread=0, parsing_error_message="HTTP 503", last_success_at=ago(days=3),
             failing_since=ago(days=2),
             error={"stage": "fetch", "code": "http_error", "http_code": 503,
                    "message": "the server answered with an error", "detail": "HTTP 503"}),
        feed(6, "Twin"), feed(7, "Twin", next_check_at=None, disabled=True),
        feed(8, "", checked_at=None, next_check_at=ago(seconds=-5), last_success_at=None, unread=0),
    ]
    entries = [
        entry(1, feeds[0], "Kernel development statistics for the 6.19 release, with everything that was merged in the last cycle"),
        entry(2, feeds[1], "« L’été sera chaud », prévient Météo-France : les températures dépasseront 40 °C",
              content=FRENCH, author="Anaïs N.", language="fr", tags=["météo", "été"],
              enclosures=[{"id": 1, "user_id": 1, "entry_id": 2, "url": "https://fr.example/son.mp3",
                           "mime_type": "audio/mpeg", "size": 12300000, "media_progression": 0}]),
        entry(3, feeds[2], "الاقتصاد العالمي يتباطأ في الربع الثالث من العام وفق تقرير جديد"),
        entry(4, feeds[3], "国家统计局：前三季度国内生产总值同比增长百分之四点八，经济运行总体平稳稳中有进", starred=True),
        entry(5, feeds[0], "Emoji 👩‍👩‍👧‍👦 family 🎉 and flags 🇫🇷 in a title that is long enough to be cut at the end"),
        entry(6, feeds[5], HOSTILE, content="<p>" + HOSTILE.replace("\x1b", "&#27;") + HOSTILE + "</p>"),
        entry(7, feeds[5], "", summary="untitled but summarised", content=""),
        entry(8, feeds[5], "tab\tback\\slash", status="read", published_at=ago(days=40)),
        entry(9, feeds[5], "ancient", status="read", published_at="2019-05-04T03:02:01Z"),
    ]
    return feeds, entries


class Fake(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """The server; `seen` lists (method, path, body) of all requests, `stream` is what /v1/stream sends."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, path, digest_dir="/nonexistent"):
        self.feeds, self.entries = make_data()
        self.digest_dir = str(digest_dir)
        self.editions = [self.edition("daily", "2026-11-23"), self.edition("weekly", "2026-11-22")]
        self.seen = []
        self.streams = []  # one list of events a connection; after the last the connection stays silent
        self.looked = None  # an event: a refresh or a new feed is answered once somebody has looked at what it waits for
        self.add_starts_at = None
        self.override = {}  # (method, path) -> (status, bytes)
        super().__init__(str(path), Handler)

    def edition(self, name, label):
        return {"id": len(name) * 100 + int(label[-2:]), "name": name, "label": label, "created_at": ago(hours=2), "entries": 41,
                "files": {f: f"{self.digest_dir}/{name}/{label}.{f}" for f in ("html", "md", "txt")}}

    def __enter__(self):
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()

    def handle_error(self, request, client_address):
        """Clients go away when they have seen enough."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)

    def find(self, rows, number):
        return next((row for row in rows if row["id"] == number), None)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def address_string(self):
        return "unix"

    def log_message(self, *_):
        pass

    def answer(self, status, document=None, raw=None):
        body = raw if raw is not None else b"" if document is None else json.dumps(document).encode()
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if status != 204:
            self.wfile.write(body)

    def refuse(self, status, code, message, **more):
        self.answer(status, {"error_message": message, "code": code} | more)

    def handle_any(self):
        url = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        self.server.seen.append((self.command, self.path, body))
        given = self.server.override.get((self.command, url.path))
        if given:
            return self.answer(given[0], raw=given[1])
        parts = url.path.strip("/").split("/")
        route = getattr(self, "_".join([self.command.lower()] + [p for p in parts if not p.isdigit()]
                                       ).replace("-", "_"), None)
        if route is None:
            return self.refuse(404, "not_found", f"there is no {url.path}")
        return route(parse_qs(url.query), [int(p) for p in parts if p.isdigit()], body)

    do_GET = do_PUT = do_POST = do_DELETE = handle_any

    # --- entries ---
    def get_v1_entries(self, query, ids, _):
        if ids:
            found = self.server.find(self.server.entries, ids[0])
            return self.answer(200, found) if found else self.refuse(404, "not_found", f"there is no entry {ids[0]}")
        rows = self.server.entries
        for name, test in {
            "status": lambda e, v: e["status"] in v,
            "starred": lambda e, v: e["starred"] == (v[0] == "1"),
            "feed_id": lambda e, v: str(e["feed_id"]) == v[0],
            "category": lambda e, v: e["feed"]["category"]["title"] == v[0],
        }.items():
            if name in query:
                rows = [e for e in rows if test(e, query[name])]
        known = {"status", "starred", "feed_id", "category", "limit", "order", "direction", "content", "search"}
        if set(query) - known:
            return self.refuse(400, "bad_request", f"unknown parameter {sorted(set(query) - known)}")
        key = query.get("order", ["published_at"])[0]
        rows = sorted(rows, key=lambda e: e[key], reverse=query.get("direction") == ["desc"])
        if query.get("content") == ["0"]:
            rows = [{k: v for k, v in e.items() if k != "content"} for e in rows]
        return self.answer(200, {"total": len(rows), "entries": rows[: int(query.get("limit", ["100"])[0])]})

    def put_v1_entries(self, _query, _ids, body):
        for number in body["entry_ids"]:
            found = self.server.find(self.server.entries, number)
            if found:
                found["status"] = body["status"]
        self.answer(204)

    def put_v1_entries_bookmark(self, _query, ids, _):
        found = self.server.find(self.server.entries, ids[0])
        found["starred"] = not found["starred"]
        self.answer(204)

    def put_v1_mark_all_as_read(self, *_):
        for e in self.server.entries:
            e["status"] = "read"
        self.answer(204)

    def put_v1_feeds_mark_all_as_read(self, _query, ids, _):
        if not self.server.find(self.server.feeds, ids[0]):
            return self.refuse(404, "not_found", f"there is no feed {ids[0]}")
        for e in self.server.entries:
            if e["feed_id"] == ids[0]:
                e["status"] = "read"
        return self.answer(204)

    # --- feeds ---
    def get_v1_feeds(self, _query, ids, _):
        if self.server.looked:
            self.server.looked.set()
        if not ids:
            return self.answer(200, self.server.feeds)
        found = self.server.find(self.server.feeds, ids[0])
        return self.answer(200, found) if found else self.refuse(404, "not_found", f"there is no feed {ids[0]}")

    def get_v1_categories(self, *_):
        titles = sorted({f["category"]["title"] for f in self.server.feeds} | {"a&b"})
        self.answer(200, [{"id": n, "user_id": 1, "title": t} for n, t in enumerate(titles, 1)])

    def post_v1_feeds(self, _query, _ids, body):
        if self.server.looked:
            self.server.looked.clear()
            self.server.looked.wait(60)
        for f in self.server.feeds:
            if f["feed_url"] == body["feed_url"]:
                return self.refuse(409, "exists", "this feed is subscribed already", feed_id=f["id"])
        self.server.feeds.append(feed(43, body.get("title", "New"), feed_url=body["feed_url"]))
        return self.answer(201, {"feed_id": 43})

    def delete_v1_feeds(self, _query, ids, _):
        found = self.server.find(self.server.feeds, ids[0])
        if not found:
            return self.refuse(404, "not_found", f"there is no feed {ids[0]}")
        if found["declared"]:
            return self.refuse(403, "declared", f"feed {ids[0]} is declared in {found['declared']}")
        self.server.feeds.remove(found)
        return self.answer(204)

    def report(self, found):
        return {"feed_id": found["id"], "new": 3, "changed": 0, "not_modified": False, "error": found["error"]}

    def put_v1_feeds_refresh(self, query, ids, _):
        wait = query.get("wait") == ["1"]
        if self.server.looked:
            self.server.looked.clear()
            self.server.looked.wait(60)
        if not ids:
            failed = [self.report(f) for f in self.server.feeds if f["error"]]
            done = {"feeds": len(self.server.feeds), "refreshed": len(self.server.feeds) - len(failed), "too_soon": 0,
                    "new": 40, "changed": 1, "failed": failed}
            return self.answer(200, done) if wait else self.answer(204)
        found = self.server.find(self.server.feeds, ids[0])
        if not found:
            return self.refuse(404, "not_found", f"there is no feed {ids[0]}")
        if found["id"] == 6:
            return self.refuse(429, "too_soon", "feed 6 was fetched 2 minutes ago")
        return self.answer(200, self.report(found)) if wait else self.answer(204)

    # --- stream, digests, service ---
    def get_v1_stream(self, _query, *_):
        self.server.seen.append(("Last-Event-ID", self.headers.get("Last-Event-ID"), None))
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        if not self.server.streams:
            time.sleep(60)
        for chunk in self.server.streams.pop(0):
            self.wfile.write(chunk)
            self.wfile.flush()
            time.sleep(0.01)

    def get_v1_digests(self, *_):
        self.answer(200, self.server.editions)

    def digest_text(self, number, kind):
        edition = self.server.find(self.server.editions, number)
        try:
            with open(edition["files"][kind], "rb") as file:
                self.answer(200, raw=file.read())
        except OSError:
            self.refuse(404, "not_found", "its file is gone")

    def get_v1_digests_txt(self, _query, ids, _body):
        self.digest_text(ids[0], "txt")

    def get_v1_digests_html(self, _query, ids, _body):
        self.digest_text(ids[0], "html")

    def post_v1_digests_daily(self, *_):
        self.server.editions.insert(0, self.server.edition("daily", "2026-11-24"))
        self.answer(201, self.server.editions[0])

    def get_v1_version(self, *_):
        self.answer(200, {"version": "0.1.0"})

    def get_v1_status(self, *_):
        if self.server.looked:
            self.server.looked.set()
        self.answer(200, {
            "version": "0.1.0", "pid": 4711, "started_at": ago(days=2, minutes=1), "feeds": 630, "failing": 12, "gaps": 3, "entries": 20000,
            "unread": 321, "starred": 4, "next_due": ago(minutes=-3), "add_starts_at": self.server.add_starts_at,
            "refresh": {"queued": 0, "fetching": 1, "parsing": 0, "storing": 0},
            "workers": {"alive": 2, "busy": 0, "queued": 0, "parsed": 1234, "crashed": 0, "timed_out": 1},
            "fetch": {"active": 1, "queued": 0, "requests": 5000, "bytes": 123456789}, "followers": 1,
            "database_bytes": 123456789, "memory_bytes": 34567890})


def event(row):
    """One entry as the stream sends it."""
    return f"id: {row['id']}\nevent: entry\ndata: {json.dumps(row)}\n\n".encode()


if __name__ == "__main__":
    with Fake(sys.argv[1]):
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            pass
