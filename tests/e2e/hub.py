"""A scripted WebSub hub: remembers what it is asked, and verifies and delivers when a test says so."""

import hashlib
import hmac
import http.client
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, quote, urlencode, urlsplit


class Hub:
    def __init__(self):
        self.asked = []  # the forms, as dicts
        self.requests = []  # (path, headers)
        self.answers = []  # (status, headers), one after another; then 202
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                hub.requests.append((self.path, dict(self.headers)))
                status, headers = hub.answers.pop(0) if hub.answers else (202, {})
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()
                hub.asked.append({k: v[0] for k, v in parse_qs(body, strict_parsing=True).items()})

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/hub"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    def verify(self, port, asked, mode=None, topic=None, challenge="ch 4llenge&", lease=None):
        """Asks the subscriber whether it meant it: (status, body)."""
        query = {"hub.mode": mode or asked["hub.mode"], "hub.topic": topic or asked["hub.topic"], "hub.challenge": challenge}
        if lease is not None:
            query["hub.lease_seconds"] = lease
        return call(port, "GET", path_of(asked) + "?" + urlencode(query, quote_via=quote))

    def deliver(self, port, asked, body, method="sha256", secret=None, signature=None, path=None, type="application/rss+xml"):
        secret = asked["hub.secret"] if secret is None else secret
        if signature is None:
            signature = f"{method}=" + hmac.new(secret.encode(), body, getattr(hashlib, method)).hexdigest()
        headers = {"Content-Type": type}
        if signature:
            headers["X-Hub-Signature"] = signature
        return call(port, "POST", path or path_of(asked), body, headers)


def path_of(asked):
    return urlsplit(asked["hub.callback"]).path


def call(port, method, path, body=None, headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        try:
            connection.request(method, path, body, headers or {})
        except BrokenPipeError:
            pass  # refused before all was sent: the answer may be there to read
        response = connection.getresponse()
        return response.status, response.read().decode()
    except ConnectionResetError:
        return None, ""
    finally:
        connection.close()
