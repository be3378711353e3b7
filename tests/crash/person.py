"""A person beside the follower: marks, stars, adds and removes feeds, asks for copies; and remembers what the daemon said is done.

An answer that the kill took away says nothing: what was asked for then may be so or not, and is never asked about again.
"""

import http.client
import itertools
import threading
import time
from concurrent.futures import ThreadPoolExecutor


class Person:
    def __init__(self, daemon, publisher, dice):
        self._daemon = daemon
        self._publisher = publisher
        self._dice = dice
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self.read = {}  # id: whether it was acknowledged as read, or as unread
        self.starred = set()
        self._touched = set()  # ids that were starred, or tried to be
        self.added = {}  # id: url of feeds that are there
        self.removed = set()  # ids of feeds that are gone
        self.doubtful = set()  # ids of feeds that may be gone
        self.copies = 0
        self._added_paths = set()

    def snapshot(self):
        """What must hold from now on."""
        with self._lock:
            return {"read": dict(self.read), "starred": set(self.starred), "added": dict(self.added), "removed": set(self.removed)}

    def lost_feeds(self):
        """Ids of feeds whose entries may be gone."""
        with self._lock:
            return self.removed | self.doubtful

    def live(self, seconds, seen):
        """One life of the daemon, which `seconds` later is killed by the caller. Returns what is to be joined after that."""
        deadline = time.monotonic() + seconds
        pool = ThreadPoolExecutor(3)
        for work in (self._mark, self._manage, self._copy):
            pool.submit(self._repeat, work, deadline, seen)
        return pool

    def _repeat(self, work, deadline, seen):
        while time.monotonic() < deadline:
            try:
                work(seen)
            except (OSError, http.client.HTTPException, ValueError):
                pass  # it is not listening yet, or was killed
            time.sleep(0.02)

    def _call(self, *args, **more):
        return self._daemon.call(*args, timeout=10, **more)

    def _mark(self, seen):
        """Read, unread or a star, for some of what the follower was sent last."""
        ids = [i for i, _ in seen()[-60:]]
        if not ids:
            return
        some = self._dice.sample(ids, min(3, len(ids)))
        if self._dice.random() < 0.3:
            with self._lock:
                fresh = [i for i in some if i not in self._touched]
                self._touched.update(fresh)
            for i in fresh:
                if self._call("PUT", f"/v1/entries/{i}/bookmark")[0] == 204:
                    with self._lock:
                        self.starred.add(i)
            return
        as_read = self._dice.random() < 0.8
        with self._lock:
            for i in some:
                self.read.pop(i, None)
        if self._call("PUT", "/v1/entries", {"entry_ids": some, "status": "read" if as_read else "unread"})[0] == 204:
            with self._lock:
                self.read.update(dict.fromkeys(some, as_read))

    def _manage(self, seen):
        """Adds feeds, and removes those it added before."""
        with self._lock:
            mine = list(self.added)
        if mine and self._dice.random() < (0.7 if len(mine) > 3 else 0.2):
            feed = self._dice.choice(mine)
            with self._lock:
                del self.added[feed]
                self.doubtful.add(feed)
            if self._call("DELETE", f"/v1/feeds/{feed}")[0] == 204:
                with self._lock:
                    self.removed.add(feed)
                    self.doubtful.discard(feed)
        else:
            url = self._publisher.another(f"/added-{next(self._numbers)}")
            status, answer, _ = self._call("POST", "/v1/feeds", {"feed_url": url, "allow_private": True})
            if status == 201:
                with self._lock:
                    self.added[answer["feed_id"]] = url
        time.sleep(0.1)

    def _copy(self, seen):
        time.sleep(self._dice.uniform(0, 0.5))
        if self._call("POST", "/v1/backup")[0] == 201:
            self.copies += 1
