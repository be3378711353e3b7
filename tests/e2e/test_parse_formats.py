"""courant-parse by hand: its formats and what its exit status says."""

import json
import os
import subprocess
from pathlib import Path

import pytest

PARSE = Path(os.environ.get("BUILD", "build")).resolve() / "courant-parse"
GOOD = (
    '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Quay</title>\n'
    "<link>https://a.example/</link><description>News</description><language>en</language>\n"
    '<atom:link rel="self" href="https://a.example/feed"/>\n'
    "<item><title>Ferry</title><link>https://a.example/1</link><guid>https://a.example/1</guid>\n"
    "<pubDate>Sat, 21 Nov 2020 06:40:00 GMT</pubDate><description>Back</description></item></channel></rss>\n"
)
LATE = GOOD.replace("Sat, 21", "Sun, 21")


def parse(tmp_path, *arguments, **files):
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    return subprocess.run([PARSE, *arguments, *files], cwd=tmp_path, capture_output=True, text=True, timeout=60)


def test_json_is_the_default(tmp_path):
    for arguments in ([], ["--format", "json"], ["--format=json"]):
        done = parse(tmp_path, *arguments, a=GOOD, b="no feed")
        assert done.returncode == 0
        first, second = map(json.loads, done.stdout.splitlines())
        assert first["items"][0]["title"] == "Ferry"
        assert second["error"]["code"] == "not_a_feed"


def test_text_shows_entries(tmp_path):
    done = parse(tmp_path, "--format", "text", a=GOOD)
    assert (done.returncode, done.stderr) == (0, "")
    assert "2020-11-21 06:40  Ferry\n" in done.stdout
    done = parse(tmp_path, "--format", "text", a="no feed", b=GOOD)
    assert done.returncode == 1
    assert done.stdout.startswith("a: ") and "Ferry" in done.stdout


def test_lint_exits_0_when_clean_and_1_with_findings(tmp_path):
    done = parse(tmp_path, "--format", "lint", a=GOOD)
    assert (done.returncode, done.stdout) == (0, "a: nothing found\n")
    done = parse(tmp_path, "--format", "lint", a=GOOD, b=LATE)
    assert done.returncode == 1
    assert "\nb:5: warning: that date is another day of the week: Sun, 21 Nov 2020 06:40:00 GMT; " in done.stdout
    assert done.stdout.endswith("\nb: 0 errors, 1 warning, 0 hints\n")


def test_what_the_server_said_counts(tmp_path):
    done = parse(tmp_path, "--format", "lint", "--content-type", "text/html", a=GOOD)
    assert done.stdout.startswith("a:1: warning: the Content-Type is not that of a feed: text/html; ")
    done = parse(tmp_path, "--base", "https://b.example/x/", a=GOOD.replace(">https://a.example/1<", ">../1<"))
    assert json.loads(done.stdout)["items"][0]["url"] == "https://b.example/1"


def test_lint_names_what_it_cannot_read(tmp_path):
    done = subprocess.run([PARSE, "--format", "lint", "nowhere.xml"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stdout.startswith("nowhere.xml:1: error: ") and "No such file" in done.stdout


def test_more_files_than_descriptors(tmp_path):
    names = [f"{i:03}" for i in range(300)]
    done = parse(tmp_path, "--format", "lint", **dict.fromkeys(names, GOOD), last=LATE)
    assert done.returncode == 1
    assert done.stdout.count("nothing found") == 300


@pytest.mark.parametrize("arguments", [["--format"], ["--format", "xml", "a"], ["--format", "lint"], []])
def test_wrong_use_exits_2(tmp_path, arguments):
    assert parse(tmp_path, *arguments).returncode == 2
