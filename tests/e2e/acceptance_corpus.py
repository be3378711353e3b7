"""Real feeds, through the real programs, twice."""

import time

import corpus
from conftest import figure


@corpus.needed
def test_corpus_twice(origin, daemon):
    real = corpus.Corpus(origin)
    started = time.monotonic()
    daemon.start(*real.feeds, poll=corpus.POLL)
    feeds = corpus.by_name(daemon.wait_checked(timeout=120))
    cold = time.monotonic() - started
    assert len(feeds) == len(real.reference)

    failed = {name: feed["error"] for name, feed in feeds.items() if feed["error"]}
    assert all(e["stage"] == "parse" and e["code"] and e["message"] for e in failed.values()), failed
    good = {name for name, r in real.reference.items() if not r["bozo"]}
    other = {name: (feeds[name]["entries"], real.reference[name]["n_entries"]) for name in good
             if feeds[name]["entries"] != real.reference[name]["n_entries"]}
    equal = len(good) - len(other)
    figure(f"{len(feeds)} files in {cold:.1f} s; {len(failed)} are no feeds; "
           f"of {len(good)} well-formed feeds {equal} have the reference's number of entries ({100 * equal / len(good):.1f} %)")
    for name, error in sorted(failed.items()):
        figure(f"  no feed: {name}: {error['code']}: {error['detail']} (reference: {real.reference[name]['n_entries']} entries)")
    for name, (ours, theirs) in sorted(other.items()):
        figure(f"  other number: {name}: {ours}, reference {theirs}")

    before = corpus.essence(corpus.all_entries(daemon))
    origin.forget()
    started = time.monotonic()
    status, report, _ = daemon.call("PUT", "/v1/feeds/refresh?wait=1", timeout=120)
    assert status == 200 and report["feeds"] == len(feeds)
    unconditional = [r.target for r in origin.requests() if r.header("If-None-Match") is None]
    figure(f"second round: {len(origin.requests())} requests in {time.monotonic() - started:.1f} s, {len(unconditional)} of them "
           f"unconditional (documents that were broken), {report['new']} new, {report['changed']} changed")
    assert len(origin.requests()) == len(feeds)
    assert (report["new"], report["changed"]) == (0, 0)
    assert corpus.essence(corpus.all_entries(daemon)) == before
    broken = {name for name, r in real.reference.items() if r["bozo"]} | set(failed)
    assert len(unconditional) <= len(broken) + 10, unconditional
    assert equal >= 0.97 * len(good)
