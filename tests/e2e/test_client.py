"""courant, the client: what scripts rely on."""

import json
import os
import subprocess
import unicodedata

import pytest
from daemon import BUILD, wait_until
from documents import Entry, entries, rss
from origin import Answer


@pytest.fixture
def running(origin, daemon):
    daemon.start({"url": origin.set("/feed", rss(*entries(3))), "name": "Three", "category": "tech"})
    daemon.wait_checked()
    return daemon


def test_headlines_is_the_default(running):
    assert running.courant().stdout == running.courant("headlines").stdout
    assert "Headline entry 3" in running.courant().stdout


def test_json_and_tsv(running):
    data = json.loads(running.courant("headlines", "--json").stdout)
    listed = data["entries"] if isinstance(data, dict) else data
    assert {e["title"] for e in listed} == set(running.titles())
    rows = running.courant("headlines", "--tsv").stdout.splitlines()
    assert sum("Headline entry" in row for row in rows) == 3 and all("\t" in row for row in rows)


def test_options_stand_before_or_after(running):
    assert running.courant("--json", "feeds").stdout == running.courant("feeds", "--json").stdout


def test_show(running):
    first = next(e["id"] for e in running.entries() if e["title"] == "Headline entry 1")
    shown = running.courant("show", str(first)).stdout
    assert "Headline entry 1" in shown and "Body of entry 1" in shown and "<p>" not in shown


def test_read(running):
    first = running.entries()[0]["id"]
    title = running.entries()[0]["title"]
    assert title in running.courant().stdout
    running.courant("read", str(first))
    assert running.get(f"/v1/entries/{first}")["status"] == "read"
    assert title not in running.courant().stdout
    assert title in running.courant("headlines", "--all").stdout
    running.courant("unread", str(first))
    assert title in running.courant().stdout


def test_add_refresh_remove(running, origin):
    url = origin.set("/added", rss(*entries(1, prefix="added")), rss(*entries(2, prefix="added")))
    running.courant("add", url, "--allow-private")
    running.wait_checked(url)
    number = str(running.feed(url)["id"])
    running.courant("refresh", "--wait", number)
    assert "Headline added 2" in running.titles()
    running.courant("remove", number)
    wait_until(lambda: all(f["feed_url"] != url for f in running.feeds()), what="the feed to go")


def test_feeds_shows_health(running, origin):
    bad = origin.set("/bad", rss(*entries(1, prefix="bad")), Answer(b"", status=503))
    running.courant("add", bad, "--allow-private")
    running.refresh(bad)
    shown = running.courant("feeds").stdout
    assert "Three" in shown and "503" in shown


def test_status(running):
    assert "1" in running.courant("status").stdout
    assert json.loads(running.courant("status", "--json").stdout)["feeds"] == 1


def columns_of(line):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


TABLE = "<table><tr><th>port</th><th>ships</th><th>what was said</th></tr><tr><td>上海</td><td>2,930</td><td>fog, late pilots and a strike</td></tr></table>"


@pytest.mark.parametrize("columns", [40, 80, 120])
def test_no_line_is_wider_than_the_terminal(origin, daemon, columns):
    """What is wide is cut or folded."""
    wide = "国家统计局发布的全国范围内的经济数据 " * 4
    items = [*entries(2), Entry(wide, "wide", text=TABLE), Entry("Zalg\u0335\u0322o e\u0301 " * 9, "marks")]
    failing = origin.set("/bad", Answer(b"", status=503))
    daemon.start({"url": origin.set("/feed", rss(*items)), "name": wide, "category": "tech"}, {"url": failing, "name": "Failing " * 9})
    daemon.wait_checked()
    shown = next(str(e["id"]) for e in daemon.entries() if e["title"].startswith("国"))
    words = {"status": "starred", "help": "arguments", "help search": "before:2026-11", "stats": "unread", "stats --store": "database", "doctor": "503",
             "headlines": "Headline", "feeds": "unread", "search entry": "of entry 1", f"show {shown}": "2,930 │ fog", "digest --now daily": "Headline"}
    for command, word in words.items():
        done = subprocess.run([BUILD / "courant", *command.split()], env={**daemon.environment(), "COLUMNS": str(columns)}, capture_output=True, text=True, timeout=60)
        assert word in done.stdout, (command, done.stdout, done.stderr)
        assert [line for line in done.stdout.splitlines() if columns_of(line) > columns] == [], command


# --- exit codes: 0 ok, 1 failed, 2 usage, 3 daemon not reachable, 4 not found, 5 denied, 6 partly done

def test_exit_0(running):
    running.courant("feeds", expect=0)


def test_exit_1_failed(running):
    """A disk or a pipe that takes nothing."""
    with open("/dev/full", "w") as full:
        done = subprocess.run([BUILD / "courant", "feeds"], env=running.environment(), stdout=full, stderr=subprocess.PIPE, text=True, timeout=20)
    assert done.returncode == 1 and done.stderr


@pytest.mark.parametrize("arguments", [["nonsense"], ["--nonsense"], ["headlines", "-n", "many"], ["show"], ["show", "x"], ["add"]])
def test_exit_2_usage(running, arguments):
    done = running.courant(*arguments, expect=2)
    assert done.stderr.startswith("courant:") and not done.stdout


def test_exit_3_not_reachable(daemon):
    done = daemon.courant("status", expect=3)
    assert str(daemon.socket) in done.stderr and "courantd" in done.stderr


@pytest.mark.parametrize("arguments", [["show", "999999"], ["remove", "999999"], ["refresh", "--wait", "999999"]])
def test_exit_4_not_found(running, arguments):
    running.courant(*arguments, expect=4)


def test_exit_5_denied_by_the_configuration(running):
    done = running.courant("remove", str(running.feeds()[0]["id"]), expect=5)
    assert "courant.conf" in done.stderr


@pytest.mark.skipif(os.getuid() != 0, reason="only root can be denied a socket by becoming somebody else")
def test_exit_5_denied_by_the_socket(running):
    os.chmod(running.home, 0o755)
    done = subprocess.run(["setpriv", "--reuid=65534", "--clear-groups", BUILD / "courant", "status"], env=running.environment(),
                          capture_output=True, text=True, timeout=20)
    if "failed to execute" in done.stderr:
        pytest.skip("the build folder cannot be read by others")
    assert done.returncode == 5


def test_exit_6_partly_done(running):
    running.courant("read", str(running.entries()[0]["id"]), "999999", expect=6)


def test_exit_6_partly_refreshed(running, origin):
    bad = origin.set("/bad", rss(*entries(1, prefix="bad")), Answer(b"", status=503))
    running.courant("add", bad, "--allow-private")
    running.courant("refresh", "--wait", expect=6)


def test_follow_ends_when_nobody_reads_it(running):
    client = subprocess.Popen([BUILD / "courant", "follow", "--since", "0"], env=running.environment(), stdout=subprocess.PIPE)
    for _ in running.entries():
        assert client.stdout.readline()
    client.stdout.close()
    assert client.wait(60) == 0, "though no entry comes"
    wait_until(lambda: running.get("/v1/status")["followers"] == 0, what="it to be gone")


def test_follow_ends_with_the_daemon(running):
    client = subprocess.Popen([BUILD / "courant", "follow"], env=running.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    wait_until(lambda: running.get("/v1/status")["followers"] == 1, what="the follower")
    client.terminate()
    client.wait(10)
    wait_until(lambda: running.get("/v1/status")["followers"] == 0, what="it to be gone")


def test_help_and_version(daemon):
    assert "headlines" in daemon.courant("--help").stdout
    assert daemon.courant("--version").stdout.startswith("courant ")
