#!/usr/bin/python3
"""kill -9, again and again, while many feeds bring news, a follower listens and a person reads.

crash.py CYCLES [SEED]. Retention takes what is more than some entries of a feed, a person marks, stars, adds and removes feeds and
asks for copies (person.py). After each kill a copy of what lies on the disk is held against what the daemon had said to others:
every entry that the follower was sent is there under its id, or retention took it and it left a tombstone; what was acknowledged as
read, unread, starred, added or removed is so; nothing is there twice; the counters count right; SQLite and the search index find their
structures sound; every copy of the database is whole; and no feed is asked before the time that the disk says it is due. At the end
nothing that was published is missing.
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
from person import Person  # noqa: E402
from publisher import Publisher  # noqa: E402
from witness import Witness  # noqa: E402

FEEDS = 30
INTERVAL = 2
KEPT = 16  # entries of a feed, when retention takes none because it is in the document
COPIES = 3
POLL = {"interval": f"{INTERVAL}s", "min_interval": f"{INTERVAL}s", "max_interval": f"{INTERVAL}s"}


class Copy:
    """What a kill left on the disk, as the next start will find it."""

    def __init__(self, daemon):
        self.dir = Path(tempfile.mkdtemp(prefix="courant-crash-"))
        for suffix in ("", "-wal"):
            if (file := Path(f"{daemon.state}/courant.db{suffix}")).exists():
                shutil.copy(file, self.dir)

    def is_empty(self):
        """The kill came before the first start had made the database."""
        return not self.read("SELECT 1 FROM sqlite_schema")

    def read(self, sql):
        with closing(sqlite3.connect(self.dir / "courant.db")) as db:
            return db.execute(sql).fetchall()

    def remove(self):
        shutil.rmtree(self.dir)


# The maintained counters say what counting says. Entries of feeds that were removed are on their way out.
MISCOUNTED = """SELECT COUNT(*) FROM feed_counters c WHERE
    n_entries <> (SELECT COUNT(*) FROM entries e WHERE e.feed_id = c.feed_id AND status <> 2) OR
    n_unread <> (SELECT COUNT(*) FROM entries e WHERE e.feed_id = c.feed_id AND status = 0) OR
    n_starred <> (SELECT COUNT(*) FROM entries e WHERE e.feed_id = c.feed_id AND status <> 2 AND starred)"""
MISTOTALLED = """SELECT COUNT(*) FROM totals t, (SELECT SUM(n_entries) n, SUM(n_unread) u, SUM(n_starred) s FROM feed_counters) c
    WHERE t.n_entries <> n OR t.n_unread <> u OR t.n_starred <> s"""


def inspected(path):
    found = subprocess.run([BUILD / "crash-inspect", path], capture_output=True, text=True, timeout=600)
    return [] if found.stdout == "ok\n" else [f"inspect {path}: {found.stdout}{found.stderr}"]


def path_of(title):
    """The feed's, in which an entry with this title was published."""
    return "/" + title.removeprefix("Headline ").rpartition("-")[0]


def judge_entries(copy, acknowledged, said, lost_feeds):
    rows = copy.read("SELECT id, title, feed_id, identity, status, starred FROM entries")
    stored = {row[0]: row for row in rows}
    purged = {row[0] for row in copy.read("SELECT entry_id FROM tombstones")}
    feeds = dict(copy.read("SELECT id, url FROM feeds"))
    gone = purged | {i for i, row in stored.items() if row[2] not in feeds}
    here = {"/" + url.rsplit("/", 1)[1] for url in feeds.values()}
    # Of a feed that was removed nothing is left that would tell whose an entry was: its title does.
    missing = [(i, title) for i, title in acknowledged
               if (i not in stored or stored[i][1] != title) and i not in purged and path_of(title) in here]
    if missing:
        yield f"{len(missing)} entries that the follower was sent are missing: {missing[:3]}"
    if purged & set(stored):
        yield "an entry is there beside its tombstone"
    if len({(row[2], row[3]) for row in rows}) != len(rows):
        yield "an entry is there twice"
    wrong = [i for i, read in said["read"].items() if i in stored and i not in gone and stored[i][4] != int(read)]
    if wrong:
        yield f"{len(wrong)} entries were acknowledged as read or unread and are not: {wrong[:3]}"
    wrong = [i for i in said["starred"] if (i in stored and not stored[i][5]) or i in purged]
    if wrong:
        yield f"{len(wrong)} entries were acknowledged as starred and are not, or were taken: {wrong[:3]}"
    wrong = [i for i in said["added"] if i not in feeds and i not in lost_feeds] + [i for i in said["removed"] if i in feeds]
    if wrong:
        yield f"feeds that were acknowledged as added or removed are not: {wrong}"
    if copy.read(MISCOUNTED) != [(0,)] or copy.read(MISTOTALLED) != [(0,)]:
        yield "the counters count wrong"


def judge(copy, *told):
    """What is wrong with a copy, as sentences."""
    faults = inspected(copy.dir / "courant.db") + list(judge_entries(copy, *told))
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
        self.n_purged = 0
        self.faults = []
        self.person = Person(self.daemon, self.publisher, self.dice)
        self.inspected = set()  # copies of the database
        self.life = 0  # of the daemon: how often it was started
        self.due = {}  # (life, path): when the disk said, before that life, that it is due
        self.last = {}  # (life, path): when it was asked last
        self.requests = 0

    def configure(self):
        """The next life."""
        self.life += 1
        self.daemon.configure(*self.publisher.urls, poll={**POLL, "contact": f"https://courant.example/life/{self.life}"},
                              digest={"daily": {"at": "never"}},
                              extra=f"retain {{ max_entries_per_feed = {KEPT} }}\nbackup {{ keep = {COPIES} }}\n")

    def cycle(self):
        self.configure()
        seconds = self.dice.uniform(0.02, 0.9)
        self.daemon.start(wait=self.dice.random() < 0.9)
        deadline = time.monotonic() + seconds
        life = self.person.live(seconds, lambda: self.witness.acknowledged)
        time.sleep(max(0, deadline - time.monotonic()))
        self.daemon.kill()
        life.shutdown()
        self._judge_requests()
        self._judge_copies()

    def _judge_copies(self):
        """What has the name of a copy is whole."""
        for file in Path(self.daemon.state, "backups").glob("courant-*.db"):
            if file.name not in self.inspected:
                self.inspected.add(file.name)
                self.faults += inspected(file)

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
                if copy.is_empty() and not self.witness.acknowledged and not self.person.snapshot()["added"]:
                    copy.remove()
                    continue
                self.note_due(copy)
                if verdicts:
                    self.faults += verdicts.pop().result()
                verdicts.append(judges.submit(judge, copy, self.witness.acknowledged, self.person.snapshot(), self.person.lost_feeds()))
                if n % 50 == 0:
                    print(f"{n} cycles, {len(self.witness.acknowledged)} acknowledged, {len(self.faults)} faults", flush=True)
                if self.faults:
                    break
            for verdict in verdicts:
                self.faults += verdict.result()
        took = time.monotonic() - started
        self.finish()
        seen = self.witness.acknowledged
        print(f"{n} kills in {took:.0f} s: {self.requests} requests; the follower came {self.witness.connections} times and was sent "
              f"{len(seen)} entries, of which retention took {self.n_purged}; {len(self.person.read)} marks and {len(self.person.starred)} "
              f"stars hold; {len(self.person.removed)} feeds added and removed; {self.person.copies} copies; faults: {len(self.faults)}")

    def finish(self):
        """Undisturbed, everything that was published arrives: no entry was lost between two documents."""
        self.configure()
        self.daemon.start()
        self.daemon.wait_checked(timeout=60)
        last = self.daemon.get("/v1/status")["last_entry_id"]  # what comes after it may meet the stop
        wait_until(lambda: self.witness.last_id >= last, 60, "the follower to catch up")
        self.daemon.stop()
        self.witness.finish()
        seen = self.witness.acknowledged
        ids = [i for i, _ in seen]
        if ids != sorted(set(ids)):
            self.faults.append("the follower was sent an id twice, or out of order")
        if len({title for _, title in seen}) != len(seen):
            self.faults.append("the follower was sent an entry twice")
        copy = Copy(self.daemon)
        self.faults += judge_entries(copy, seen, self.person.snapshot(), self.person.lost_feeds())
        self.n_purged = copy.read("SELECT COUNT(*) FROM tombstones")[0][0]
        unsent = set(copy.read(f"SELECT id, title FROM entries WHERE id <= {last} AND feed_id IN (SELECT id FROM feeds)")) - set(seen)
        if unsent:
            self.faults.append(f"{len(unsent)} stored entries were not sent to the follower: {sorted(unsent)[:3]}")
        if partial := list(Path(self.daemon.state, "backups").glob("*.partial*")):
            self.faults.append(f"what is left of killed copies is never swept: {partial}")
        self._judge_gaps(seen)
        copy.remove()

    def _judge_gaps(self, seen):
        numbers = {}
        for _, title in seen:
            if not path_of(title).startswith("/added-"):
                numbers.setdefault(path_of(title), []).append(int(title.rpartition("-")[2]))
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
