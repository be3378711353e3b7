"""Every kind of damage that a file can have, each against the real daemon: it never crashes, loses nothing in silence, says what it did and to which file, and comes back by itself."""

import http.client
import os
import shutil
import sqlite3
import subprocess
from contextlib import closing

import pytest

from daemon import BUILD, wait_until
from documents import entries, rss

PAGE = 4096
OLD, NEW = 40, 45  # entries of the copy, and of the database


def sql(path, statement):
    with closing(sqlite3.connect(path)) as db:
        return db.execute(statement).fetchall()


def overwrite_root(name, byte=b"\xa5", skip=0):
    def damage(path):
        root = sql(path, f"SELECT rootpage FROM sqlite_schema WHERE name = '{name}'")[0][0]
        with open(path, "r+b") as f:
            f.seek((root - 1) * PAGE + skip)
            f.write(byte * (PAGE - skip))
    return damage


def overwrite(at, n, byte=b"\xa5"):
    def damage(path):
        with open(path, "r+b") as f:
            f.seek(at)
            f.write(byte * n)
    return damage


def cut_to(share):
    return lambda path: os.truncate(path, int(path.stat().st_size * share) // PAGE * PAGE)


def write(content):
    return lambda path: path.write_bytes(content)


def foreign_log(path):
    """The log of another database, as after a careless copy: its frames bear that database's salt and pages."""
    other = path.with_name("other.db")
    db = sqlite3.connect(other)
    db.executescript("PRAGMA journal_mode = WAL; CREATE TABLE t (x); INSERT INTO t VALUES (zeroblob(100000));")
    shutil.copy(f"{other}-wal", f"{path}-wal")
    db.close()
    other.unlink()


DAMAGE = {
    **{f"the root page of {name}": overwrite_root(name) for name in (
        "entries", "contents", "entry_keys", "feeds", "feed_counters", "presences", "entries_published", "entries_feed", "totals",
        "search_config", "search_state")},
    "a zeroed page of entries": overwrite_root("entries", b"\0"),
    "the cells of a page of contents": overwrite_root("contents", b"\xff", 100),
    "the first page": overwrite(0, PAGE),
    "the schema behind the header": overwrite(100, PAGE - 100),
    "the schema's cells": overwrite(3000, 1096, b"\xff"),
    "half of the file is missing": cut_to(0.5),
    "the last page is missing": lambda path: os.truncate(path, path.stat().st_size - PAGE),
    "a file that is no database": write(b"these are my notes, no database\n" * 1000),
    "a file of zeroes": write(b"\0" * 50000),
    "a few bytes": write(b"SQLite"),
    "an empty file": write(b""),
}
# Nothing is lost by these: what they hold can be made again, or was never the database's.
HARMLESS = {
    "the search index": overwrite_root("search_data"),
    "the search index's own index": overwrite_root("search_idx"),
    "a log of nothing": lambda path: path.with_name("courant.db-wal").write_bytes(b"\0" * 20000),
}


class Damaged:
    """A daemon with a state that is put back before each play."""

    def __init__(self, origin, daemon):
        self.daemon = daemon
        self.url = origin.set("/feed", rss(*entries(OLD)), rss(*entries(NEW)))
        daemon.start(self.url)
        daemon.wait_checked()
        self._wait_for_index()
        daemon.courant("backup")
        daemon.refresh(self.url)
        self._wait_for_index()
        self.before = {e["id"]: e["title"] for e in daemon.entries()}
        daemon.stop()
        self.kept = daemon.home / "kept"
        shutil.copytree(daemon.state, self.kept)
        origin.set("/feed", rss(*entries(NEW)))

    @property
    def file(self):
        return self.daemon.state / "courant.db"

    @property
    def aside(self):
        return [p for p in self.daemon.state.glob("courant.db.damaged-*") if p.suffix != ".txt" and not p.name.endswith(("-wal", "-shm"))]

    def _wait_for_index(self):
        total = len(self.daemon.titles())
        wait_until(lambda: self.daemon.get("/v1/entries?search=headline&limit=1")["total"] == total, 20, "the index")

    def put_back(self):
        shutil.rmtree(self.daemon.state)
        shutil.copytree(self.kept, self.daemon.state)
        self.daemon.log_file.write_bytes(b"")

    def live(self):
        """Starts, and asks for everything; a daemon that meets the damage ends with 1 and is started again, as a supervisor does."""
        for _ in range(4):
            self.daemon.start(wait=False)
            if self._use():
                return
            code = self.daemon.process.wait(60)
            self.daemon.process = None
            assert code == 1, (code, self.daemon.log)
        raise AssertionError(f"it does not come back:\n{self.daemon.log}")

    def _ended(self):
        return self.daemon.process.poll() is not None

    def _ready(self):
        def answers():
            try:
                return self.daemon.call("GET", "/healthcheck")[0] == 200
            except OSError:
                return False
        wait_until(lambda: self._ended() or answers(), 60, "the socket")
        return not self._ended()

    def _checked(self):
        code, status, _ = self.daemon.call("GET", "/v1/status")  # 503 while it is stopping
        return code == 200 and status["database_check"] not in ("none", "running")

    def _use(self):
        """Whether it lived through all of it, and through the check that a stop which was none brings."""
        d = self.daemon
        try:
            if not self._ready():
                return False
            for path in ("/v1/entries?limit=1000&order=id", "/v1/entries?search=headline", "/v1/entries?status=unread", "/v1/feeds",
                         "/v1/feeds/counters", "/v1/stats", "/v1/status", "/v1/feeds/1/entries"):
                d.call("GET", path)
            d.call("PUT", "/v1/entries", {"entry_ids": list(self.before)[:5], "status": "read"})
            d.call("PUT", "/v1/feeds/1/refresh?wait=1")
            if self._ended():
                return False
            d.kill()
            self.file.with_name("courant.db-wal").touch()  # or nothing was written, and nothing is checked
            d.start(wait=False)
            if not self._ready():
                return False
            wait_until(lambda: self._ended() or self._checked(), 60, "the check")
        except (OSError, ValueError, http.client.HTTPException):
            wait_until(self._ended, 60, "the daemon's end")
        return not self._ended()


@pytest.fixture
def damaged(origin, daemon):
    return Damaged(origin, daemon)


def test_damage_of_every_kind(damaged):
    d = damaged.daemon
    for name, damage in DAMAGE.items():
        damaged.put_back()
        damage(damaged.file)
        was = damaged.file.read_bytes()
        damaged.live()
        assert damaged.aside, (name, d.log)
        assert "set aside" in d.log and damaged.aside[0].name in d.log, (name, d.log)
        assert len(damaged.aside[0].read_bytes()) >= len(was), name
        assert damaged.aside[0].name in d.get("/v1/status")["recovery"]["text"], name
        # What the copy had is there under its ids; what came after it comes again under ids that nobody has seen.
        wait_until(lambda: len(d.titles()) == OLD or len(d.titles()) == NEW, 20, name)
        if len(d.titles()) == OLD:
            d.call("PUT", "/v1/feeds/1/refresh?wait=1&force=1")
        now = {e["id"]: e["title"] for e in d.entries()}
        assert len(set(now.values())) == len(now), name
        old = dict(list(damaged.before.items())[:OLD])
        assert {i: t for i, t in now.items() if i in damaged.before} == old, name
        # Who has seen all is sent none of them again.
        follower = d.follow(last_id=max(damaged.before))
        wait_until(lambda: len(follower.ids) == len(now) - OLD, 20, f"{name}: the follower")
        assert not set(follower.ids) & set(damaged.before), name
        follower.close()
        d.stop()
        assert sql(damaged.file, "SELECT COUNT(*) FROM pragma_quick_check WHERE quick_check <> 'ok'") == [(0,)], name


def test_damage_that_costs_nothing(damaged):
    d = damaged.daemon
    for name, damage in HARMLESS.items():
        damaged.put_back()
        damage(damaged.file)
        damaged.live()
        assert {e["id"]: e["title"] for e in d.entries()} == damaged.before or damaged.aside, (name, d.log)
        if damaged.aside:
            # A page of the index that no search met is found by the check of the whole file.
            assert "search" in name, (name, d.log)
        else:
            wait_until(lambda: d.call("GET", "/v1/entries?search=headline&limit=1")[1].get("total") == NEW, 30, f"{name}: the index")
        d.stop()


def test_a_log_of_another_database(damaged):
    """It would be taken for what was written last: refused, untouched, and told what to move away."""
    d = damaged.daemon
    damaged.put_back()
    foreign_log(damaged.file)
    was = damaged.file.read_bytes()
    d.start(wait=False)
    assert d.process.wait(60) == 1
    d.process = None
    assert "courant.db-wal is not its log" in d.log
    assert damaged.file.read_bytes() == was and not damaged.aside
    damaged.file.with_name("courant.db-wal").unlink()
    d.start()
    assert {e["id"]: e["title"] for e in d.entries()} == damaged.before


def refused(damaged, *words):
    """The daemon, as somebody who is not root, ends with 1 and says why; nothing was set aside. Returns what it said."""
    d = damaged.daemon
    for path in (d.home, d.state):
        os.chmod(path, 0o777)
    os.chmod(d.conf, 0o644)
    (d.state / "courantd.lock").unlink(missing_ok=True)
    as_nobody = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}
    done = subprocess.run([BUILD / "courantd", "-c", d.conf], capture_output=True, text=True, timeout=60, **as_nobody)
    assert done.returncode == 1, done.stderr
    for word in words:
        assert word in done.stderr, done.stderr
    assert not damaged.aside
    return done.stderr


def test_what_is_in_the_way_is_refused(damaged):
    path = damaged.file
    damaged.put_back()
    was = path.read_bytes()
    # Somebody else's, or one that may only be read.
    os.chmod(path, 0o600)
    if os.geteuid() == 0:
        refused(damaged, str(path), "Permission denied")
    os.chmod(path, 0o444)
    refused(damaged, str(path), "Permission denied")
    assert path.read_bytes() == was
    path.unlink()
    path.mkdir()
    refused(damaged, str(path), "directory")
    assert path.is_dir()


def test_a_missing_file_is_told(damaged):
    """It may have been moved away on purpose; that there are copies is said."""
    d = damaged.daemon
    damaged.put_back()
    damaged.file.unlink()
    d.start()
    assert "begins anew" in d.log and "backups" in d.log
    d.wait_checked()
    assert len(d.titles()) == NEW


@pytest.mark.parametrize("copied", [True, False], ids=["with a copy", "without"])
def test_no_edition_is_made_again(origin, daemon, monkeypatch, copied):
    """The copy is older than the last edition and knows nothing of it: the daemon seems to have missed it."""
    monkeypatch.setenv("TZ", "UTC")
    folder = daemon.state / "digests" / "daily"

    def bring(n):
        """The next hour's fetch shows n entries."""
        origin.set("/feed", rss(*entries(n)))
        daemon.set_clock(by=2 * 3600)
        wait_until(lambda: len(daemon.titles()) == n, 20, f"{n} entries")

    def edition(day):
        daemon.set_clock(utc=1795330801 + (day - 22) * 86400)  # 07:00:01
        return wait_until(lambda: next(folder.glob(f"2026-11-{day}*"), None), 20, f"the edition of the {day}th")
    daemon.set_clock(utc=1795330500 - 3600, rate=0)  # 22 Nov 2026, 05:55
    daemon.start({"url": origin.set("/feed", rss(*entries(3))), "interval": "1h"}, digest={"daily": {"at": "07:00", "formats": ["txt"]}},
                 extra='backup { at = "never" }\n')
    daemon.wait_checked()
    edition(22)
    if copied:
        daemon.courant("backup")
    bring(5)
    second = edition(23)
    was = second.read_bytes()
    assert b"Headline entry 5" in was
    daemon.stop()
    overwrite(0, PAGE)(daemon.state / "courant.db")
    daemon.set_clock(by=600)
    daemon.start()
    assert "set aside" in daemon.log
    if not copied:
        # A feed that is new again is due at once; the clock stands still until that is done.
        wait_until(lambda: len(daemon.titles()) == 5, 20, "what the feed shows still")
    bring(6)
    third = edition(24)
    assert second.read_bytes() == was
    assert sorted(p.name for p in folder.glob("2026-*")) == ["2026-11-22.txt", "2026-11-23.txt", "2026-11-24.txt"]
    assert "Headline entry 6" in third.read_text()
    if copied:
        # What the copy knew stood in the editions before.
        assert "Headline entry 2" not in third.read_text()
