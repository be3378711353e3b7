"""A folder of feeds as found on the web with a reference reading of each, when there is one beside the checkout."""

import hashlib
import json
import os
from functools import cached_property
from pathlib import Path
from urllib.parse import quote, unquote

import pytest
from origin import Answer

FOLDER = Path(os.environ.get("CORPUS") or Path(__file__).parents[3] / "shared/corpus/real")
needed = pytest.mark.skipif(not (FOLDER / "reference.jsonl").exists(), reason=f"no corpus in {FOLDER}")
POLL = {"concurrency": 16, "per_host": 6}


class Corpus:
    def __init__(self, origin, delay=None):
        self.origin = origin
        self.delay = delay
        origin.default = self.answer

    @cached_property
    def reference(self):
        with open(FOLDER / "reference.jsonl") as file:
            return {r["file"]: r for r in map(json.loads, file)}

    @property
    def feeds(self):
        """For Daemon.configure."""
        return [{"url": self.origin.url("/" + quote(name)), "name": name} for name in self.reference]

    def answer(self, request):
        if self.delay:
            self.delay()
        body = (FOLDER / unquote(request.target[1:])).read_bytes()
        return Answer(body, type=None, etag=f'"{hashlib.sha256(body).hexdigest()[:16]}"')


def by_name(feeds):
    return {unquote(f["feed_url"].rsplit("/", 1)[1]): f for f in feeds}


def essence(entries):
    """What must be the same whatever happened on the way: ids and times of storing are not."""
    return sorted((e["feed"]["feed_url"].rsplit("/", 1)[1], e["url"], e["title"], e["hash"]) for e in entries)


def all_entries(daemon):
    """Page by page: an answer holds 10,000 at most."""
    found, last = [], 0
    while page := daemon.entries(f"order=id&limit=5000&content=0&after_entry_id={last}"):
        found += page
        last = page[-1]["id"]
    return found
