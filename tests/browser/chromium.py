"""Headless Chromium, driven through the DevTools protocol on a pipe: no port, no network, no profile that stays."""

import json
import os
import select
import shutil
import subprocess
import tempfile
import time

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-extensions", "--disable-default-apps", "--mute-audio",
    "--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND", "--remote-debugging-pipe",
)


def find():
    return next((path for path in map(shutil.which, NAMES) if path), None)


class Chromium:
    """One browser with one page. `requests` holds what the page asked for since the last open(), `dialogs` what it said."""

    def __init__(self, program):
        self.profile = tempfile.mkdtemp(prefix="courant-chromium-")
        to_read, self._to = os.pipe()
        self._from, to_write = os.pipe()

        def give_pipe():  # the protocol is spoken on the descriptors 3 and 4
            read, write = os.dup(to_read), os.dup(to_write)
            os.dup2(read, 3)
            os.dup2(write, 4)

        self.process = subprocess.Popen(
            [program, *FLAGS, f"--user-data-dir={self.profile}", "about:blank"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, close_fds=False, preexec_fn=give_pipe, start_new_session=True)
        os.close(to_read)
        os.close(to_write)
        self._next, self._bytes, self._session = 0, b"", None
        self.requests, self.dialogs, self.events = [], [], set()
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network"):
            self.call(f"{domain}.enable")

    def close(self):
        try:
            self._session = None
            self.call("Browser.close", timeout=5)
        except (OSError, EOFError, TimeoutError):
            pass
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self._to)
        os.close(self._from)
        shutil.rmtree(self.profile, ignore_errors=True)

    def _receive(self, deadline):
        while b"\0" not in self._bytes:
            if not select.select([self._from], [], [], max(0, deadline - time.monotonic()))[0]:
                raise TimeoutError("Chromium does not answer")
            piece = os.read(self._from, 1 << 20)
            if not piece:
                raise EOFError("Chromium ended")
            self._bytes += piece
        message, self._bytes = self._bytes.split(b"\0", 1)
        return json.loads(message)

    def _note(self, message):
        method, params = message.get("method"), message.get("params", {})
        self.events.add(method)
        if method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])
        elif method == "Page.javascriptDialogOpening":
            self.dialogs.append(params["message"])
            self._send("Page.handleJavaScriptDialog", {"accept": False})

    def _send(self, method, params):
        self._next += 1
        message = {"id": self._next, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._to, data):]
        return self._next

    def call(self, method, timeout=60, **params):
        number, deadline = self._send(method, params), time.monotonic() + timeout
        while True:
            message = self._receive(deadline)
            if message.get("id") == number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                return message["result"]
            self._note(message)

    def open(self, url, timeout=60):
        """Goes to a page and waits until it has loaded."""
        self.call("Page.navigate", url="about:blank")
        self.requests, self.dialogs, self.events = [], [], set()
        self.call("Page.navigate", url=url)
        deadline = time.monotonic() + timeout
        while self.evaluate("location.href != 'about:blank' && document.readyState") != "complete":
            if time.monotonic() > deadline:
                raise TimeoutError(f"{url} does not load")
            time.sleep(0.05)

    def evaluate(self, expression):
        """The value of an expression in the page, awaited if it is a promise."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"])
        return answer["result"].get("value")
