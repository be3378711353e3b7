"""A real courantd with a configuration, a state directory and a socket of its own, and the ways to talk to it."""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

BUILD = Path(os.environ.get("BUILD") or Path(__file__).parents[2] / "build").resolve()
# Under a sanitizer everything is slower; deadlines stretch, what is asserted stays.
SANITIZED = BUILD.name in ("asan", "tsan")
PATIENCE = 4 if SANITIZED else 1
SANITIZER_REPORT = re.compile(r"(ERROR|WARNING): \w+Sanitizer|runtime error:|SUMMARY: \w+Sanitizer")
POLL = {"interval": "1h", "min_interval": "1s", "host_delay": "0s", "per_host": 6, "concurrency": 16, "timeout": "10s", "workers": 2}


def wait_until(true, timeout=10, what="the condition"):
    """Polls until `true()` is; returns what it returned."""
    deadline = time.monotonic() + timeout * PATIENCE
    while True:
        result = true()
        if result:
            return result
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {timeout * PATIENCE} s in vain for {what}")
        time.sleep(0.02)


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path, timeout):
        super().__init__("courant", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self.path))


class Follower:
    """Reads the event stream in a thread and keeps every event."""

    def __init__(self, path, last_id=None, query=""):
        self.events = []  # (id, event, data)
        self._connection = UnixConnection(path, timeout=None)
        headers = {} if last_id is None else {"Last-Event-ID": str(last_id)}
        self._connection.request("GET", "/v1/stream" + query, headers=headers)
        self._socket = self._connection.sock
        self._response = self._connection.getresponse()
        assert self._response.status == 200, self._response.read()
        assert self._response.headers["Content-Type"].startswith("text/event-stream")
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self):
        event = {}
        try:
            for line in self._response:
                line = line.decode().rstrip("\n")
                if line:
                    name, _, value = line.partition(": ")
                    event[name] = value
                elif "id" in event:
                    self.events.append((int(event["id"]), event["event"], json.loads(event["data"])))
                    event = {}
        except (OSError, http.client.HTTPException, ValueError, AttributeError):
            pass

    @property
    def ids(self):
        return [e[0] for e in self.events]

    @property
    def titles(self):
        return [e[2]["title"] for e in self.events]

    @property
    def ended(self):
        return not self._thread.is_alive()

    def close(self):
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._thread.join(5)


def quoted(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, (list, tuple)):
        return "{" + ", ".join(quoted(v) for v in value) + "}"
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'


class Daemon:
    def __init__(self):
        # Short: the path of a Unix socket holds 107 bytes.
        self.home = Path(tempfile.mkdtemp(prefix="courant-e2e-"))
        self.conf = self.home / "courant.conf"
        self.socket = self.home / "socket"
        self.state = self.home / "state"
        self.state.mkdir()
        self.log_file = self.home / "log"
        self.clock_file = self.home / "clock"
        self.process = None

    # --- its life

    def configure(self, *feeds, poll=None, digest=None, extra=""):
        """Writes the configuration. A feed is a URL or a dict with `url` and other keys; `name` titles the section."""
        lines = [f'state_dir = "{self.state}"', f'socket {{ path = "{self.socket}" mode = "0600" }}']
        lines.append("poll { " + "  ".join(f"{k} = {quoted(v)}" for k, v in {**POLL, **(poll or {})}.items()) + " }")
        for name, keys in (digest or {}).items():
            lines.append(f'digest "{name}" {{ ' + "  ".join(f"{k} = {quoted(v)}" for k, v in keys.items()) + " }")
        for i, feed in enumerate(feeds, 1):
            feed = dict({"url": feed} if isinstance(feed, str) else feed)
            name = feed.pop("name", f"feed {i}")
            feed.setdefault("allow_private", True)
            lines.append(f'feed "{name}" {{ ' + "  ".join(f"{k} = {quoted(v)}" for k, v in feed.items()) + " }")
        self.conf.write_text("\n".join(lines) + "\n" + extra)

    def start(self, *feeds, wait=True, clock_rate=None, within=(), **options):
        """With clock_rate, the daemon's time runs so much faster from now on, restarts included; 0 stands still until set_clock(). `within`
        is a command that runs it."""
        if clock_rate is not None:
            self.set_clock(rate=clock_rate)
        if feeds or options or not self.conf.exists():
            self.configure(*feeds, **options)
        with open(self.log_file, "ab") as log:
            self.process = subprocess.Popen([*within, BUILD / "courantd", "-c", self.conf], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            cwd=self.home, env=self.environment())
        if wait:
            self.wait_ready()
        return self

    def environment(self):
        keep = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "TZ") or k.endswith("SAN_OPTIONS")}
        if self.clock_file.exists():
            keep["COURANT_CLOCK"] = str(self.clock_file)
        return {"LANG": "C.UTF-8", "TERM": "dumb", "NO_COLOR": "1", "COURANT_SOCKET": str(self.socket), **keep}

    # --- its time: the file of COURANT_CLOCK holds RATE UTC MONOTONIC (courantd(8))

    def _clock(self):
        if not self.clock_file.exists():
            return 1.0, time.time(), time.monotonic()
        return tuple(float(part) for part in self.clock_file.read_text().split())

    def time_of(self, monotonic):
        """What the daemon's clock, as it is set now, showed then: for the time of an origin's request."""
        rate, utc, at = self._clock()
        return utc + rate * (monotonic - at)

    def now(self):
        return self.time_of(time.monotonic())

    def set_clock(self, utc=None, by=0, rate=None):
        """Sets the clock to `utc`, or on or back `by` seconds; it goes on from there at its rate, or at another."""
        utc = (self.now() if utc is None else utc) + by
        rate = self._clock()[0] if rate is None else rate
        new = self.home / "clock.new"
        new.write_text(f"{rate} {utc} {time.monotonic()}\n")
        new.rename(self.clock_file)

    def wait_ready(self):
        def ready():
            if self.process.poll() is not None:
                code, self.process = self.process.returncode, None
                raise AssertionError(f"courantd ended with {code}:\n{self.log}")
            try:
                return self.call("GET", "/healthcheck")[0] == 200
            except OSError:
                return False
        wait_until(ready, 10, "the socket")

    def stop(self):
        """SIGTERM; the daemon must leave with 0 within its 5 s and without a sanitizer's report."""
        if self.process is None:
            return
        started = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(5 * PATIENCE + 1)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"courantd did not stop:\n{self.log}")
        self.process = None
        took = time.monotonic() - started
        assert code == 0, f"courantd ended with {code}:\n{self.log}"
        assert took < 5 * PATIENCE, f"stopping took {took:.1f} s"
        assert not SANITIZER_REPORT.search(self.log), self.log
        assert not self.socket.exists(), "the socket is left behind"

    def kill(self):
        """kill -9, as a crash or a power cut does."""
        self.process.kill()
        self.process.wait()
        self.process = None

    def reload(self):
        self.process.send_signal(signal.SIGHUP)

    def remove(self):
        if self.process is not None:
            self.kill()
        shutil.rmtree(self.home, ignore_errors=True)

    # --- what it is doing

    @property
    def log(self):
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    @property
    def workers(self):
        """Process ids of its parsers."""
        pids = []
        for task in Path(f"/proc/{self.process.pid}/task").iterdir():
            try:
                pids += [int(pid) for pid in (task / "children").read_text().split()]
            except OSError:
                pass  # that thread has ended
        return sorted(pids)

    @property
    def processes(self):
        return [self.process.pid, *self.workers]

    def memory(self, what="Rss"):
        """Resident bytes of all its processes (Rss, or Pss, which counts shared pages once)."""
        return sum(memory_of(pid, what) for pid in self.processes)

    # --- talking to it

    def call(self, method, path, body=None, timeout=20):
        """(status, decoded body, headers) of one request."""
        connection = UnixConnection(self.socket, timeout * PATIENCE)
        try:
            data = json.dumps(body) if isinstance(body, (dict, list)) else body
            try:
                connection.request(method, path, data)
            except BrokenPipeError:
                pass  # refused before all was sent: the answer is there to read
            response = connection.getresponse()
            text = response.read()
            if response.headers.get("Content-Type", "").startswith("application/json"):
                text = json.loads(text)
            return response.status, text, response.headers
        finally:
            connection.close()

    def get(self, path):
        status, body, _ = self.call("GET", path)
        assert status == 200, (path, status, body)
        return body

    def entries(self, query="order=id&limit=10000"):
        return self.get(f"/v1/entries?{query}")["entries"]

    def titles(self):
        return [e["title"] for e in self.entries()]

    def feeds(self):
        return self.get("/v1/feeds")

    def feed(self, url):
        return next(f for f in self.feeds() if f["feed_url"] == url)

    def refresh(self, url):
        """Refreshes one feed now and returns the report."""
        status, report, _ = self.call("PUT", f"/v1/feeds/{self.feed(url)['id']}/refresh?wait=1", timeout=60)
        assert status == 200, report
        return report

    def wait_checked(self, *urls, timeout=20):
        """Waits until each of the feeds (default: all) was fetched once, well or not."""
        def checked():
            feeds = [f for f in self.feeds() if not urls or f["feed_url"] in urls]
            return feeds if feeds and all(f["checked_at"] and f["state"] == "idle" for f in feeds) else None
        return wait_until(checked, timeout, "the feeds to be checked")

    def follow(self, last_id=None, query=""):
        return Follower(self.socket, last_id, query)

    def courant(self, *args, expect=0, timeout=30, **options):
        """Runs the client against this daemon."""
        done = subprocess.run([BUILD / "courant", *args], env=self.environment(), stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=timeout * PATIENCE, **options)
        assert not SANITIZER_REPORT.search(done.stderr), done.stderr
        if expect is not None:
            assert done.returncode == expect, (args, done.returncode, done.stdout, done.stderr)
        return done


def memory_of(pid, what):
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith(what + ":"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass  # it is gone
    return 0
