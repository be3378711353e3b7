#!/usr/bin/python3
"""backup.py DATABASE: what a copy of a large database costs those who go on meanwhile.

A daemon with a copy of a database that bench_store kept; feeds on this machine bring something new every second, a client asks for headlines.
First ten seconds without, then while `POST /v1/backup` is carried out: how long it takes, how many entries are stored in a second, how long the
client waits, and how long the log gets.
"""

import itertools
import subprocess
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "e2e"))

from daemon import Daemon  # noqa: E402
from documents import entries, rss  # noqa: E402
from origin import Answer, Origin  # noqa: E402

FEEDS = 40
QUESTION = "/v1/entries?limit=50&status=unread&order=published_at&direction=desc&content=0"
LOG_BOUND = 256 << 20  # LIMIT_BACKUP_LOG


class Client(threading.Thread):
    """Asks one question after the other, and looks at the log."""

    def __init__(self, daemon):
        super().__init__(daemon=True)
        self.d = daemon
        self.times = []
        self.longest_log = 0
        self.stop = threading.Event()

    def run(self):
        log = Path(f"{self.d.state}/courant.db-wal")
        while not self.stop.is_set():
            start = time.perf_counter()
            self.d.get(QUESTION)
            self.times.append(time.perf_counter() - start)
            self.longest_log = max(self.longest_log, log.stat().st_size)
            time.sleep(0.005)


def while_doing(daemon, name, work):
    client = Client(daemon)
    before, start = daemon.get("/v1/status")["last_entry_id"], time.perf_counter()
    client.start()
    work()
    took = time.perf_counter() - start
    stored = daemon.get("/v1/status")["last_entry_id"] - before
    client.stop.set()
    client.join()
    times = sorted(t * 1e3 for t in client.times)
    print(f"  {name:24} {took:6.1f} s  {stored / took:7.0f} entries/s  headlines p50 {times[len(times) // 2]:6.1f}  "
          f"p99 {times[len(times) * 99 // 100]:6.1f}  max {times[-1]:6.1f} ms  log at most {client.longest_log / 2**20:.0f} MiB")
    return client.longest_log


def main():
    origin, daemon, count = Origin(), Daemon(), itertools.count(1)
    try:
        def answer(request):
            n = next(count)
            return Answer(rss(*entries(10, prefix=f"{request.target[1:]}-{n}")), etag=f'"{n}"', conditional=False)
        origin.default = answer
        subprocess.run(["cp", "--reflink=auto", sys.argv[1], daemon.state / "courant.db"], check=True)
        daemon.start(*({"url": origin.url(f"/{i}"), "interval": "1s"} for i in range(FEEDS)), digest={"daily": {"at": "never"}},
                     extra='backup { at = "never" }\n', wait=False)
        while True:
            try:
                daemon.get("/v1/status")
                break
            except OSError:
                time.sleep(0.1)
        time.sleep(5)
        while_doing(daemon, "without", lambda: time.sleep(10))
        said = []
        longest = while_doing(daemon, "while it is copied", lambda: said.append(daemon.call("POST", "/v1/backup", timeout=1800)))
        assert said[0][0] == 201, said
        print(f"  the copy: {said[0][1]['bytes'] / 2**20:.0f} MiB, checked; the log's bound is {LOG_BOUND >> 20} MiB"
              f"{'  OVER' if longest > LOG_BOUND else ''}")
        daemon.stop()
    finally:
        origin.close()
        daemon.remove()


if __name__ == "__main__":
    main()
