#!/usr/bin/python3
"""million.py DATABASE: how long a client waits at the real socket of a real daemon, with a database that bench_store kept.

The daemon gets a copy, and a clock before every due time, so that it asks nobody. One connection, one question after another, timed from the request's first byte to the answer's last one.
"""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

QUESTIONS = [
    ("GET /v1/entries?limit=50&status=unread", "/v1/entries?limit=50&status=unread&order=published_at&direction=desc"),
    ("the same without contents (courant headlines)", "/v1/entries?limit=50&status=unread&order=published_at&direction=desc&content=0"),
    ("counters of all feeds", "/v1/feeds/counters"),
    ("search, a very common word", "/v1/entries?search=the&limit=50&content=0"),
    ("statistics", "/v1/stats"),
]
ROUNDS = 500


def answer_length(connection, path):
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: courant\r\n\r\n".encode())
    data = bytearray()
    while (end := data.find(b"\r\n\r\n")) < 0:
        data += connection.recv(1 << 18)
    head = bytes(data[:end]).decode().lower()
    assert head.startswith("http/1.1 200"), head
    whole = end + 4 + int(head.split("content-length:")[1].split("\r\n")[0])
    got = len(data)
    while got < whole:
        got += len(connection.recv(1 << 18))
    return whole


def ask(path_of_socket):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(path_of_socket)
        for name, path in QUESTIONS:
            times = []
            size = answer_length(connection, path)
            for _ in range(ROUNDS):
                start = time.perf_counter()
                answer_length(connection, path)
                times.append(time.perf_counter() - start)
            times.sort()
            print(f"  {name:46} p50 {times[ROUNDS // 2] * 1e3:8.3f} ms  p99 {times[ROUNDS * 99 // 100] * 1e3:8.3f} ms  {size} bytes")


def main():
    build = os.environ.get("BUILD", "build")
    with tempfile.TemporaryDirectory(prefix="courant-million-") as work:
        state = Path(work, "state")
        state.mkdir()
        subprocess.run(["cp", "--reflink=auto", sys.argv[1], state / "courant.db"], check=True)
        conf = Path(work, "courant.conf")
        conf.write_text(f'state_dir = "{state}"\nsocket {{ path = "{work}/socket" }}\ndigest "daily" {{ at = "never" }}\n')
        clock = Path(work, "clock")
        clock.write_text("0 1000000000 0\n")
        daemon = subprocess.Popen([f"{build}/courantd", "-c", conf], stderr=subprocess.DEVNULL, env={**os.environ, "COURANT_CLOCK": str(clock)})
        try:
            start = time.perf_counter()
            while not Path(work, "socket").exists():
                assert daemon.poll() is None, "courantd has ended"
                time.sleep(0.001)
            print(f"  {'courantd serves after':46} {(time.perf_counter() - start) * 1e3:12.0f} ms")
            ask(f"{work}/socket")
        finally:
            daemon.send_signal(signal.SIGTERM)
            daemon.wait(30)


if __name__ == "__main__":
    main()
