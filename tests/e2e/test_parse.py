"""courant-parse by hand: files in, a JSON document a line out."""

import json
import os
import subprocess
from pathlib import Path

PARSE = Path(os.environ.get("BUILD", "build")) / "courant-parse"
RSS = b'<rss version="2.0"><channel><title>%s</title><item><title>\xe9</title><link>/1</link></item></channel></rss>'


def run(*arguments, **options):
    return subprocess.run([PARSE, *arguments], capture_output=True, timeout=60, **options)


def lines(result):
    return [json.loads(line) for line in result.stdout.decode().splitlines()]


def test_files_are_answered_in_order(tmp_path):
    for number in range(3):
        (tmp_path / f"{number}.xml").write_bytes(RSS % str(number).encode())
    names = [tmp_path / "0.xml", tmp_path / "missing.xml", tmp_path / "2.xml", tmp_path]
    result = run(*names)
    first, missing, second, folder = lines(result)
    assert (first["title"], second["title"]) == ("0", "2")
    assert missing["error"]["code"] == folder["error"]["code"] == "file_unreadable"
    assert result.returncode == 0 and result.stderr == b""


def test_more_files_than_one_process_opens(tmp_path):
    name = tmp_path / "feed.xml"
    name.write_bytes(RSS % b"T")
    result = run(*[name] * 600)
    assert [line["title"] for line in lines(result)] == ["T"] * 600


def test_content_type_and_base(tmp_path):
    name = tmp_path / "feed.xml"
    name.write_bytes(RSS % b"T")
    result = run("--content-type", "text/xml; charset=windows-1251", "--base", "http://example.org/feed", name)
    document, = lines(result)
    assert document["_courant"]["encoding"] == "windows-1251"
    assert document["items"][0]["title"] == "й"
    assert document["items"][0]["url"] == "http://example.org/1"


def test_standard_input():
    document, = lines(run("-", input=RSS % b"T"))
    assert document["title"] == "T"


def test_a_page_is_no_feed(tmp_path):
    name = tmp_path / "page.html"
    name.write_bytes(b'<!DOCTYPE html><link rel="alternate" type="application/rss+xml" href="/feed">')
    document, = lines(run("--base", "http://example.org/", name))
    assert document["error"]["code"] == "not_a_feed"


def test_usage():
    assert run().returncode == 2
    assert run("--nonsense").returncode == 2
    assert run("--worker", "x").returncode == 2
    assert b"usage:" in run("--help").stdout
    assert run("--version").stdout.startswith(b"courant-parse ")
