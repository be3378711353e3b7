"""What a daemon costs while nothing is due."""

import time
from pathlib import Path

import corpus
from conftest import figure
from daemon import SANITIZED, memory_of, wait_until

FEEDS = 630
WATCH_S = 20


def switches(pid):
    """Voluntary context switches of all threads: each is a wake-up."""
    total = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        line = next(l for l in (task / "status").read_text().splitlines() if l.startswith("voluntary_ctxt_switches"))
        total += int(line.split()[1])
    return total


def test_idle_daemon(origin, daemon):
    """With the corpus when it is there, else with as many small feeds."""
    from documents import entries, rss
    if (corpus.FOLDER / "reference.jsonl").exists():
        feeds = corpus.Corpus(origin).feeds
    else:
        feeds = [origin.set(f"/{i}", rss(*entries(20, prefix=f"f{i}"))) for i in range(FEEDS)]
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
        assert rss_ < 40
