"""A publisher whose documents bring something new, and which remembers when each feed was asked."""

import re
import threading
import time

from documents import Entry, rss
from origin import Answer, Origin

SHOWN = 12  # entries of one document; a feed that is asked gets up to NEW of them new, while it missed none
NEW = 3


class Publisher:
    def __init__(self, n_feeds):
        self.origin = Origin()
        self.origin.default = self._answer
        self.paths = [f"/{i}" for i in range(n_feeds)]
        self.urls = [self.origin.url(path) for path in self.paths]
        self._lock = threading.Lock()
        self._last = dict.fromkeys(self.paths, 0)  # the number of the youngest entry
        self.asked = []  # (life of the daemon, path, UTC seconds) since take_asked()

    def another(self, path):
        """The URL of one feed more."""
        with self._lock:
            self._last[path] = 0
        return self.origin.url(path)

    def _answer(self, request):
        now = time.time()
        with self._lock:
            path = request.target
            # Who asked is part of its name: what was on its way when it was killed may be read here after its successor came.
            life = int(re.search(r"life/(\d+)", request.header("User-Agent"))[1])
            self.asked.append((life, path, now))
            last = self._last[path]
            kept = int((request.header("If-None-Match") or '"0"').strip('"'))  # the last document's that was stored
            if 0 < last == kept and int(now) % 3 == 0:
                return Answer(status=304, etag=f'"{last}"', type=None)
            # However often a kill comes before one is stored, none is missed.
            if last + NEW <= kept + SHOWN:
                last += 1 + int(now * 1000) % NEW
            self._last[path] = last
        numbers = range(max(1, last - SHOWN + 1), last + 1)
        items = [Entry(f"Headline {path[1:]}-{n}", f"{path[1:]}-{n}", f"https://news.example{path}/{n}", f"<p>Word{n} of {path[1:]}.</p>", None)
                 for n in numbers]
        return Answer(rss(*items), etag=f'"{last}"', conditional=False)

    def take_asked(self):
        with self._lock:
            asked, self.asked = self.asked, []
        self.origin.forget()
        return asked

    def close(self):
        self.origin.close()
