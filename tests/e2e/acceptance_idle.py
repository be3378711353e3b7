"""What a daemon costs while nothing is due."""

import time
from pathlib import Path

import corpus
from conftest import figure
from daemon import SANITIZED, memory_of, wait_until
from documents import entries, rss

FEEDS = 630
WATCH_S = 20
IDLE_MB = 36


def switches(pid):
    """Voluntary context switches of all threads: each is a wake-up."""
    total = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        line = next(l for l in (task / "status").read_text().splitlines() if l.startswith("voluntary_ctxt_switches"))
        total += int(line.split()[1])
    return total


def feeds_at(origin):
    """The corpus when it is there, else as many small feeds."""
    if (corpus.FOLDER / "reference.jsonl").exists():
        return corpus.Corpus(origin).feeds
    return [origin.set(f"/{i}", rss(*entries(20, prefix=f"f{i}"))) for i in range(FEEDS)]


def test_idle_daemon(origin, daemon):
    feeds = feeds_at(origin)
    daemon.start(*feeds, poll=corpus.POLL)
    daemon.wait_checked(timeout=120)
    busy = {what: daemon.memory(what) for what in ("Rss", "Pss")}
    n_workers = len(daemon.workers)
    wait_until(lambda: not daemon.workers, 90, "the parsers to be dismissed")
    time.sleep(2)
    before = switches(daemon.process.pid)
    time.sleep(WATCH_S)
    woken = switches(daemon.process.pid) - before
    rss_, pss, private = (memory_of(daemon.process.pid, what) / 1e6 for what in ("Rss", "Pss", "Private_Dirty"))
    figure(f"{len(feeds)} feeds, just polled: {busy['Rss'] / 1e6:.1f} MB resident in the daemon and {n_workers} parsers ({busy['Pss'] / 1e6:.1f} MB PSS)")
    figure(f"idle: {rss_:.1f} MB resident ({pss:.1f} MB PSS, {private:.1f} MB private dirty), {woken} wake-ups in {WATCH_S} s")
    assert woken == 0
    if not SANITIZED:
        assert rss_ < IDLE_MB


def test_idle_again_after_bursts(origin, daemon):
    """What many documents and long answers took is given back, and not only the first time."""
    daemon.start(*feeds_at(origin), poll=corpus.POLL)
    daemon.wait_checked(timeout=120)
    bursts = {"documents": lambda: daemon.call("PUT", "/v1/feeds/refresh?wait=1", timeout=120),
              "answers": lambda: [daemon.get("/v1/entries?limit=10000") for _ in range(5)],
              "searches": lambda: [daemon.get("/v1/entries?limit=10000&search=news") for _ in range(5)]}
    for what, burst in bursts.items():
        burst()
        busy = memory_of(daemon.process.pid, "Rss") / 1e6
        if not SANITIZED:
            wait_until(lambda: memory_of(daemon.process.pid, "Rss") / 1e6 < IDLE_MB, 60, f"the memory of {what} to be given back")
            time.sleep(5)
        figure(f"{what}: {busy:.1f} MB resident in the daemon, then {memory_of(daemon.process.pid, 'Rss') / 1e6:.1f} MB")
