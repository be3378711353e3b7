#!/usr/bin/python3
"""kill -9, again and again, while many feeds bring news, a follower listens and a person reads.

crash.py CYCLES [SEED]. After each kill a copy of what lies on the disk is held against what the daemon had said to others:
every entry that the follower was sent is there under its id, every entry that was acknowledged as read is read, nothing is
there twice, SQLite and the search index find their structures sound; and no feed is asked before the time that the disk says
it is due. At the end nothing that was published is missing.
"""

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "e2e"))

from daemon import BUILD, Daemon, wait_until  # noqa: E402
from publisher import Publisher  # noqa: E402
from witness import Witness  # noqa: E402

FEEDS = 30
INTERVAL = 2
POLL = {"interval": f"{INTERVAL}s", "min_interval": f"{INTERVAL}s", "max_interval": f"{INTERVAL}s"}


class Copy:
    """What a kill left on the disk, as the next start will find it."""

    def __init__(self, daemon):
        self.dir = Path(tempfile.mkdtemp(prefix="courant-crash-"))
        for suffix in ("", "-wal"):
            if (file := Path(f"{daemon.state}/courant.db{suffix}")).exists():
                shutil.copy(file, self.dir)

    def read(self, sql):
        with closing(sqlite3.connect(self.dir / "courant.db")) as db:
            return db.execute(sql).fetchall()

    def remove(self):
        shutil.rmtree(self.dir)


def judge(copy, acknowledged, read):
    """What is wrong with a copy, as sentences."""
    faults = []
    found = subprocess.run([BUILD / "crash-inspect", copy.dir / "courant.db"], capture_output=True, text=True, timeout=600)
    if found.stdout != "ok\n":
        faults.append(f"inspect: {found.stdout}{found.stderr}")
    rows = copy.read("SELECT id, title, feed_id, identity, status FROM entries")
    stored = {row[0]: row for row in rows}
    missing = [(i, title) for i, title in acknowledged if i not in stored or stored[i][1] != title]
    if missing:
        faults.append(f"{len(missing)} entries that the follower was sent are missing: {missing[:3]}")
    if len({(row[2], row[3]) for row in rows}) != len(rows):
        faults.append("an entry is there twice")
    unread = [i for i in read if i not in stored or stored[i][4] != 1]
    if unread:
        faults.append(f"{len(unread)} entries were acknowledged as read and are not: {unread[:3]}")
    if not faults:
        copy.remove()
    return faults + ([f"what was found lies in {copy.dir}"] if faults else [])


class Play:
    def __init__(self, cycles, seed):
        self.cycles = cycles
        self.dice = random.Random(seed)
        self.publisher = Publisher(FEEDS)
        self.daemon = Daemon()
        self.witness = None
        self.faults = []
        self.read = []  # ids that the daemon said it had marked as read
        self.life = 0  # of the daemon: how often it was started
        self.due = {}  # (life, path): when the disk said, before that life, that it is due
        self.last = {}  # (life, path): when it was asked last
        self.requests = 0

    def configure(self):
        """The next life."""
        self.life += 1
        self.daemon.configure(*self.publisher.urls, poll={**POLL, "contact": f"https://courant.example/life/{self.life}"})

    def cycle(self):
        self.configure()
        self.daemon.start(wait=self.dice.random() < 0.9)
        deadline = time.monotonic() + self.dice.uniform(0.02, 0.9)
        self._mark_read()
        time.sleep(max(0, deadline - time.monotonic()))
        self.daemon.kill()
        self._judge_requests()

    def _mark_read(self):
        ids = [i for i, _ in self.witness.acknowledged[-40:]]
        some = self.dice.sample(ids, min(3, len(ids)))
        try:
            if some and self.daemon.call("PUT", "/v1/entries", {"entry_ids": some, "status": "read"})[0] == 204:
                self.read += some
        except OSError:
            pass  # it is not listening yet

    def _judge_requests(self):
        """Of each feed the first request of a life comes when the disk says so, and each other one after the interval. The time is
        taken before the answer is sent, and so before the daemon can have counted from it."""
        for life, path, at in self.publisher.take_asked():
            self.requests += 1
            earliest = self.last[life, path] + INTERVAL - 1 if (life, path) in self.last else self.due.get((life, path), 0)
            if at < earliest:
                self.faults.append(f"{path} was asked {earliest - at:.2f} s early")
            self.last[life, path] = at

    def note_due(self, copy):
        for url, due in copy.read("SELECT url, next_due FROM feeds"):
            self.due[self.life + 1, "/" + url.rsplit("/", 1)[1]] = due

    def run(self):
        self.configure()
        self.witness = Witness(self.daemon.socket, self.daemon.home / "acknowledged")
        started = time.monotonic()
        with ThreadPoolExecutor(1) as judges:
            verdicts = []
            for n in range(1, self.cycles + 1):
                self.cycle()
                copy = Copy(self.daemon)
                self.note_due(copy)
                if verdicts:
                    self.faults += verdicts.pop().result()
                verdicts.append(judges.submit(judge, copy, self.witness.acknowledged, list(self.read)))
                if n % 50 == 0:
                    print(f"{n} cycles, {len(self.witness.acknowledged)} acknowledged, {len(self.faults)} faults", flush=True)
                if self.faults:
                    break
            self.faults += verdicts.pop().result()
        took = time.monotonic() - started
        self.finish()
        seen = self.witness.acknowledged
        print(f"{n} kills in {took:.0f} s: {self.requests} requests; the follower came {self.witness.connections} times and was sent "
              f"{len(seen)} entries; {len(self.read)} marked as read; faults: {len(self.faults)}")

    def finish(self):
        """Undisturbed, everything that was published arrives: no entry was lost between two documents."""
        self.configure()
        self.daemon.start()
        self.daemon.wait_checked(timeout=60)
        wait_until(lambda: self.witness.last_id >= self.daemon.get("/v1/status")["last_entry_id"], 60, "the follower to catch up")
        self.daemon.stop()
        self.witness.finish()
        seen = self.witness.acknowledged
        ids = [i for i, _ in seen]
        if ids != sorted(set(ids)):
            self.faults.append("the follower was sent an id twice, or out of order")
        if len({title for _, title in seen}) != len(seen):
            self.faults.append("the follower was sent an entry twice")
        copy = Copy(self.daemon)
        stored = copy.read("SELECT id, title FROM entries ORDER BY id")
        if stored != seen:
            self.faults.append(f"the follower was sent {len(seen)} entries, and {len(stored)} are stored")
        self._judge_gaps(stored)
        copy.remove()

    def _judge_gaps(self, stored):
        numbers = {}
        for _, title in stored:
            feed, _, number = title.removeprefix("Headline ").partition("-")
            numbers.setdefault(feed, []).append(int(number))
        for feed, have in numbers.items():
            # A document that was cut off by a kill is asked for again, when it has moved on by a few; it shows more than that.
            if sorted(have) != list(range(1, max(have) + 1)):
                self.faults.append(f"feed {feed} has {len(have)} entries of {max(have)}")

    def close(self):
        self.publisher.close()
        self.daemon.remove()


def play(cycles, seed):
    """The faults that were found."""
    print(f"SEED={seed}", flush=True)
    p = Play(cycles, seed)
    try:
        p.run()
        for fault in p.faults:
            print(fault)
        if p.faults:
            print(p.daemon.log[-4000:])
        return p.faults
    finally:
        p.close()


if __name__ == "__main__":
    cycles = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    sys.exit(1 if play(cycles, int(sys.argv[2]) if len(sys.argv) > 2 else int(os.environ.get("SEED") or time.time())) else 0)
