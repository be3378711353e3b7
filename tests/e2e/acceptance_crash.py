"""kill -9 at random moments: of the daemon, and of its parsers, while a follower reads on."""

import http.client
import itertools
import os
import random
import signal
import threading
import time

import corpus
from conftest import figure
from daemon import Daemon, Follower, wait_until

DAEMON_KILLS = 20
WORKER_KILLS = 50
COUNT = itertools.count(1)


class Reader:
    """A follower that comes back after every crash with the last id it has seen."""

    def __init__(self, daemon):
        self.daemon = daemon
        self.ids = []
        self.connections = 0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        while not self._stopping.is_set():
            try:
                follower = Follower(self.daemon.socket, last_id=self.ids[-1] if self.ids else 0)
            except (OSError, http.client.HTTPException):
                time.sleep(0.01)
                continue
            self.connections += 1
            while not self._stopping.is_set() and not follower.ended:
                time.sleep(0.01)
            follower.close()
            self.ids += follower.ids

    def finish(self):
        self._stopping.set()
        self._thread.join()
        return self.ids


def uninterrupted(origin):
    """What an undisturbed daemon makes of the corpus."""
    d = Daemon()
    try:
        d.start(*corpus.Corpus(origin).feeds, poll=corpus.POLL)
        d.wait_checked(timeout=120)
        entries = corpus.essence(corpus.all_entries(d))
        d.stop()
        return entries
    finally:
        d.remove()


@corpus.needed
def test_kill_9_at_random_moments(origin, daemon):
    expected = uninterrupted(origin)
    seed = int(os.environ.get("SEED") or time.time())
    dice = random.Random(seed)
    figure(f"SEED={seed}")
    real = corpus.Corpus(origin, delay=lambda: time.sleep(0.15))  # so that there is something to interrupt
    daemon.start(*real.feeds, poll=corpus.POLL)
    reader = Reader(daemon)
    killed = [0]
    stop = threading.Event()

    def kill_workers():
        # One at a time with a pause: two deaths over one document would rightly be taken for the document's fault.
        while killed[0] < WORKER_KILLS and not stop.is_set():
            time.sleep(0.1)
            try:
                os.kill(dice.choice(daemon.workers), signal.SIGKILL)
                killed[0] += 1
            except (OSError, IndexError, AttributeError):
                pass  # the daemon or the worker is just gone

    killer = threading.Thread(target=kill_workers, daemon=True)
    killer.start()
    for _ in range(DAEMON_KILLS):
        time.sleep(dice.uniform(0, 0.6))
        daemon.kill()
        daemon.start()
    figure(f"{DAEMON_KILLS} kills of the daemon, {killed[0]} of workers among them")
    while killed[0] < WORKER_KILLS:
        # All may be polled by now: ask again, without validators there is work for the parsers.
        origin.default = lambda request: _unconditional(real, request)
        try:
            daemon.call("PUT", "/v1/feeds/refresh?wait=1", timeout=60)
        except OSError:
            pass
    stop.set()
    killer.join()
    daemon.kill()
    daemon.start()
    daemon.wait_checked(timeout=120)
    crashed = [f["feed_url"] for f in daemon.feeds() if f["error"] and f["error"]["code"] in ("parser_crashed", "quarantined")]

    entries = corpus.all_entries(daemon)
    ids = [e["id"] for e in entries]
    wait_until(lambda: daemon.get("/v1/status")["followers"] == 1, 20, "the follower to be back")
    time.sleep(1)
    seen = reader.finish()
    figure(f"{killed[0]} kills of workers; {len(entries)} entries; the follower came {reader.connections} times, saw {len(seen)}; "
           f"{len(crashed)} documents blamed")
    assert crashed == []
    assert corpus.essence(entries) == expected
    assert len(seen) == len(set(seen))
    assert seen == ids


def _unconditional(real, request):
    answer = real.answer(request)
    answer.conditional = False
    answer.body += b"\n" * next(COUNT)  # the same entries in other bytes
    return answer
