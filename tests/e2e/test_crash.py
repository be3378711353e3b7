"""kill -9: nothing is lost, nothing is there twice."""

import os
import signal
import sqlite3
import threading

from daemon import wait_until
from documents import entries, rss
from origin import Answer, Stream


def test_kill_9_of_the_daemon(origin, daemon):
    urls = [origin.set(f"/{i}", Answer(rss(*entries(10, prefix=f"f{i}")), etag=f'"{i}"')) for i in range(20)]
    daemon.start(*urls)
    wait_until(daemon.titles, what="the first entries")
    daemon.kill()
    daemon.start()
    daemon.wait_checked()
    assert len(daemon.titles()) == len(set(daemon.titles())) == 200
    daemon.stop()
    with sqlite3.connect(daemon.state / "courant.db") as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_stale_socket_is_replaced(origin, daemon):
    daemon.start(origin.set("/feed", rss(*entries(1))))
    daemon.kill()
    assert daemon.socket.exists()
    daemon.start()
    wait_until(lambda: daemon.get("/v1/status")["feeds"] == 1, what="the declared feed")


def test_a_killed_worker_costs_nothing(origin, daemon):
    url = origin.set("/feed", rss(*entries(1)), rss(*entries(2)))
    daemon.start(url)
    daemon.wait_checked()
    for pid in daemon.workers:
        os.kill(pid, signal.SIGKILL)
    assert daemon.refresh(url)["new"] == 1
    assert daemon.feed(url)["error"] is None


def test_workers_killed_while_they_work(origin, daemon):
    """One death costs a document nothing; a second one over the same document may be taken for its fault."""
    gate = threading.Semaphore(0)

    def when_let_through(request):
        gate.acquire()
        return Answer(rss(*entries(50, prefix="f" + request.target[1:])))
    origin.default = when_let_through
    rounds, batch = 10, 6
    daemon.start(*(origin.url(f"/{i}") for i in range(rounds * batch)))

    def n_checked():
        return sum(bool(f["checked_at"]) for f in daemon.feeds())
    for i in range(rounds):
        gate.release(batch)
        # One came through, so a worker is there, and the others of the batch are on their way.
        wait_until(lambda: n_checked() > i * batch, 30, "a document")
        os.kill(wait_until(lambda: daemon.workers, what="a worker")[0], signal.SIGKILL)
        wait_until(lambda: n_checked() == (i + 1) * batch, 60, "the batch")
    failed = [f for f in daemon.feeds() if f["error"]]
    # A document that is killed over twice is given up; no document met more than one of these kills.
    assert not failed, failed
    assert {f["entries"] for f in daemon.feeds()} == {50}


def test_two_daemons_on_one_state(origin, daemon):
    """The second must say why it will not start, and not hurt the first."""
    import subprocess
    from daemon import BUILD
    daemon.start(origin.set("/feed", rss(*entries(1))))
    daemon.wait_checked()
    second = subprocess.run([BUILD / "courantd", "-c", daemon.conf], capture_output=True, text=True, timeout=10)
    assert second.returncode == 1 and second.stderr
    assert daemon.titles() == ["Headline entry 1"]


def test_stopping_in_the_middle_of_everything(origin, daemon):
    """SIGTERM with fetches that hang and followers that wait: out within 5 s (asserted by the fixture)."""
    urls = [origin.set(f"/{i}", Stream(lambda: iter([b"<rss>"] * 1000), pause=0.1)) for i in range(5)]
    daemon.start(*urls, origin.set("/ok", rss(*entries(1))))
    follower = daemon.follow()
    wait_until(lambda: daemon.get("/v1/status")["fetch"]["active"] >= 5, what="fetches under way")
    daemon.stop()
    wait_until(lambda: follower.ended, what="the stream's end")
