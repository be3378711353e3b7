"""A publisher of many feeds for the refresh benchmark: nginx on the loopback, over HTTP and HTTPS, and rounds of new entries."""

import os
import random
import shutil
import socket
import subprocess
import time
from pathlib import Path

from generate import WORDS, atom, html, rss, sentence

ENTRIES = 25
LONG_AGO = 1_700_000_000

CONF = """daemon off; master_process off; pid {home}/nginx.pid; error_log {home}/error.log warn; worker_rlimit_nofile 8192;
events {{ worker_connections 4096; }}
http {{
  access_log off; sendfile on; tcp_nopush on; etag on; root {home}/docs; types {{ application/xml xml; }}
  keepalive_requests 1000000; open_file_cache max=20000 inactive=600s; open_file_cache_valid 1s;
  client_body_temp_path {home}/t1; proxy_temp_path {home}/t2; fastcgi_temp_path {home}/t3; uwsgi_temp_path {home}/t4; scgi_temp_path {home}/t5;
  server {{ listen 127.0.0.1:{ports[0]} backlog=4096; keepalive_timeout 60s; }}
  server {{ listen 127.0.0.1:{ports[1]} backlog=4096; keepalive_timeout 0; }}
  server {{ listen 127.0.0.1:{ports[2]} ssl backlog=4096; keepalive_timeout 0; ssl_certificate {home}/cert.pem; ssl_certificate_key {home}/key.pem; }}
}}
"""
KEPT, FRESH, FRESH_TLS = range(3)


def feed(number, newest, entries_of=ENTRIES):
    """A feed whose newest entry has that number; an entry is the same whenever it appears."""
    def entries(_, site):
        for k in range(newest, newest - entries_of, -1):
            dice = random.Random(number * 100_003 + k)
            text = html(dice) + ("\n" + html(dice) if dice.random() < 0.3 else "")
            yield {"title": sentence(dice, 4, 10)[:-1], "id": f"{site}/id/{k}", "link": f"{site}/2026/{k}", "html": text, "day": 1 + k % 28,
                   "author": "Anna Example", "category": WORDS[k % len(WORDS)], "summary": sentence(dice)}
    make = atom if number % 4 == 3 else rss
    return make(random.Random(number), f"https://site-{number}.example", entries).encode()


def free_ports(n):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(n)]
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


class Site:
    """As long as it is there, nginx runs; it is ended by its pid."""

    def __init__(self, home, feeds):
        self.home, self.n = Path(home), feeds
        self.docs, self.first = self.home / "docs", self.home / "first"
        self.docs.mkdir()
        self.first.mkdir()
        for i in range(feeds):
            (self.first / f"{i:05d}.xml").write_bytes(feed(i, ENTRIES))
        self.bytes = sum(p.stat().st_size for p in self.first.iterdir())
        self.ports = free_ports(3)
        self._certify()
        (self.home / "nginx.conf").write_text(CONF.format(home=self.home, ports=self.ports))
        self.process = subprocess.Popen(["nginx", "-c", self.home / "nginx.conf", "-p", self.home], stdin=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 10
        while socket.socket().connect_ex(("127.0.0.1", self.ports[0])) != 0:
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"nginx does not start: see {self.home}/error.log")
            time.sleep(0.02)

    def _certify(self):
        """A certificate of its own, trusted beside the system's: the bundle is as long as a user's."""
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=bench",
                        "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", self.home / "key.pem", "-out", self.home / "cert.pem"],
                       check=True, stderr=subprocess.DEVNULL)
        system = Path("/etc/ssl/certs/ca-certificates.crt")
        self.ca_file = self.home / "ca.pem"
        self.ca_file.write_bytes((system.read_bytes() if system.exists() else b"") + (self.home / "cert.pem").read_bytes())

    def urls(self, kind=KEPT):
        scheme = "https" if kind == FRESH_TLS else "http"
        return [f"{scheme}://127.0.0.1:{self.ports[kind]}/{i:05d}.xml" for i in range(self.n)]

    def _write(self, number, data, when):
        path = self.docs / f"{number:05d}.xml"
        path.with_suffix(".new").write_bytes(data)
        os.utime(path.with_suffix(".new"), (when, when))
        path.with_suffix(".new").rename(path)

    def reset(self):
        for i in range(self.n):
            self._write(i, (self.first / f"{i:05d}.xml").read_bytes(), LONG_AGO)
        self.settle()

    def change(self, every=10):
        """One or two new entries in front of every tenth feed, as many gone at its end; returns how many are new."""
        new = 0
        for i in range(0, self.n, every):
            fresh = 1 + i // every % 2
            new += fresh
            self._write(i, feed(i, ENTRIES + fresh), LONG_AGO + 86400)
        self.settle()
        return new

    def settle(self):
        """nginx looks at a file it knows once a second."""
        time.sleep(1.2)

    def close(self):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.home, ignore_errors=True)
