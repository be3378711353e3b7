"""The real client against a fake courantd of canned data (fake_courantd.py): output, safety, exit codes."""

import json
import os
import pty
import re
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from fake_courantd import Fake, ago, entry, event  # noqa: E402

BUILD = Path(os.environ.get("BUILD") or Path(__file__).parents[2] / "build").resolve()
CLIENT = BUILD / "courant"

# What must never reach a terminal: controls but TAB and LF, C1, bidi overrides and isolates.
UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
STYLE = re.compile("\x1b\\[[0-9;]*m")


class Client:
    def __init__(self, socket):
        self.socket = socket
        self.environment = {"PATH": os.environ["PATH"], "COURANT_SOCKET": str(socket), "TZ": "UTC", "TERM": "xterm",
                            "LC_ALL": "C", "HOME": "/nonexistent"}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
            if name in os.environ:
                self.environment[name] = os.environ[name]

    def popen(self, *arguments, env=(), **more):
        return subprocess.Popen([CLIENT, *arguments], env=self.environment | dict(env), **more)

    def __call__(self, *arguments, expect=0, env=(), **more):
        done = subprocess.run([CLIENT, *arguments], env=self.environment | dict(env), text=True, timeout=60,
                              **({"capture_output": True} | more))
        assert done.returncode == expect, (done.returncode, done.stderr)
        if done.stderr:
            assert not UNSAFE.search(done.stderr)
        return done

    def terminal(self, *arguments, columns=80, rows=24, env=()):
        """What the client writes on a terminal of that size."""
        master, slave = pty.openpty()
        process = self.popen(*arguments, env={"COLUMNS": str(columns), "LINES": str(rows)} | dict(env),
                             stdin=slave, stdout=slave, stderr=slave)
        os.close(slave)
        out, deadline = b"", time.monotonic() + 30
        while time.monotonic() < deadline:
            if not select.select([master], [], [], 1)[0]:
                continue
            try:
                chunk = os.read(master, 65536)
            except OSError:
                break
            if not chunk:
                break
            out += chunk
        os.close(master)
        process.wait(10)
        return out.decode().replace("\r\n", "\n")


@pytest.fixture
def fake(tmp_path):
    with Fake(tmp_path / "s", tmp_path) as server:
        yield server


@pytest.fixture
def courant(tmp_path, fake):
    return Client(tmp_path / "s")


@pytest.fixture
def alone(tmp_path):
    """No daemon."""
    return Client(tmp_path / "none")


def paths(fake, method):
    return [path for m, path, _ in fake.seen if m == method]


# --- headlines

def test_headlines_are_the_newest_unread(courant, fake):
    lines = courant().stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["1", "2", "3", "4", "5", "6", "7"]
    assert "status=unread" in fake.seen[0][1] and "content=0" in fake.seen[0][1] and "limit=20" in fake.seen[0][1]
    assert "untitled but summarised" in lines[6]
    assert "1 h" in lines[0] and lines[0].endswith("in the last cycle")


def test_headlines_all(courant):
    out = courant("headlines", "--all").stdout
    assert "ancient" in out and "2019-05-04" in out and "tab back\\slash" in out


@pytest.mark.parametrize("arguments, ids", [
    (["-n", "2"], "1 2"), (["--starred"], "4"), (["--feed", "3"], "3"), (["--feed", "lwn"], "1 5"),
    (["--feed", "https://feed4.example/rss"], "4"), (["--category", "tech"], "1 5"), (["--all", "--unread", "-f", "lwn"], "1 5")])
def test_headlines_narrowed(courant, arguments, ids):
    assert courant("headlines", "--tsv", "--fields", "id", *arguments).stdout.split() == ids.split()


def test_nothing_unread(courant, fake):
    courant("read", "--all")
    done = courant()
    assert done.stdout == "" and "--all" in done.stderr
    assert courant("--json").stderr == ""


@pytest.mark.parametrize("columns", [40, 60, 80, 100, 120])
def test_headlines_fill_the_terminal_and_no_more(courant, columns):
    out = STYLE.sub("", courant.terminal(columns=columns))
    ascii_lines = [line for line in out.splitlines() if line.isascii() or "Kernel" in line]
    assert len(out.splitlines()) == 7
    assert all(len(line) <= columns for line in ascii_lines)
    assert columns > 110 or any(len(line) == columns and line.endswith("…") for line in ascii_lines)


# --- formats

def test_json_is_what_the_daemon_said(courant, fake):
    answer = json.loads(courant("--json", "headlines", "--all").stdout)
    assert answer == {"total": 9, "entries": fake.entries}


def test_jsonl(courant, fake):
    rows = [json.loads(line) for line in courant("headlines", "--jsonl").stdout.splitlines()]
    assert rows == fake.entries[:7]


def test_fields(courant):
    assert json.loads(courant("headlines", "-n1", "--json", "--fields", "id,category").stdout) == [{"id": 1, "category": "tech"}]
    assert courant("headlines", "-n1", "--jsonl", "--fields", "feed,id").stdout == '{"feed":"LWN","id":1}\n'
    assert courant("headlines", "-n1", "--fields", "id,status").stdout == "id  status\n 1  unread\n"
    assert "did you mean 'tech'" in courant("headlines", "-c", "tehc", expect=4).stderr
    assert "did you mean 'category'" in courant("headlines", "--fields", "categry", expect=2).stderr
    courant("headlines", "--fields", "", expect=2)
    courant("status", "--fields", "nonsense", expect=2)
    courant("show", "1", "--fields", "id", expect=2)


def test_content_travels_only_when_printed(courant, fake):
    courant("headlines", "--tsv")
    courant("headlines", "--tsv", "--fields", "content")
    assert ["content=0" in path for path in paths(fake, "GET")] == [True, False]


def test_tsv(courant):
    rows = [line.split("\t") for line in courant("headlines", "--all", "--tsv", "--header").stdout.splitlines()]
    assert rows[0] == ["id", "published_at", "feed", "title"]
    assert all(len(row) == 4 for row in rows) and len(rows) == 10
    assert next(row for row in rows if row[0] == "8")[3] == "tab\\tback\\\\slash"
    assert rows[1][1].endswith("Z")


def test_formats_exclude_each_other(courant):
    courant("headlines", "--json", "--tsv", expect=2)


# --- safety

@pytest.mark.parametrize("arguments", [
    ["headlines"], ["headlines", "--tsv"], ["headlines", "--json"], ["headlines", "--jsonl"], ["show", "6"], ["show", "6", "--json"],
    ["headlines", "--fields", "title,content,summary"], ["headlines", "--tsv", "--fields", "title,content"]])
def test_hostile_text_never_reaches_the_terminal(courant, arguments):
    out = courant(*arguments).stdout
    assert "evil" in out and not UNSAFE.search(out)


@pytest.mark.parametrize("arguments", [[], ["show", "6"], ["feeds"], ["show", "2"]])
def test_terminal_gets_styles_only(courant, arguments):
    out = courant.terminal(*arguments, "--no-pager")
    assert "\x1b[" in out and not UNSAFE.search(STYLE.sub("", out))


def test_hostile_answers(courant, fake):
    for raw in (b"", b"{", b"[]", b"null", b'{"entries": 5}', b'{"entries": [5, null, [], {"feed": []}]}', b'{"entries": [{"title": 5}]}',
                b"\xff\xfe", b"[" * 5000):
        fake.override[("GET", "/v1/entries")] = (200, raw)
        done = subprocess.run([CLIENT], env=courant.environment, capture_output=True, timeout=20)
        assert done.returncode in (0, 1)
    fake.override[("GET", "/v1/entries")] = (500, b'{"error_message": "\\u001b[31m bad"}')
    assert "[31m bad" in courant(expect=1).stderr
    fake.override[("GET", "/v1/entries")] = (502, b"<html>")
    assert "HTTP 502" in courant(expect=1).stderr


# --- show

def test_show(courant):
    out = courant("show", "2").stdout
    for part in ("« L’été sera chaud »", "Le Monde « à la une »", "Anaïs N.", "https://feed2.example/2", "« bonjour »".replace(" ", "\u00a0"),
                 "• un\n• deux\n  • deux et demi\n", "3. trois\n4. quatre\n", "│ Une citation", "    if (a < b)\n            return 1;\n\n        done\n",
                 "il est parti[1]", "encore[1]", "\n[1] https://fr.example/a?b=1&c=2\n", "[image: un chat]", "`du code`",
                 "https://fr.example/son.mp3 · audio/mpeg · 12.3 MB", "Tags: météo, été"):
        assert part in out, part
    assert courant("2").stdout == out
    assert "untitled but summarised" in courant("7").stdout.split("\n\n")[1]


def test_show_read(courant, fake):
    courant("show", "--read", "1", "3")
    assert [e["id"] for e in fake.entries if e["status"] == "read"] == [1, 3, 8, 9]


def test_show_json(courant, fake):
    assert json.loads(courant("show", "2", "--json").stdout) == fake.entries[1]
    assert [json.loads(line)["id"] for line in courant("show", "2", "1", "--jsonl").stdout.splitlines()] == [2, 1]


# --- marks

def test_read_and_unread(courant, fake):
    courant("read", "1", "2")
    assert fake.seen[-1][2] == {"entry_ids": [1, 2], "status": "read"}
    courant("unread", "2")
    assert fake.entries[0]["status"] == "read" and fake.entries[1]["status"] == "unread"
    courant("read", "--feed", "Twin", expect=2)  # two feeds of that name
    courant("read", "--feed", "6")
    assert fake.entries[5]["status"] == "read"
    courant("read", expect=2)
    courant("read", "1", "--all", expect=2)


def test_star_is_not_a_toggle(courant, fake):
    courant("star", "1", "4")
    courant("star", "1")
    assert fake.entries[0]["starred"] and fake.entries[3]["starred"]
    courant("star", "--remove", "1", "4")
    courant("star", "--remove", "1")
    assert not fake.entries[0]["starred"] and not fake.entries[3]["starred"]


# --- feeds

def test_feeds(courant):
    lines = courant("feeds").stdout.splitlines()
    assert lines[0].split() == ["id", "feed", "unread", "checked", "next", "health"]
    assert lines[5].split()[-4:] == ["HTTP", "503", "(4", "times)"]
    assert "stopped" in lines[7] and "not fetched yet" in lines[8] and "https://feed8.example/rss" in lines[8]
    assert courant("feeds", "--failing", "--tsv", "--fields", "id,error_stage,error_code").stdout == "5\tfetch\thttp_error\n"
    assert len(json.loads(courant("--json", "feeds", "-c", "tech").stdout)) == 1


def test_no_feeds(courant, fake):
    fake.feeds.clear()
    assert "courant add" in courant("feeds").stderr
    assert courant("feeds", "--tsv", "--header").stdout.startswith("id\ttitle\t")


def test_doctor_names_feeds_in_its_advice_and_repeats_nothing(courant, fake):
    ended = {"health": "quiet", "health_text": "it has published nothing for long", "health_alarming": False,
             "advice": "see whether it ended; courant remove FEED"}
    fake.feeds[:] = [fake.feeds[0] | ended, fake.feeds[1] | ended, fake.feeds[2] | ended | {"advice": "courant refresh FEED"}]
    said = courant("doctor", env={"COLUMNS": "100"}).stdout
    assert said.count(ended["health_text"]) == 1 and said.count("25 entries, 3 unread") == 3
    assert "  → 1: see whether it ended; take it out of the file that declares it\n" in said
    assert "  → 2: see whether it ended; courant remove 2\n" in said and "  → 3: courant refresh 3\n" in said
    assert "courant remove 2\n" in courant("doctor", "2").stdout
    assert f"take it out of {fake.feeds[0]['declared']}\n" in courant("doctor", "1", env={"COLUMNS": "100"}).stdout
    del fake.feeds[0]["declared"]
    assert "  → 1, 2: see whether it ended; courant remove 1 2\n" in courant("doctor", env={"COLUMNS": "100"}).stdout
    assert json.loads(courant("doctor", "--json").stdout)["feeds"][0]["advice"] == ended["advice"]


def test_search_stays_in_the_terminal(courant, fake):
    words = "A long sentence in which <mark>what matched</mark> stands, and which goes on for more than two lines. "
    fake.entries[:] = [fake.entries[0] | {"snippet": words * 2}]
    lines = courant.terminal("search", "matched", "--no-pager", columns=40).split("\n")
    text = [STYLE.sub("", line) for line in lines if line]
    assert all(len(line) <= 40 for line in text if line.isascii()), text
    assert text[0].startswith("      1 Kernel") and all(line.startswith(" " * 8) for line in text[1:6])
    assert any("\x1b" in line and "matched" in line for line in lines)
    assert " ".join(words.split()).replace("<mark>", "").replace("</mark>", "") in courant("search", "matched").stdout


def test_add(courant, fake):
    url = "https://new.example/été?a=b"
    assert courant("add", url, "-c", "tech", "--title", "Neu", "--interval", "2h", "--allow-private").stdout == "added as feed 43\n"
    assert fake.seen[-1][2] == {"feed_url": url, "category": "tech", "title": "Neu", "interval": "2h", "allow_private": True}
    assert "feed 43" in courant("add", url, expect=1).stderr
    assert courant("add", url + "2", "--json").stdout == '{\n  "feed_id": 43\n}\n'


def test_remove(courant, fake):
    courant("remove", "https://feed2.example/rss", "3")
    assert [f["id"] for f in fake.feeds] == [1, 4, 5, 6, 7, 8]
    assert "courant.conf:12" in courant("remove", "1", expect=5).stderr


def test_refresh_says_what_it_waits_for(courant, fake):
    """On a terminal, once it takes longer than a moment: which pause it is, and how long."""
    fake.looked = threading.Event()
    fake.feeds[0]["starts_at"] = ago(minutes=-30)
    shown = " ".join(courant.terminal("refresh", "--wait", "LWN").split())
    assert re.search(r"LWN \(1\) waits for the pause between two requests to its host: asked in \d+ min .*LWN \(1\): 3 new, 0 changed", shown)
    fake.feeds[1]["starts_at"] = ago(hours=-9)
    shown = " ".join(courant.terminal("refresh", "--wait").split())
    assert re.search(r"2 feeds wait for the pause between two requests to a host: the last is asked in \d h", shown)


def test_refresh(courant, fake):
    assert courant("refresh").stdout == ""
    assert courant("refresh", "LWN", "--wait").stdout == "LWN (1): 3 new, 0 changed\n"
    assert courant("refresh", "2", "--wait").stdout == "feed 2: 3 new, 0 changed\n"
    assert "2 minutes ago" in courant("refresh", "6", expect=1).stderr
    assert paths(fake, "PUT") == ["/v1/feeds/refresh", "/v1/feeds/1/refresh?wait=1", "/v1/feeds/2/refresh?wait=1", "/v1/feeds/6/refresh"]


# --- follow

def test_follow_resumes_where_it_broke_off(courant, fake):
    rows = [entry(100 + n, fake.feeds[0], f"news {n}") for n in range(4)]
    whole = b": hello\n\n" + event(rows[0]) + event(rows[1])
    fake.streams += [[whole[i:i + 97] for i in range(0, len(whole), 97)] + [b"id: 102\nevent: entry\ndata: {\"id"], [event(rows[2]), event(rows[3])]]
    done = courant("follow", "-n", "4", "--json")
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == [100, 101, 102, 103]
    assert "waiting" in done.stderr
    assert paths(fake, "Last-Event-ID") == ["9", "101"]


def test_follow_formats(courant, fake):
    rows = [entry(100, fake.feeds[0], "news"), fake.entries[5]]
    fake.streams += [[event(r) for r in rows] for _ in range(3)]
    out = courant("follow", "-n2", "--since", "0").stdout
    assert out.splitlines()[0] == "   100  LWN               news" and not UNSAFE.search(out)
    assert courant("follow", "-n2", "--tsv", "--fields", "id,title").stdout.startswith("100\tnews\n6\tevil")
    assert courant("follow", "-n1", "--jsonl", "--fields", "id").stdout == '{"id":100}\n'
    assert paths(fake, "Last-Event-ID")[0] == "0"


def test_follow_narrowed(courant, fake):
    fake.streams += [[event(fake.entries[0])]]
    courant("follow", "-n1", "--feed", "LWN", "-c", "a&b")
    assert "/v1/stream?category=a%26b&feed_id=1" in paths(fake, "GET")


def test_follow_shows_entries_at_once(courant, fake):
    fake.streams += [[event(fake.entries[0])] + [b": idle\n\n"] * 500]
    process = courant.popen("follow", "--since", "5", stdout=subprocess.PIPE)
    assert b"Kernel" in process.stdout.readline()
    process.terminate()
    process.wait(10)


def test_follow_refuses_nonsense(courant, fake):
    fake.streams += [[b"id: 5\nevent: entry\ndata: nonsense\n\n"]]
    courant("follow", expect=1)
    fake.streams += [[b"data: " + b"x" * 1_000_000] * 20]
    assert "not understood" in courant("follow", "--since", "5", expect=1).stderr
    fake.override[("GET", "/v1/stream")] = (404, b'{"error_message": "there is no feed 99"}')
    courant("follow", expect=4)


# --- digest, status, version, help, completion

@pytest.fixture
def digests(tmp_path, fake):
    for edition in fake.editions + [fake.edition("daily", "2026-11-24")]:
        for kind, path in edition["files"].items():
            Path(path).parent.mkdir(exist_ok=True)
            Path(path).write_text(f"{edition['name']} {edition['label']} {kind} « \x1b[31m\n")
    return tmp_path


def test_digest(courant, fake, digests):
    assert courant("digest").stdout == "daily 2026-11-23 txt « [31m\n"
    assert courant("digest", "weekly", "--format", "html").stdout.startswith("weekly 2026-11-22 html")
    assert courant("digest", "--path", "--format=md").stdout == f"{digests}/daily/2026-11-23.md\n"
    assert json.loads(courant("digest", "--json").stdout) == fake.editions[0]
    assert courant("digest", "--now").stdout.startswith("daily 2026-11-24")
    assert "did you mean 'weekly'" in courant("digest", "weakly", expect=4).stderr
    courant("digest", "--now", "none", expect=4)
    courant("digest", "--format", "pdf", expect=2)


def test_digest_file_missing(courant):
    courant("digest", expect=4)


def test_status(courant):
    out = courant("status").stdout
    assert "0.1.0, pid 4711, up for 2 d" in out and "630 in all, 12 failing, 3 with a gap" in out and "117.7 MiB" in out
    assert json.loads(courant("status", "--json", "--fields", "feeds,fetching").stdout) == {"feeds": 630, "fetching": 1}
    assert courant("status", "--tsv", "--fields", "feeds,pid").stdout == "630\t4711\n"


def test_version(courant, alone):
    assert courant("version").stdout == "courant 0.1.0\ncourantd 0.1.0\n"
    assert courant("--version").stdout == alone("version").stdout == "courant 0.1.0\n"
    assert json.loads(courant("version", "--json").stdout) == {"courant": "0.1.0", "courantd": {"version": "0.1.0"}}


def test_help_knows_every_command(alone):
    overview = alone("help").stdout
    assert overview == alone("--help").stdout
    names = re.findall(r"^  (\w+) ", overview, re.M)
    assert {"headlines", "show", "follow", "read", "unread", "star", "feeds", "add", "remove", "refresh", "digest", "status", "version",
            "help"} <= set(names)
    for name in names:
        assert alone("help", name).stdout == alone(name, "--help").stdout != overview
    assert "did you mean 'feeds'" in alone("help", "feedz", expect=2).stderr


def complete(script, *words):
    """What bash offers for the last word."""
    line = 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _courant; printf "%s\\n" "${COMPREPLY[@]}"'
    done = subprocess.run(["bash", "-c", line, "bash", script, "courant", *words], capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_completion(alone, tmp_path):
    script = tmp_path / "completion"
    script.write_text(alone("completion").stdout)
    assert complete(script, "fe") == ["feeds"]
    assert complete(script, "--js") == ["--json", "--jsonl"]
    assert complete(script, "feeds", "--fa") == ["--failing"]
    assert complete(script, "headlines", "--fields", "ti") == ["title"]
    assert complete(script, "help", "refr") == ["refresh"]
    assert complete(script, "--color", "n") == ["never"]


# --- exit codes

def test_exit_1_full_disk(courant):
    for arguments in (["headlines", "--json"], ["help"], ["status"]):
        with open("/dev/full", "w") as full:
            done = courant(*arguments, expect=1, capture_output=False, stdout=full, stderr=subprocess.PIPE)
        assert "No space left" in done.stderr


@pytest.mark.parametrize("arguments, text", [
    (["headlnes"], "'headlines'"), (["--jsn"], "--json"), (["feeds", "--failng"], "--failing"), (["status", "--failing"], "does not take"),
    (["headlines", "-n", "many"], "'many'"), (["headlines", "-n", "10001"], "10000"), (["show", "x"], "'x'"), (["show"], "ID"),
    (["headlines", "--color", "blue"], "'blue'"), (["status", "--socket", "/" + "x" * 120], "107"), (["headlines", "\x1b[31m"], "[31m"),
    (["follow", "--since", "-1"], "'-1'")])
def test_exit_2_usage(courant, arguments, text):
    done = courant(*arguments, expect=2)
    assert text in done.stderr and done.stderr.startswith("courant: ") and not done.stdout


@pytest.mark.parametrize("arguments", [[], ["show", "1"], ["follow"], ["follow", "--since", "0"], ["read", "1"], ["add", "u"], ["remove", "1"],
                                       ["refresh"], ["digest"], ["status"]])
def test_exit_3_no_daemon(alone, arguments):
    done = alone(*arguments, expect=3)
    assert str(alone.socket) in done.stderr and "courantd -c FILE" in done.stderr and "COURANT_SOCKET" in done.stderr


def test_exit_3_a_dead_socket(alone):
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(alone.socket))
    assert "nobody answers" in alone("status", expect=3).stderr
    listener.close()


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{", b"nonsense\r\n\r\n"])
def test_exit_3_broken_off(alone, said):
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(alone.socket))
    listener.listen()

    def serve():
        connection, _ = listener.accept()
        connection.recv(4096)
        connection.sendall(said)
        connection.close()

    threading.Thread(target=serve, daemon=True).start()
    assert str(alone.socket) in alone("status", expect=3).stderr
    listener.close()


def test_socket_choice(alone, courant):
    usual = {"COURANT_SOCKET": ""}
    if os.getuid() == 0:
        assert "/run/courant/courant.sock" in alone("status", expect=3, env=usual | {"XDG_RUNTIME_DIR": "/tmp"}).stderr
        assert "systemctl" in alone("status", expect=3, env=usual).stderr
    home = Path(tempfile.mkdtemp())
    try:
        path = home / ".local/state/courant/courant.sock"  # of a daemon that was started without XDG_RUNTIME_DIR
        path.parent.mkdir(parents=True)
        path.touch()
        for place in (home, path):
            place.chmod(0o777)
        somebody = {"user": 65534} if os.getuid() == 0 else {}
        assert str(path) in alone("status", expect=3, env=usual | {"HOME": str(home)}, **somebody).stderr
    finally:
        shutil.rmtree(home)
    alone("status", "--socket", str(courant.socket))
    assert "--socket" in courant("status", "--socket", str(alone.socket), expect=3).stderr


@pytest.mark.parametrize("arguments", [["show", "999"], ["read", "999"], ["star", "999"], ["remove", "999"], ["refresh", "999"],
                                       ["headlines", "--feed", "No such feed"], ["headlines", "--feed", "999"],
                                       ["headlines", "-c", "No such"], ["follow", "-c", "No such"], ["follow", "--feed", "999"], ["feeds", "-c", "x"], ["read", "--feed", "999"], ["digest", "none"]])
def test_exit_4_not_found(courant, arguments):
    courant(*arguments, expect=4)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can be denied a socket by becoming somebody else")
def test_exit_5_denied(courant):
    # The socket's folder belongs to root alone.
    done = subprocess.run(["setpriv", "--reuid=65534", "--clear-groups", CLIENT, "status"], env=courant.environment, capture_output=True,
                          text=True, timeout=20)
    if "failed to execute" in done.stderr:
        pytest.skip("the build folder cannot be read by others")
    assert done.returncode == 5 and "you may not use" in done.stderr


@pytest.mark.parametrize("arguments, said", [
    (["show", "1", "999"], "999"), (["read", "1", "999"], "999"), (["unread", "1", "999"], "999"), (["star", "1", "999"], "999"),
    (["remove", "2", "999"], "999"), (["refresh", "--wait"], "Broken (5): the server answered with an error: HTTP 503"),
    (["refresh", "--wait", "1", "5"], "HTTP 503")])
def test_exit_6_partly(courant, arguments, said):
    assert said in courant(*arguments, expect=6).stderr


def test_exit_1_all_refreshes_failed(courant, fake):
    assert "HTTP 503" in courant("refresh", "--wait", "5", expect=1).stderr
    fake.feeds[:] = [f for f in fake.feeds if f["error"]]
    courant("refresh", "--wait", expect=1)


# --- terminal, pager, pipes

def test_colour(courant):
    assert "\x1b[" in courant.terminal()
    assert "\x1b[" not in courant.terminal(env={"NO_COLOR": "1"})
    assert "\x1b[" not in courant.terminal(env={"TERM": "dumb"})
    assert "\x1b[" not in courant().stdout
    assert "\x1b[1m" in courant("--color=always").stdout
    assert "\x1b[" not in courant.terminal("--color", "never")


def test_pager(courant, tmp_path):
    """Only for what is longer than the terminal; never through a shell."""
    pager = tmp_path / "pager"
    pager.write_text("#!/bin/sh\necho paged $1 $LESS\ncat\n")
    pager.chmod(0o755)
    env = {"PAGER": f"{pager} ;reboot"}
    assert courant.terminal("show", "2", rows=10, env=env).startswith("paged ;reboot FRX\n")
    assert "paged" not in courant.terminal("show", "2", rows=100, env=env)
    assert "paged" not in courant.terminal("show", "2", "--no-pager", rows=10, env=env)
    assert "paged" not in courant("show", "2", env=env).stdout
    assert "il est parti" in courant.terminal("show", "2", rows=10, env={"PAGER": "/nonexistent/pager"})
    assert "il est parti" in courant.terminal("show", "2", rows=10, env={"PAGER": ""})
    assert courant.terminal("show", "2", rows=10, env={"PAGER": "true"}) == ""


def test_open(courant, fake, tmp_path):
    """The link goes to $BROWSER as one word that no script takes for anything else."""
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >>{tmp_path}/opened\n')
    browser.chmod(0o755)
    env = {"BROWSER": f"{browser} --new-tab"}
    fake.entries[0]["url"] = "https://a.example/x y?a='$(id)'&b=\u00e9"
    first = str(fake.entries[0]["id"])
    courant("open", first, env=env)
    assert (tmp_path / "opened").read_text() == "--new-tab\nhttps://a.example/x%20y?a=%27$(id)%27&b=%C3%A9\n"
    courant("open", "--read", first, env=env)
    assert fake.entries[0]["status"] == "read"
    for url in ("", "javascript:alert(1)", "-h", "file:///etc/passwd"):
        fake.entries[0]["url"] = url
        assert f"entry {first} " in courant("open", first, env=env, expect=1).stderr
    fake.entries[0]["url"] = "http://a.example/"
    assert "BROWSER" in courant("open", first, env={"BROWSER": "/nonexistent/browser"}, expect=1).stderr
    assert "ended with 1" in courant("open", first, env={"BROWSER": "false"}, expect=1).stderr
    courant("open", "999999", env=env, expect=4)
    courant("open", first, "999999", env=env, expect=6)
    courant("open", "x", env=env, expect=2)


def test_reader_goes_away(courant, fake):
    """`courant ... | head -1` ends quietly."""
    fake.entries[0]["content"] = "x" * 1_000_000
    process = courant.popen("headlines", "--json", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.read(10)
    process.stdout.close()
    assert process.stderr.read() == b"" and process.wait(20) == 0


def test_much(courant, fake):
    """10,000 entries, the most that the API gives."""
    fake.entries[:] = [entry(n, fake.feeds[0], f"title {n}") | {"published_at": "2026-11-01T00:00:00Z"} for n in range(1, 10001)]
    assert len(courant("headlines", "-n", "10000").stdout.splitlines()) == 10000
    assert len(json.loads(courant("headlines", "-n", "10000", "--json").stdout)["entries"]) == 10000
