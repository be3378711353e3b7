"""A hostile origin for as long as one likes: every fault of faults.py, chosen by dice, among good answers with new entries.

Held all the while: no feed is asked before it may be, no cookie or made-up validator is sent, no entry is stored that was not published, and none twice.
Held at the end: every entry of a good answer is there and was streamed once, and neither descriptors, threads, processes nor memory are left.
soak.py TIME plays it by the clock (20min, 90s); test_soak.py plays a number of requests."""

import gzip
import os
import random
import sys
import threading
import time
from collections import Counter
from pathlib import Path

from daemon import PATIENCE, SANITIZED, Daemon, memory_of, wait_until
from documents import Entry, rss
from faults import FAULTS, SILENT_ENDS, head, sized
from origin import Origin

INTERVAL_S = 2
SHOWN = 30  # entries in a document
KEPT_CONNECTIONS = 64  # LIMIT_IDLE_CONNECTIONS


class Publisher:
    """One feed: what it published, what of it stood in an answer that was good and complete, and when it may be asked again."""

    def __init__(self, number):
        self.number, self.published, self.served = number, 0, 0
        self.free_at = 0.0  # monotonic
        self.last = "nothing"  # what it was answered
        self.hop = False  # it was sent elsewhere: the next request belongs to the one before
        self.lock = threading.Lock()

    @property
    def etag(self):
        return f'"{self.number}-{self.published}"'

    def entry(self, k):
        name = f"{self.number}/{k}/"
        return Entry(f"Entry {name}.", f"guid-{name}.", f"https://news.example/{name}.html", f"<p>Text of {name}</p>")

    def body(self):
        return rss(*(self.entry(k) for k in range(self.published, max(0, self.published - SHOWN), -1)), title=f"Feed {self.number}")

    def titles(self, n):
        return {self.entry(k).title for k in range(1, n + 1)}


class Soak:
    def __init__(self, seed, feeds=48, origins=16):
        self.seed, self.dice = seed, random.Random(seed)
        self.lock = threading.Lock()
        self.peace = False
        self.wrongs, self.played, self.n_good = [], Counter(), 0
        self.origins = [Origin() for _ in range(origins)]
        self.rests = {}  # origin: until when, monotonic
        # A 429 doubles the pause between two requests for weeks: each origin has a few of them to give, or all would soon wait for minutes.
        self.rests_left = {origin: i % 4 for i, origin in enumerate(self.origins)}
        self.publishers = [Publisher(i) for i in range(feeds)]
        self.urls = {}
        for origin in self.origins:
            origin.default = lambda request, origin=origin: Turn(self, origin, request)
        for p in self.publishers:
            p.url = self.origins[p.number % origins].url(f"/feed/{p.number}")
            self.urls[p.url] = p
        self.daemon = Daemon()

    def wrong(self, text):
        with self.lock:
            self.wrongs.append(text)

    def choose(self):
        """The seed decides which faults there are and how often; which request meets which depends on the order of arrival."""
        with self.lock:
            dice = random.Random(self.dice.random())
            fault = None if self.peace or dice.random() < 0.45 else dice.choice(FAULTS)
            self.played[fault.__name__ if fault else "good"] += 1
        return fault, dice

    def may_rest(self, origin):
        with self.lock:
            self.rests_left[origin] -= 1
            return self.rests_left[origin] >= 0

    @property
    def n_requests(self):
        with self.lock:
            return sum(self.played.values())

    # ---- the play

    def start(self):
        feeds = [{"url": p.url, "interval": f"{INTERVAL_S}s"} for p in self.publishers]
        poll = {"interval": "2s", "min_interval": "2s", "max_interval": "10s", "timeout": "1s", "max_body": "1MiB", "concurrency": 8, "per_host": 1}
        self.daemon.start(*feeds, poll=poll)
        self.follower = self.daemon.follow(last_id=0)
        self.before = self.holds()
        self.samples = []

    def holds(self):
        """Descriptors and threads."""
        pid = self.daemon.process.pid
        return len(os.listdir(f"/proc/{pid}/fd")), len(os.listdir(f"/proc/{pid}/task"))

    def sample(self):
        self.samples.append(memory_of(self.daemon.process.pid, "Rss") / 1e6)

    def wait_idle(self):
        """Connections are let go a minute after the last transfer, and so are parsers."""
        self.daemon.configure()
        self.daemon.reload()
        time.sleep(65 * PATIENCE)

    def make_peace(self):
        """From now on every answer is good and nobody publishes more; all feeds are asked until none is failing, which have all then."""
        self.peace = True

        def all_well():
            status, report, _ = self.daemon.call("PUT", "/v1/feeds/refresh?wait=1", timeout=120)
            assert status == 200, report
            return report["refreshed"] == len(self.publishers)
        wait_until(all_well, 120, "peace")

    def entries(self):
        found = []
        while page := self.daemon.entries(f"order=id&limit=1000&after_entry_id={found[-1]['id'] if found else 0}"):
            found += page
        return found

    def check(self, waited=False):
        entries = self.entries()
        owner = {f["id"]: self.urls.get(f["feed_url"]) for f in self.daemon.feeds()}
        stored = {p: Counter() for p in self.publishers}
        for e in entries:
            publisher = owner[e["feed_id"]]
            stored[publisher][e["title"]] += 1
        for p in self.publishers:
            self.compare(p, stored[p])
        wait_until(lambda: self.follower.ids and self.follower.ids[-1] >= entries[-1]["id"], 20, "the stream")
        if self.follower.ids != [e["id"] for e in entries]:
            self.wrong(f"the stream has {len(self.follower.ids)} entries, the store {len(entries)}")
        fds, threads = self.holds()
        if fds > self.before[0] + (2 if waited else KEPT_CONNECTIONS) or threads > self.before[1]:
            self.wrong(f"{fds} descriptors and {threads} threads are held, {self.before} before")
        assert not self.wrongs, f"seed {self.seed}: " + "\n".join(self.wrongs[:20])
        return len(entries)

    def compare(self, p, stored):
        lost, strange = p.titles(p.served) - set(stored), set(stored) - p.titles(p.published)
        twice = [t for t, n in stored.items() if n > 1]
        for what, titles in (("lost", lost), ("nobody published", strange), ("there twice", twice)):
            if titles:
                self.wrong(f"feed {p.number}: {what}: {sorted(titles)[:5]}")

    def close(self):
        try:
            if self.daemon.process is not None:
                self.follower.close()
                self.daemon.stop()
        finally:
            self.daemon.remove()
            for origin in self.origins:
                origin.close()


class Turn:
    """One request and what it is answered."""

    def __init__(self, soak, origin, request):
        self.soak, self.origin = soak, origin
        self.publisher = soak.publishers[int(request.target.rpartition("/")[2].rstrip("?"))]
        with self.publisher.lock:
            self.look(request)

    def look(self, request):
        p = self.publisher
        early = p.free_at - request.time
        if not p.hop and early > 0 and not self.soak.peace:
            self.soak.wrong(f"feed {p.number} is asked {early:.2f} s early, after {p.last}")
        p.hop = False
        rest = self.soak.rests.get(self.origin, (0, 0))
        if rest[0] + 0.5 < request.time < rest[1] and not self.soak.peace:
            self.soak.wrong(f"feed {p.number}'s host is asked {rest[1] - request.time:.2f} s before its rest is over")
        for name in ("Cookie", "Referer", "Authorization", "Range"):
            if request.header(name) is not None:
                self.soak.wrong(f"feed {p.number} is asked with {name}")
        tag = request.header("If-None-Match")
        if tag is not None and not tag.startswith(f'"{p.number}-'):
            self.soak.wrong(f"feed {p.number} is asked with {tag}, which it never gave")

    def free_in(self, seconds):
        """Due times are whole seconds: up to one less."""
        self.publisher.free_at = time.monotonic() + seconds - 1.05

    def send(self, connection, request):
        fault, dice = self.soak.choose()
        p = self.publisher
        with p.lock:
            body = p.body()
        p.last = fault.__name__ if fault else "a good answer"
        if fault is None:
            self.send_good(connection, request, dice)
            return
        p.hop = fault.__name__.startswith("redirect")
        self.free_in(0 if fault in SILENT_ENDS else INTERVAL_S)
        fault(connection, body, dice)

    def send_good(self, connection, request, dice):
        p = self.publisher
        kind = "plain" if self.soak.peace else dice.choice(["plain", "plain", "gzip", "chunks", "till the end", "moved", "rest", "fresh"])
        if kind == "moved":
            p.hop = True
            connection.sendall(head(dice.choice(["302 Found", "307 Elsewhere"]), f"Location: /again/{p.number}", "Content-Length: 0", "Set-Cookie: id=1"))
            return
        if kind == "rest" and self.soak.may_rest(self.origin):
            now, wait = time.monotonic(), dice.choice([2, 3])
            self.soak.rests[self.origin] = (now, now + wait - 1.05)
            self.free_in(wait)
            connection.sendall(head("429 Enough", f"Retry-After: {wait}", "Content-Length: 0"))
            return
        with p.lock:
            p.published += 0 if self.soak.peace else dice.choice([0, 1, 1, 2, 5])
            n, tag, body = p.published, p.etag, p.body()
        self.free_in(4 if kind == "fresh" else INTERVAL_S)
        fields = [f"ETag: {tag}", "Set-Cookie: id=2; Max-Age=99999999", *(["Cache-Control: max-age=4"] if kind == "fresh" else [])]
        if request.header("If-None-Match") == tag:
            connection.sendall(head("304 Not Modified", *fields))
        else:
            self.send_body(connection, kind, body, fields, dice)
        with p.lock:
            p.served = max(p.served, n)

    @staticmethod
    def send_body(connection, kind, body, fields, dice):
        if kind == "gzip":
            body = gzip.compress(body)
            fields.append("Content-Encoding: gzip")
        if kind == "chunks":
            pieces = [body[i:i + 700] for i in range(0, len(body), 700)]
            connection.sendall(head("200 OK", "Transfer-Encoding: chunked", *fields) + b"".join(b"%x\r\n%s\r\n" % (len(x), x) for x in pieces) + b"0\r\n\r\n")
        elif kind == "till the end":
            connection.sendall(head("200 OK", "Connection: close", *fields) + body)
            connection.shutdown(1)
            raise ConnectionResetError("the body is over")
        else:
            connection.sendall(sized(body, *fields) + body)


def seconds(text):
    for unit, factor in (("min", 60), ("h", 3600), ("s", 1)):
        if text.endswith(unit):
            return float(text[:-len(unit)]) * factor
    return float(text)


def median(values):
    return sorted(values)[len(values) // 2]


def main():
    duration, seed = seconds(sys.argv[1]), int(os.environ.get("SEED") or random.SystemRandom().randrange(10**6))
    print(f"soak: {sys.argv[1]}, SEED={seed}", flush=True)
    soak = Soak(seed)
    try:
        soak.start()
        end, told = time.monotonic() + duration, time.monotonic()
        while time.monotonic() < end and not soak.wrongs:
            time.sleep(min(5, duration / 20))
            soak.sample()
            if time.monotonic() > told + 60:
                told = time.monotonic()
                print(f"  {soak.n_requests} requests, {soak.samples[-1]:.1f} MB resident, descriptors and threads {soak.holds()}", flush=True)
        soak.make_peace()
        waited = not soak.wrongs and duration > 60
        if waited:
            soak.wait_idle()
        n = soak.check(waited)
        quarter = len(soak.samples) // 4
        early, late = median(soak.samples[quarter:2 * quarter + 1]), median(soak.samples[-quarter - 1:])
        print(f"  {soak.n_requests} requests, {len(soak.played) - 1} kinds of faults, {n} entries: none lost, none twice, none strange, no request early")
        print(f"  resident {early:.1f} MB in the second quarter, {late:.1f} MB in the last; descriptors and threads {soak.before} before, {soak.holds()} after")
        if not SANITIZED and late > early * 1.15 + 2:
            raise AssertionError(f"seed {seed}: memory grows")
    finally:
        soak.close()


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    main()
