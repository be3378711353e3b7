"""Feeds that a program prints: from the configuration to a headline, and nobody else may name a program."""

from pathlib import Path

import pytest
from daemon import wait_until
from documents import entries, rss


@pytest.fixture
def script(daemon):
    def write(text, name="a script", interpreter="/bin/sh"):
        path = daemon.home / name
        path.write_text(f"#!{interpreter}\n{text}\n")
        path.chmod(0o700)
        return str(path)
    return write


def declare(daemon, *command, **keys):
    words = ", ".join('"%s"' % w for w in command)
    more = "  ".join(f'{k} = "{v}"' for k, v in keys.items())
    daemon.configure(extra=f'feed "Mine" {{ exec = {{ {words} }} {more} }}\n')


def test_what_a_program_prints_is_a_feed(daemon, script):
    document = daemon.home / "document"
    document.write_bytes(rss(*entries(2)))
    program = script(f'[ "$1" = "two words" ] && exec cat "{document}"')
    declare(daemon, program, "two words")
    daemon.start()
    daemon.wait_checked()
    assert len(daemon.titles()) == 2
    feed, = daemon.feeds()
    url = f"exec:{program} two words".replace("a script", "a%20script").replace("two words", "two%20words")
    assert feed["feed_url"] == url and feed["error"] is None
    assert daemon.refresh(url)["not_modified"]
    document.write_bytes(rss(*entries(3)))
    report = daemon.refresh(url)
    assert report["new"] == 1 and not report["not_modified"]
    # It is the same feed after a restart.
    daemon.stop()
    daemon.start()
    assert len(daemon.feeds()) == 1 and daemon.refresh(url)["not_modified"]


def test_its_failure_is_told(daemon, script):
    program = script("echo 'the tide table is out' >&2; exit 7", name="tides")
    declare(daemon, program)
    daemon.start()
    daemon.wait_checked()
    error = daemon.feeds()[0]["error"]
    assert error["code"] == "exec_failed" and error["stage"] == "fetch"
    assert error["detail"].endswith("tides exited with status 7: the tide table is out")
    shown = daemon.courant("feeds", "--failing").stdout
    assert "exited with status 7" in shown


def test_no_answer_within_the_time_limit(daemon, script):
    declare(daemon, script("trap '' TERM; sleep 1000"))
    daemon.conf.write_text(daemon.conf.read_text().replace('timeout = "10s"', 'timeout = "1s"'))
    daemon.start()
    daemon.wait_checked()
    assert daemon.feeds()[0]["error"]["code"] == "timeout"


def test_it_is_asked_again_by_itself(daemon, script):
    declare(daemon, script(f"echo run >> /tmp/{daemon.home.name}-runs; exit 1"), interval="1s")
    runs = Path(f"/tmp/{daemon.home.name}-runs")
    daemon.start()
    try:
        wait_until(lambda: runs.exists() and runs.read_text().count("run") >= 2, 60, "the second run")
    finally:
        runs.unlink(missing_ok=True)


def test_nobody_else_can_name_a_program(daemon, origin):
    origin.set("/feed", rss(*entries(1)))
    daemon.start()
    for url in ("exec:/bin/true", "EXEC:/bin/true", "exec:///bin/true"):
        status, body, _ = daemon.call("POST", "/v1/feeds", {"feed_url": url})
        assert status == 400, body
    daemon.courant("add", "exec:/bin/true", expect=1)
    assert daemon.feeds() == []


def test_a_feed_that_is_no_longer_declared_runs_no_more(daemon, script):
    marker = Path(f"/tmp/{daemon.home.name}-ran")
    program = script(f"echo x >> {marker}; exit 1")
    declare(daemon, program, interval="1h")
    daemon.start()
    daemon.wait_checked()
    daemon.configure()
    daemon.reload()
    wait_until(lambda: daemon.feeds()[0]["disabled"], what="the feed to be disabled")
    feed, = daemon.feeds()
    daemon.call("PUT", f"/v1/feeds/{feed['id']}/refresh?wait=1")
    status, body, _ = daemon.call("POST", "/v1/feeds", {"feed_url": feed["feed_url"]})
    assert status == 400, body
    daemon.stop()
    assert marker.read_text() == "x\n"
    marker.unlink()


def test_stopping_ends_what_runs(daemon, script):
    path = Path(f"/tmp/{daemon.home.name}-pid")
    declare(daemon, script(f"echo $$ > {path}.new; mv {path}.new {path}; trap '' TERM; sleep 1000"))
    daemon.start()
    wait_until(path.exists, 30, "the script to begin")
    pid = int(path.read_text())
    path.unlink()
    daemon.stop()
    wait_until(lambda: not Path(f"/proc/{pid}").exists() or ") Z " in Path(f"/proc/{pid}/stat").read_text(), 30, "its end")
