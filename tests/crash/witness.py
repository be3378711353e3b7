"""A follower outside of the daemon: what it was sent is in its log, synced to disk, before anything else happens."""

import http.client
import json
import os
import threading
import time

from daemon import UnixConnection


class Witness:
    def __init__(self, socket, log):
        self._socket = socket
        self._log = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._lock = threading.Lock()
        self._acknowledged = []  # (entry id, guid)
        self._connection = None
        self._stopping = threading.Event()
        self.connections = 0
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def acknowledged(self):
        with self._lock:
            return list(self._acknowledged)

    @property
    def last_id(self):
        with self._lock:
            return self._acknowledged[-1][0] if self._acknowledged else 0

    def _run(self):
        while not self._stopping.is_set():
            try:
                self._read()
            except (OSError, http.client.HTTPException, ValueError, AttributeError):
                pass
            time.sleep(0.01)

    def _read(self):
        self._connection = UnixConnection(self._socket, timeout=None)
        self._connection.request("GET", "/v1/stream", headers={"Last-Event-ID": str(self.last_id)})
        response = self._connection.getresponse()
        if response.status != 200:
            return
        self.connections += 1
        event = {}
        for line in response:
            line = line.decode().rstrip("\n")
            if line:
                name, _, value = line.partition(": ")
                event[name] = value
            elif "id" in event:
                self._note(int(event["id"]), json.loads(event["data"])["title"])
                event = {}

    def _note(self, entry_id, title):
        os.write(self._log, f"{entry_id} {title}\n".encode())
        os.fsync(self._log)
        with self._lock:
            self._acknowledged.append((entry_id, title))

    def finish(self):
        self._stopping.set()
        try:
            self._connection.sock.shutdown(2)
        except (OSError, AttributeError):
            pass
        self._thread.join(10)
        os.close(self._log)
