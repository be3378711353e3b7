"""GET /metrics: what Prometheus reads, with a bounded number of series."""

import re

from documents import entries, rss
from origin import Answer

LINE = re.compile(r'courant_[a-z_]+(\{[a-z]+="[^"\\\n]*"\})? [0-9.e+-]+')


def samples(daemon):
    status, body, headers = daemon.call("GET", "/metrics")
    assert status == 200 and headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    result = {}
    typed = set()
    for line in body.decode().splitlines():
        if line.startswith("# TYPE "):
            name = line.split()[2]
            assert name not in typed, line
            typed.add(name)
        elif not line.startswith("# HELP "):
            assert LINE.fullmatch(line), line
            name, value = line.rsplit(" ", 1)
            base = re.sub(r"_(bucket|sum|count)$", "", name.split("{")[0])
            assert base in typed and name not in result, line
            result[name] = float(value)
    return result


def test_what_happened_is_counted(origin, daemon):
    feeds = [origin.set("/a", Answer(rss(*entries(3)), etag='"1"', conditional=True)), origin.set("/b", Answer(b"", status=404)),
             origin.set("/c", Answer(b"<!doctype html><html><body>Hi</body></html>", type="text/html"))]
    daemon.start(*feeds)
    daemon.wait_checked()
    daemon.refresh(feeds[0])
    m = samples(daemon)
    assert m['courant_feeds{health="ok"}'] == 1 and m['courant_feeds{health="not_a_feed"}'] == 1 and m['courant_feeds{health="retrying"}'] == 1
    assert m['courant_refreshes_total{result="ok"}'] == 1 and m['courant_refreshes_total{result="unchanged"}'] == 1
    assert m['courant_refreshes_total{result="http_error"}'] == 1 and m['courant_refreshes_total{result="not_a_feed"}'] == 1
    assert m["courant_entries"] == m["courant_new_entries_total"] == 3
    assert m["courant_commit_seconds_count"] == 4 == m['courant_commit_seconds_bucket{le="+Inf"}']
    assert m["courant_requests_total"] == 4 and m["courant_received_bytes_total"] > 0
    assert m['courant_documents_total{result="parsed"}'] == 2
    buckets = [v for n, v in m.items() if n.startswith("courant_commit_seconds_bucket")]
    assert buckets == sorted(buckets)


def test_the_number_of_series_does_not_grow_with_the_feeds(origin, daemon):
    daemon.start(*[origin.set(f"/{i}", rss(*entries(1, prefix=str(i)))) for i in range(20)])
    daemon.wait_checked()
    m = samples(daemon)
    assert sum(v for n, v in m.items() if n.startswith("courant_feeds{")) == 20
    assert len(m) < 120
