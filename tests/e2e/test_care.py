"""What becomes of the database on a bad day: copies, damage, a full disk, a stop that was none."""

import base64
import os
import random
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from daemon import BUILD, wait_until
from documents import entries, rss
from origin import Answer
from rehearsal import DAY, HOUR, step

OUR_NAMES = ("courant.db", "courant.db-wal", "courant.db-shm")


def sql(path, statement):
    with closing(sqlite3.connect(path)) as db:
        return db.execute(statement).fetchall()


def overwrite(path, at, n=4096):
    with open(path, "r+b") as f:
        f.seek(at)
        f.write(b"\xa5" * n)


def page_of(path, table):
    """The byte at which a table's root page begins."""
    return (sql(path, f"SELECT rootpage FROM sqlite_schema WHERE name = '{table}'")[0][0] - 1) * 4096


def aside(daemon):
    return sorted(p.name for p in daemon.state.glob("courant.db.damaged-*"))


def status(daemon):
    return daemon.get("/v1/status")


def test_a_copy_on_demand(origin, daemon, tmp_path):
    daemon.start(origin.set("/feed", rss(*entries(5))))
    daemon.wait_checked()
    target = tmp_path / "copy.db"
    said = daemon.courant("backup", str(target)).stdout
    assert str(target) in said and "checked" in said
    assert target.stat().st_mode & 0o777 == 0o600
    assert sql(target, "PRAGMA integrity_check") == [("ok",)]
    assert sql(target, "SELECT COUNT(*) FROM entries") == [(5,)]
    assert list(tmp_path.iterdir()) == [target]
    # Copies beyond `keep` go, the oldest first; what is named otherwise stays.
    folder = daemon.state / "backups"
    (folder / "mine.db").write_text("not theirs")
    for _ in range(3):
        assert daemon.courant("backup", "--json").returncode == 0
    names = sorted(p.name for p in folder.iterdir())
    assert len(names) == 3 and names[-1] == "mine.db", names
    assert status(daemon)["backup"]["failed_at"] is None
    assert status(daemon)["backup"]["last_at"]
    daemon.courant("backup", "/no/such/folder/copy.db", expect=1)


def test_a_copy_that_fails_is_told(origin, daemon):
    daemon.start(origin.set("/feed", rss(*entries(1))))
    daemon.wait_checked()
    (daemon.state / "backups").write_text("in the way")
    assert "backups" in daemon.courant("backup", expect=1).stderr
    assert status(daemon)["backup"]["failed_at"]
    assert "backup" in daemon.courant("doctor", expect=None).stdout
    assert "backup" in daemon.courant("status").stdout


def test_a_scheduled_copy(origin, daemon):
    """The clock runs a day in some seconds; it is made at its hour, and no more of them are kept than asked for."""
    daemon.start(origin.set("/feed", rss(*entries(1))), clock_rate=20000, extra='backup { at = "03:30"  keep = 1 }\n')
    wait_until(lambda: status(daemon)["backup"]["last_at"], 60, "a copy")
    copies = list((daemon.state / "backups").glob("courant-*.db"))
    assert len(copies) == 1


def test_an_unclean_stop_is_followed_by_a_check(origin, daemon):
    daemon.start(origin.set("/feed", rss(*entries(3))))
    daemon.wait_checked()
    assert status(daemon)["database_check"] == "none"
    daemon.kill()
    daemon.start()
    wait_until(lambda: status(daemon)["database_check"] == "sound", 20, "the check")
    assert "sound" in daemon.log


def test_a_damaged_file_is_set_aside_and_the_copy_restored(origin, daemon):
    url = origin.set("/feed", rss(*entries(5)), rss(*entries(7)))
    daemon.start(url)
    daemon.wait_checked()
    daemon.courant("backup")
    assert daemon.refresh(url)["new"] == 2
    before = max(e["id"] for e in daemon.entries())
    daemon.stop()
    overwrite(daemon.state / "courant.db", 0)
    damaged = (daemon.state / "courant.db").read_bytes()

    daemon.start()
    assert len(daemon.titles()) == 5
    name = next(n for n in aside(daemon) if not n.endswith(".txt"))
    assert (daemon.state / name).read_bytes() == damaged
    assert "set aside" in daemon.log and name in daemon.log
    assert name in status(daemon)["recovery"]["text"]
    assert "restored" in daemon.courant("status").stdout
    assert "set aside" in daemon.courant("doctor", expect=None).stdout.replace("\n", " ").replace("  ", " ")
    # What came after the copy comes again while it is shown, under ids that nobody has seen.
    assert daemon.refresh(url)["new"] == 2
    assert min(e["id"] for e in daemon.entries() if e["title"].endswith(("6", "7"))) > before
    assert daemon.feed(url)["error"] is None
    # A second time nothing of the first is touched.
    daemon.stop()
    overwrite(daemon.state / "courant.db", 0)
    daemon.start()
    assert (daemon.state / name).read_bytes() == damaged
    assert len([n for n in aside(daemon) if not n.endswith(".txt")]) == 2


def test_without_a_copy_it_begins_anew(origin, daemon):
    url = origin.set("/feed", rss(*entries(5)))
    daemon.start(url)
    daemon.wait_checked()
    before = max(e["id"] for e in daemon.entries())
    daemon.stop()
    overwrite(daemon.state / "courant.db", 0)
    daemon.start()
    daemon.wait_checked()
    assert len(daemon.titles()) == 5 and min(e["id"] for e in daemon.entries()) > before
    assert "begins anew" in status(daemon)["recovery"]["text"]


def test_a_damaged_copy_is_passed_over(origin, daemon):
    url = origin.set("/feed", rss(*entries(5)))
    daemon.start(url)
    daemon.wait_checked()
    daemon.courant("backup")
    daemon.stop()
    good = next((daemon.state / "backups").glob("courant-*.db"))
    bad = good.with_name("courant-20990101T000000Z.db")
    shutil.copy(good, bad)
    overwrite(bad, page_of(bad, "entries"))
    overwrite(daemon.state / "courant.db", 0)
    daemon.start()
    assert len(daemon.titles()) == 5
    assert bad.name in daemon.log and good.name in status(daemon)["recovery"]["text"]


def test_a_damaged_page_is_found_by_the_check(origin, daemon):
    """The file opens, and one page is damaged: the check after an unclean stop finds it, the daemon ends, the next start restores."""
    daemon.start(origin.set("/feed", rss(*entries(5))))
    daemon.wait_checked()
    daemon.courant("backup")
    daemon.stop()
    overwrite(daemon.state / "courant.db", page_of(daemon.state / "courant.db", "digest_editions"))
    (daemon.state / "courant.db-wal").touch()  # as an unclean stop leaves one
    daemon.start(wait=False)
    assert daemon.process.wait(60) == 1
    daemon.process = None
    assert "is damaged" in daemon.log
    daemon.start()
    assert len(daemon.titles()) == 5
    assert aside(daemon)


def test_a_damaged_page_is_met_by_a_statement(origin, daemon):
    daemon.start(origin.set("/feed", rss(*entries(5))))
    daemon.wait_checked()
    daemon.courant("backup")
    daemon.stop()
    overwrite(daemon.state / "courant.db", page_of(daemon.state / "courant.db", "contents"))
    daemon.start()
    assert daemon.call("GET", "/v1/entries?content=1")[0] == 500
    assert daemon.process.wait(60) == 1
    daemon.process = None
    daemon.start()
    assert len(daemon.titles()) == 5
    assert aside(daemon)


def test_a_cut_off_log(origin, daemon):
    """Half of the log is gone: what was committed before that place is there, and whole."""
    url = origin.set("/feed", rss(*entries(5)), rss(*entries(9)))
    daemon.start(url)
    daemon.wait_checked()
    daemon.refresh(url)
    daemon.kill()
    log = daemon.state / "courant.db-wal"
    os.truncate(log, log.stat().st_size * 2 // 3)
    daemon.start()
    wait_until(lambda: status(daemon)["database_check"] == "sound", 20, "the check")
    assert not aside(daemon)
    daemon.refresh(daemon.feeds()[0]["feed_url"])
    assert len(daemon.titles()) == len(set(daemon.titles())) == 9


def test_a_damaged_search_index_is_made_anew(origin, daemon):
    url = origin.set("/feed", rss(*entries(5)), rss(*entries(9)))
    daemon.start(url)
    daemon.wait_checked()
    wait_until(lambda: daemon.get("/v1/entries?search=headline")["total"] == 5, 20, "the index")
    daemon.stop()
    with closing(sqlite3.connect(daemon.state / "courant.db")) as db:
        db.execute("UPDATE search_data SET block = x'0102030405' WHERE id > 10")
        db.commit()
    daemon.start()
    daemon.call("GET", "/v1/entries?search=headline")
    daemon.refresh(url)
    wait_until(lambda: daemon.call("GET", "/v1/entries?search=headline")[1].get("total") == 9, 30, "the index to be made anew")
    assert "made anew" in daemon.log
    assert not aside(daemon)


def test_a_stalled_client_does_not_hold_the_log(origin, daemon):
    """A follower and a large answer that nobody reads, while entries pour in."""
    count = iter(range(10**6))

    def document(request):
        n = next(count)
        return Answer(rss(*entries(40, prefix=f"{request.target[1:]}-{n}")), etag=f'"{n}"', conditional=False)
    origin.default = document
    urls = [origin.url(f"/{i}") for i in range(8)]
    daemon.start(*({"url": url, "interval": "1s"} for url in urls))
    follower = daemon.follow(last_id=0)
    from daemon import UnixConnection
    stalled = UnixConnection(daemon.socket, 60)
    stalled.request("GET", "/v1/entries?limit=10000&order=id")
    wait_until(lambda: status(daemon)["entries"] > 4000, 120, "entries")
    log = Path(f"{daemon.state}/courant.db-wal")
    wait_until(lambda: log.stat().st_size <= 9 << 20, 30, "the log to be short")
    stalled.close()
    follower.close()


def test_a_directory_that_cannot_be_written(daemon):
    daemon.configure()
    os.chmod(daemon.home, 0o755)
    os.chmod(daemon.conf, 0o644)
    os.chmod(daemon.state, 0o555)
    as_nobody = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}
    refused = subprocess.run([BUILD / "courantd", "-c", daemon.conf], capture_output=True, text=True, timeout=60, **as_nobody)
    os.chmod(daemon.state, 0o755)
    assert refused.returncode == 1
    assert str(daemon.state) in refused.stderr and "write" in refused.stderr
    assert not list(daemon.state.iterdir())


@pytest.fixture
def small_disk(daemon):
    """The daemon's state on a tmpfs of 4 MiB."""
    mounted = os.geteuid() == 0 and subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", daemon.state]).returncode == 0
    if not mounted:
        pytest.skip("mounting a tmpfs needs root")
    yield daemon.state
    daemon.stop()
    subprocess.run(["umount", "-l", daemon.state], check=True)


def test_a_full_disk(origin, daemon, small_disk):
    """Polling waits, reading goes on, and when there is room again everything comes: nothing was lost, nothing twice."""
    url = origin.set("/feed", Answer(rss(*entries(5)), etag='"1"'))
    daemon.start(url, poll={"interval": "1s", "max_interval": "2s"})
    daemon.wait_checked()
    ballast = small_disk / "ballast"
    with open(ballast, "wb", buffering=0) as f:
        try:
            while True:
                f.write(b"x" * 4096)
        except OSError:
            pass
    # What is new needs room in the log.
    long = [e for e in entries(40, prefix="long")]
    for e in long:
        e.text = "<p>" + "word " * 8000 + "</p>"
    origin.set("/feed", Answer(rss(*entries(5), *long), etag='"2"'))
    wait_until(lambda: status(daemon)["disk_full_since"], 60, "the full disk to be noticed")
    assert "the disk is full" in daemon.log
    assert len(daemon.titles()) == 5
    assert "full" in daemon.courant("status").stdout
    assert "full" in daemon.courant("doctor", expect=None).stdout
    code, report, _ = daemon.call("PUT", f"/v1/feeds/{daemon.feed(url)['id']}/refresh?wait=1")
    assert report.get("code") == "disk_full" or report.get("error", {}).get("code") == "disk_full", (code, report)
    assert origin.requests("/feed")[-1].header("If-None-Match") == '"1"'
    ballast.unlink()
    wait_until(lambda: status(daemon)["disk_full_since"] is None, 60, "the room to be noticed")
    wait_until(lambda: len(daemon.titles()) == 45, 60, "what could not be stored")
    assert origin.requests("/feed")[-1].header("If-None-Match") in ('"1"', '"2"')
    assert len(set(daemon.titles())) == 45
    assert "room again" in daemon.log


def test_a_clock_that_jumps_back_a_year(origin, daemon):
    """No entry is lost or repeated, and feeds are asked on in their rhythm, not a year later."""
    url = origin.set("/feed", Answer(rss(*entries(3)), etag='"1"'))
    daemon.start({"url": url, "interval": "1h"}, clock_rate=0)
    daemon.wait_checked()
    daemon.set_clock(by=-365 * DAY)
    origin.set("/feed", Answer(rss(*entries(6)), etag='"2"'))
    for _ in range(12):
        step(daemon, 600)
    assert len(daemon.titles()) == 6
    daemon.kill()
    daemon.start()
    wait_until(lambda: status(daemon)["database_check"] == "sound", 20, "the check")
    assert len(set(daemon.titles())) == 6
    assert [e["id"] for e in daemon.entries()] == sorted(e["id"] for e in daemon.entries())


def test_another_program_that_holds_the_log(origin, daemon):
    """The sqlite3 shell, say, with a transaction left open: the log grows, which is told once, and is cut when it has ended."""
    count = iter(range(10**6))
    noise = base64.encodebytes(random.Random(1).randbytes(20000)).decode()  # what cannot be compressed takes its room

    def document(request):
        n = next(count)
        news = entries(60, prefix=f"{request.target[1:]}-{n}")
        for e in news:
            e.text = f"<p>{n} {noise}</p>"
        return Answer(rss(*news), etag=f'"{n}"', conditional=False)
    origin.default = document
    urls = [origin.url(f"/{i}") for i in range(4)]
    daemon.start(*({"url": url, "interval": "1s"} for url in urls))
    wait_until(lambda: all(f["checked_at"] for f in daemon.feeds()), 60, "a first document of each")
    log = Path(f"{daemon.state}/courant.db-wal")
    with closing(sqlite3.connect(daemon.state / "courant.db", isolation_level=None)) as other:
        other.execute("BEGIN")
        seen = other.execute("SELECT COUNT(*) FROM entries").fetchone()
        wait_until(lambda: status(daemon)["log_held_since"], 120, "the log to be long")
        assert status(daemon)["log_bytes"] >= 64 << 20
        wait_until(lambda: log.stat().st_size >= 80 << 20, 120, "the log to grow on")
        assert daemon.log.count("cannot be cut") == 1
        assert "log" in daemon.courant("status").stdout
        assert "courant.db-wal" in daemon.courant("doctor", expect=None).stdout
        assert other.execute("SELECT COUNT(*) FROM entries").fetchone() == seen
        other.execute("COMMIT")
    wait_until(lambda: status(daemon)["log_held_since"] is None, 120, "the log to be short")
    wait_until(lambda: log.stat().st_size <= 9 << 20, 120, "the file to be short")
    assert "short again" in daemon.log


def test_a_clock_that_jumps_on_a_year_and_back(origin, daemon, monkeypatch):
    """As a machine without battery or network time: nothing goes for its age, and when the clock is set right everything goes on, rests,
    polls and editions alike."""
    monkeypatch.setenv("TZ", "UTC")
    url = origin.set("/feed", rss(*entries(12)))
    origin.set("/busy", Answer(rss(*entries(2, prefix="busy"))))
    busy = origin.url("/busy", "busy.localhost")
    digest = {"daily": {"at": "07:00", "formats": ["txt"]}}
    right = 1795330500  # 22 Nov 2026, 06:55
    daemon.set_clock(utc=right - 4 * DAY, rate=0)
    daemon.start({"url": url, "interval": "1h"}, {"url": busy, "interval": "1h"}, digest=digest,
                 extra='retain { read = "40d"  unread = "40d" }\n')
    daemon.wait_checked()
    editions = daemon.state / "digests" / "daily"

    def polled(path):
        n = len(origin.requests(path))
        for _ in range(24):
            step(daemon, HOUR)
            if len(origin.requests(path)) > n:
                return
        raise AssertionError(f"{path} was not asked for a day")
    # Only the last of them are shown any more, and all stood in an edition: they may go by age.
    origin.set("/feed", rss(*entries(12)[:3]))
    daemon.set_clock(utc=right - 2 * DAY + 301)
    wait_until(lambda: editions.exists() and list(editions.glob("2026-*")), 20, "an edition")
    polled("/feed")
    daemon.set_clock(utc=right + 302)
    wait_until(lambda: len(list(editions.glob("2026-*"))) >= 2, 20, "the next edition")

    origin.set("/busy", Answer(status=429, headers=[("Retry-After", str(10 * HOUR))]))
    daemon.set_clock(by=365 * DAY)
    for _ in range(3):
        polled("/feed")
    assert daemon.feed(busy)["error"]["code"] == "rate_limited"
    assert len(daemon.titles()) == 14
    assert "lie between now and" in daemon.log
    daemon.kill()
    daemon.start()
    polled("/feed")
    assert len(daemon.titles()) == 14

    daemon.set_clock(utc=right + HOUR)
    origin.set("/busy", Answer(rss(*entries(3, prefix="busy"))))
    polled("/feed")
    polled("/busy")
    assert len(daemon.titles()) == 15
    daemon.set_clock(utc=right + DAY + 302)
    wait_until(lambda: (editions / "2026-11-23.txt").exists(), 20, "the edition of the day after")
    assert "Headline busy 3" in (editions / "2026-11-23.txt").read_text()
    assert len(daemon.titles()) == len(set(daemon.titles())) == 15
