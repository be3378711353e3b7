"""The configuration at start-up: `courantd --check` and the messages of a file that is wrong."""

import subprocess

import pytest
from daemon import BUILD
from documents import entries, rss


def check(daemon, *arguments):
    return subprocess.run([BUILD / "courantd", *arguments, "-c", daemon.conf], capture_output=True, text=True, timeout=10)


def test_check_accepts(origin, daemon):
    daemon.configure(origin.url("/feed"))
    assert check(daemon, "--check").returncode == 0


@pytest.mark.parametrize("line, key", [
    ('poll { intervall = "1h" }', "intervall"),
    ('poll { interval = "an hour" }', "interval"),
    ('poll { concurrency = -1 }', "concurrency"),
    ('poll { max_body = "1 TiB" }', "max_body"),
    ('socket { mode = "rw" }', "mode"),
    ('feed "x" { category = "no url" }', "url"),
    ('feed "x" { url = "gopher://x/" }', "url"),
    ('digest "x" { at = "25:00" }', "at"),
    ('digest "x" { formats = {"pdf"} }', "formats"),
    ('retain { read = "-1d" }', "read"),
])
def test_errors_name_file_line_and_key(origin, daemon, line, key):
    daemon.configure(extra=line + "\n")
    number = daemon.conf.read_text().splitlines().index(line) + 1
    for arguments in (["--check"], []):
        done = check(daemon, *arguments)
        assert done.returncode == 1
        assert f"courant.conf:{number}" in done.stderr and key in done.stderr, done.stderr


def test_a_missing_file(daemon):
    done = check(daemon)
    assert done.returncode == 1 and str(daemon.conf) in done.stderr


def test_usage(daemon):
    done = subprocess.run([BUILD / "courantd", "--nonsense"], capture_output=True, text=True, timeout=10)
    assert done.returncode == 2 and "--nonsense" in done.stderr
    assert subprocess.run([BUILD / "courantd", "--help"], capture_output=True, text=True, timeout=10).returncode == 0
    version = subprocess.run([BUILD / "courantd", "--version"], capture_output=True, text=True, timeout=10)
    assert version.returncode == 0 and version.stdout.startswith("courantd ")


def test_every_key(origin, daemon):
    """All keys of courant.conf(5) in one file that works."""
    (daemon.home / "feeds.conf").write_text(f'feed "included" {{ url = "{origin.set("/i", rss(*entries(1)))}" allow_private = true }}\n')
    daemon.conf.write_text(f"""
        state_dir = "{daemon.state}"
        socket {{ path = "{daemon.socket}"  mode = "0600" }}
        poll {{ interval = "2h"  min_interval = "1s"  max_interval = "24h"  concurrency = 4
               per_host = 2  host_delay = "10ms"  timeout = "5s"  max_body = "2MiB"  workers = 1 }}
        retain {{ read = "60d"  unread = "365d"  max_entries_per_feed = 5000 }}
        digest "daily" {{ at = "07:00"  formats = {{"html", "md", "txt"}}  categories = {{"tech"}}  max_stories = 80 }}
        feed "all" {{ url = "{origin.set("/f", rss(*entries(1, prefix="f")))}"  category = "tech"  interval = "3h"  allow_private = true }}
        include("feeds.conf")
        """)
    daemon.start()
    daemon.wait_checked()
    declared = {f["title"]: f["declared"] for f in daemon.feeds()}
    assert declared["included"].endswith("feeds.conf:1") and declared["all"].endswith("courant.conf:8")
    assert {f["title"]: f["interval"] for f in daemon.feeds()}["all"] == 3 * 3600
