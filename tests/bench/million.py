#!/usr/bin/env python3
"""million.py DATABASE [store] [idle] [busy]: what 1,000,000 entries in 10,000 feeds cost, beside what is asked of it.

bench_store makes the database, or takes the one that is there, and measures the store and the queries. Then a real daemon gets a copy and build/ask, a
client in C, asks it at its socket: first while it has nothing else to do, then while it fetches, stores and indexes BUSY_FEEDS feeds of a publisher on
the loopback. At the end every figure that has a limit stands beside it. Parts that are named are all that is measured."""

import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "e2e"))

from crowd import Origin  # noqa: E402
from daemon import BUILD, Daemon  # noqa: E402
from site_of_feeds import ENTRIES  # noqa: E402

PAGE = "/v1/entries?limit=50&status=unread&order=published_at&direction=desc"
QUESTIONS = [  # name, times, path
    ("latest 50 unread", 5000, PAGE),
    ("the same without contents (courant headlines)", 5000, PAGE + "&content=0"),
    ("GET /v1/entries?limit=50&status=unread", 5000, "/v1/entries?limit=50&status=unread"),
    ("counters of all feeds", 500, "/v1/feeds/counters"),
    ("all feeds", 30, "/v1/feeds"),
    ("categories", 500, "/v1/categories"),
    ("search, a rare word", 500, "/v1/entries?search={rare}&limit=50&content=0"),
    ("search, a medium word", 500, "/v1/entries?search={medium}&limit=50&content=0"),
    ("search, a very common word", 500, "/v1/entries?search={common}&limit=50&content=0"),
    ("statistics", 500, "/v1/stats"),
    ("status", 500, "/v1/status"),
    ("metrics", 30, "/metrics"),
]
BUSY_FEEDS = 1200
WEEK = 7 * 86400

# What the store prints, the number in it, and its limit.
OF_THE_STORE = [
    ("new entries a second, bare INSERTs of them being 1", r"new entries +(\d+)", r"the same tables +(\d+)", ">=", 0.5),
    ("the same, the texts compressed before for the bare ones", r"new entries +(\d+)", r"packed before +(\d+)", ">=", 0.5),
    ("entries indexed a second", r"search index +(\d+)", None, ">=", 7000),
    ("unchanged entries a second", r"unchanged entries +(\d+)", None, ">=", 200_000),
    ("bytes an entry, its text being 1", r"the database .* ([\d.]+) x its text", None, "<=", 1.6),
    ("opening the store, ms", r"opening the store +([\d.]+)", None, "<=", 100),
    ("query of the latest 50 unread, p50 in ms", r"latest 50 unread +p50 +([\d.]+)", None, "<=", 0.5),
    ("query of the latest 50 unread, p99 in ms", r"latest 50 unread .* p99 +([\d.]+)", None, "<=", 2),
    ("query of the counters of all feeds, p99 in ms", r"counters of all feeds .* p99 +([\d.]+)", None, "<=", 10),
    ("query of a rare word, p99 in ms", r"search, a rare word .* p99 +([\d.]+)", None, "<=", 5),
    ("query of a medium word, p99 in ms", r"search, a medium word .* p99 +([\d.]+)", None, "<=", 20),
    ("query of a very common word, p99 in ms", r"search, a very common word .* p99 +([\d.]+)", None, "<=", 100),
]
# Questions at the socket: which quantile, and its limit in ms.
AT_THE_SOCKET = {
    "latest 50 unread": {"p50": 0.5, "p99": 2},
    "GET /v1/entries?limit=50&status=unread": {"p50": 0.5, "p99": 2},
    "latest 50 unread, while it stores and indexes": {"p99": 2},
    "latest 50 unread, while it indexes": {"p99": 2},
    "counters of all feeds": {"p99": 10},
    "search, a rare word": {"p99": 5},
    "search, a medium word": {"p99": 20},
    "search, a very common word": {"p99": 100},
}


class Table:
    """The figures that have a limit, shown when all are there."""

    def __init__(self):
        self.rows = []

    def add(self, figure, value, relation, limit):
        self.rows.append((figure, value, relation, limit))

    def show(self):
        print(f"\n  {'figure':<74}{'measured':>12}    limit")
        for figure, value, relation, limit in self.rows:
            if value is None:
                print(f"  {figure:<74}{'-':>12} {relation} {limit:<10g} not measured: the database was there")
                continue
            good = value >= limit if relation == ">=" else value <= limit
            print(f"  {figure:<74}{value:12.3f} {relation} {limit:<10g} {'ok' if good else 'OVER' if relation == '<=' else 'UNDER'}")
        print(f"  load of the machine (1, 5, 15 min): {' '.join(f'{n:.2f}' for n in os.getloadavg())}")


def quantile(times, q):
    return sorted(times)[min(len(times) - 1, int(q * len(times)))]


class Asker:
    """build/ask on a connection of its own."""

    def __init__(self, path, table):
        self.table = table
        self.process = subprocess.Popen([BUILD / "ask", path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, times, path):
        """The answer's bytes, and how long each took in ms."""
        self.process.stdin.write(f"{times} {path}\n")
        self.process.stdin.flush()
        size, *took = map(int, self.process.stdout.readline().split())
        return size, [us / 1000 for us in took]

    def show(self, name, size, took, note=""):
        p50, p99 = quantile(took, 0.5), quantile(took, 0.99)
        print(f"  {name:<52} p50 {p50:8.3f} ms  p99 {p99:8.3f} ms  most {max(took):8.3f} ms  {size} bytes{note}", flush=True)
        for which, limit in AT_THE_SOCKET.get(name, {}).items():
            self.table.add(f"socket: {name}, {which} in ms", {"p50": p50, "p99": p99}[which], "<=", limit)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def measure_store(database, table):
    print(f"the store, {database}{' (it was there)' if Path(database).exists() else ''}:", flush=True)
    environment = {"BENCH_ENTRIES": "1000000", "BENCH_FEEDS": "10000", **os.environ, "BENCH_KEEP": database}
    lines = []
    with subprocess.Popen([BUILD / "bench_store"], env=environment, stdout=subprocess.PIPE, text=True) as bench:
        for line in bench.stdout:
            print(line, end="", flush=True)
            lines.append(line)
    if bench.returncode != 0:
        sys.exit(f"million.py: bench_store failed; a database of an older schema must be removed: {database}")
    text = "".join(lines)
    for figure, pattern, beside, relation, limit in OF_THE_STORE:
        found = [re.search(rf"^ +(?:.*, )?{p}", text, re.M) for p in (pattern, beside) if p]
        value = float(found[0][1]) / (float(found[1][1]) if beside else 1) if all(found) else None
        table.add(figure, value, relation, limit)


def change(daemon, sql, *rows):
    with sqlite3.connect(daemon.state / "courant.db") as db:
        db.executemany(sql, rows)


def started(daemon):
    start = time.perf_counter()
    daemon.start(poll={"interval": "12h", "concurrency": 64})
    print(f"  {'courantd serves after':<52}     {(time.perf_counter() - start) * 1e3:8.0f} ms", flush=True)


def while_idle(daemon, table):
    print("a daemon at rest, at its socket:")
    started(daemon)
    asker = Asker(daemon.socket, table)
    for name, times, path in QUESTIONS:
        asker.ask(3, path)  # once for the connections' caches and prepared statements
        asker.show(name, *asker.ask(times, path))
    asker.close()
    daemon.stop()


def waiting_for_index(daemon):
    """Entries that wait for the search index."""
    with sqlite3.connect(f"file:{daemon.state}/courant.db?mode=ro", uri=True) as db:
        return db.execute("SELECT (SELECT MAX(id) FROM entries) - upto_id FROM search_state").fetchone()[0]


def while_busy(daemon, origin, table):
    expected = BUSY_FEEDS * ENTRIES
    print(f"a daemon that fetches {BUSY_FEEDS} feeds of {ENTRIES} new entries each, on as many hosts, and indexes them:")
    change(daemon, "UPDATE feeds SET url = ?, allow_private = 1, next_due = 1 WHERE id = ?", *((origin.url(i), i) for i in range(1, BUSY_FEEDS + 1)))
    started(daemon)
    asker = Asker(daemon.socket, table)
    before = daemon.get("/v1/status")["last_entry_id"]  # entries are taken, too: those that are too old to keep
    storing, took, counters = 0, [], []
    while (stored := daemon.get("/v1/status")["last_entry_id"] - before) < expected:
        size, times = asker.ask(100, PAGE)
        took += times
        counters += asker.ask(2, "/v1/feeds/counters")[1]
        storing = stored
    asker.show("latest 50 unread, while it stores and indexes", size, took, f", {storing} of {expected} entries stored at the last question")
    asker.show("counters of all feeds, while it stores and indexes", 0, counters)
    behind, took = waiting_for_index(daemon), []
    while (left := waiting_for_index(daemon)) > 0:
        took += asker.ask(100, PAGE)[1]
        behind_at_last = left
    if took:
        asker.show("latest 50 unread, while it indexes", size, took, f", from {behind} to {behind_at_last} entries behind")
    asker.close()
    daemon.stop()


def main():
    database, parts, table = sys.argv[1], sys.argv[2:] or ["store", "idle", "busy"], Table()
    if "store" in parts:
        measure_store(database, table)
    daemon = Daemon()
    try:
        subprocess.run(["cp", "--reflink=auto", database, daemon.state / "courant.db"], check=True)
        change(daemon, "UPDATE feeds SET declared = 0, disabled = 0, next_due = ?", (int(time.time()) + WEEK,))
        if "idle" in parts:
            while_idle(daemon, table)
        if "busy" not in parts:
            return
        with tempfile.TemporaryDirectory(prefix="courant-million-") as home:
            origin = Origin(home)
            try:
                while_busy(daemon, origin, table)
            finally:
                origin.close()
    finally:
        daemon.stop()
        daemon.remove()
        table.show()


if __name__ == "__main__":
    main()
