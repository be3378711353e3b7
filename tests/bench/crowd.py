#!/usr/bin/env python3
"""crowd.py [latency] [crowd]: what many hosts do to each other.

latency: 1,000 feeds of 60 KB on as many hosts that all take 100 ms to answer, 250 at a time, beside the floor.
crowd: 10,000 feeds on as many hosts; of each twenty one drips, hangs, resets or refuses. When each of the others is asked is compared with
a run without those, and somebody reads the latest entries all the while. CROWD=N changes the number of feeds."""

import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "e2e"))

from daemon import BUILD, Daemon, UnixConnection, wait_until  # noqa: E402
from measure import command  # noqa: E402
from refresh import Limits  # noqa: E402
from site_of_feeds import ENTRIES, feed, free_ports  # noqa: E402

BAD = ("drip", "hang", "reset", "refuse")


def host(number):
    return f"127.{1 + number // 62_500}.{number // 250 % 250}.{1 + number % 250}"


class Origin:
    def __init__(self, home, delay_ms=0, files=100, entries=ENTRIES):
        paths = []
        for i in range(files):
            paths.append(Path(home) / f"{i}.xml")
            paths[-1].write_bytes(feed(i, ENTRIES, entries))
        self.process = subprocess.Popen([BUILD / "origin", "-d", str(delay_ms), *paths], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())
        self.closed = free_ports(1)[0]  # nobody listens there
        self.asked = {}  # number: seconds, when it was asked first
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            number, ms = line.split()
            self.asked.setdefault(int(number), int(ms) / 1000)

    def url(self, number, kind="ok"):
        port = self.closed if kind == "refuse" else self.port
        return f"http://{host(number)}:{port}/{kind}/{number}"

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Reader:
    """Asks for the latest entries again and again and keeps how long each answer took."""

    def __init__(self, daemon):
        self.daemon, self.took, self._stop = daemon, [], threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        connection = UnixConnection(self.daemon.socket, 60)
        while not self._stop.wait(0.02):
            start = time.monotonic()
            connection.request("GET", "/v1/entries?limit=50")
            response = connection.getresponse()
            response.read()
            self.took.append(time.monotonic() - start)
            assert response.status == 200

    def stop(self):
        self._stop.set()
        self._thread.join()
        return sorted(self.took)


def quantile(ordered, q):
    return ordered[min(len(ordered) - 1, int(q * len(ordered)))]


def start(daemon, urls, **poll):
    """Starts it and returns when, once all its feeds are declared."""
    began = time.monotonic()
    daemon.start(*urls, poll={"interval": "1h", "min_interval": "15min", "timeout": "60s", **poll})
    return began


def committed(daemon, entries):
    wait_until(lambda: daemon.get("/v1/status")["entries"] >= entries, 600, "all entries")


# ---- 100 ms -----------------------------------------------------------------------------------------------------------------------

def latency(home, limits):
    feeds, at_a_time = 1000, 250
    origin = Origin(home, delay_ms=100)
    daemon = Daemon()
    try:
        urls = home / "urls"
        urls.write_text("\n".join(origin.url(i) for i in range(feeds)) + "\n")
        fetching = [command([BUILD / "floor", urls, home / "fetching", str(at_a_time)])[0].wall for _ in range(3)]
        storing = [command([BUILD / "floor", "-d", home / "db", urls, home / "storing", str(at_a_time)])[0].wall for _ in range(3)]
        began = start(daemon, [origin.url(i) for i in range(feeds)], concurrency=at_a_time)
        committed(daemon, feeds * ENTRIES)
        own = [time.monotonic() - began]
        for _ in range(3):
            began = time.monotonic()
            report = daemon.call("PUT", "/v1/feeds/refresh?wait=1", timeout=600)[1]
            own.append(time.monotonic() - began)
            assert report["refreshed"] == feeds and report["new"] == 0, str(report)[:500]
        print(f"latency: {feeds} feeds, 100 ms until each answers, {at_a_time} at a time; wall in s: cold, then nothing changed")
        for name, walls in (("floor, fetching only", fetching), ("floor, parsing and storing", storing), ("courant", own)):
            print(f"  {name:<32}" + "".join(f"{w:8.2f}" for w in walls), flush=True)
        limits.hold("100 ms, nothing changed, the floor being 1", min(own[1:]) / min(fetching[1:]), 1.5, "x")
        limits.hold("100 ms, cold, the floor that parses and stores being 1", own[0] / storing[0], 1.5, "x")
    finally:
        finish(daemon, origin)


def finish(daemon, origin):
    try:
        daemon.stop()
    finally:
        daemon.remove()
        origin.close()


# ---- good and bad hosts -----------------------------------------------------------------------------------------------------------

def one_run(home, feeds, bad):
    """When each good feed was asked, in seconds since the start, and how long the readers' answers took."""
    origin = Origin(home, entries=5)
    daemon = Daemon()
    try:
        good = [i for i in range(feeds) if i % 20 != 7]
        kinds = {i: "ok" for i in good}
        if bad:
            kinds.update({i: BAD[i // 20 % len(BAD)] for i in range(feeds) if i % 20 == 7})
        began = start(daemon, [origin.url(i, kinds[i]) for i in sorted(kinds)])
        reader = Reader(daemon)
        committed(daemon, len(good) * 5)
        done = time.monotonic() - began
        took = reader.stop()
        stats = daemon.get("/v1/status")
        reader = Reader(daemon)  # what this machine gives a daemon that has nothing else to do
        time.sleep(3)
        return [origin.asked[i] - began for i in good], took, done, stats, reader.stop()
    finally:
        finish(daemon, origin)


def crowd(home, limits):
    feeds = int(os.environ.get("CROWD", 10_000))
    print(f"crowd: {feeds} feeds on as many hosts; good ones alone, then with one bad one of each 20 ({', '.join(BAD)}); s since the start")
    print(f"  {'':<12}{'asked: median':>14}{'99 %':>8}{'last':>8}{'committed':>11}{'answers in ms: median':>24}{'99 %':>8}{'worst':>8}")
    lasts, p99 = [], 0
    for bad in (False, True):
        asked, took, done, stats, idle = one_run(home, feeds, bad)
        asked = sorted(asked)
        lasts.append((quantile(asked, 0.99), done))
        p99 = max(p99, quantile(took, 0.99))
        print(f"  {'with bad' if bad else 'good alone':<12}{quantile(asked, 0.5):14.2f}{quantile(asked, 0.99):8.2f}{asked[-1]:8.2f}{done:11.2f}"
              f"{quantile(took, 0.5) * 1000:24.1f}{quantile(took, 0.99) * 1000:8.1f}{took[-1] * 1000:8.1f}   {len(took)} answers, "
              f"{stats['failing']} failing, {stats['refresh']['fetching']} still fetching; afterwards 99 % {quantile(idle, 0.99) * 1000:.1f} ms", flush=True)
    limits.hold("99 % of the good ones asked, without bad ones being 1", lasts[1][0] / lasts[0][0], 1.5, "x")
    limits.hold("all good ones committed, without bad ones being 1", lasts[1][1] / lasts[0][1], 1.5, "x")
    limits.hold("GET /v1/entries?limit=50, 99 % of the answers", p99 * 1000, 20, "ms")


def main():
    limits = Limits()
    for play in (latency, crowd):
        if len(sys.argv) == 1 or play.__name__ in sys.argv:
            with tempfile.TemporaryDirectory(prefix="courant-bench-") as home:
                play(Path(home), limits)
    return limits.missed > 0


if __name__ == "__main__":
    sys.exit(main())
