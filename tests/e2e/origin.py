"""A scripted publisher: an HTTP server on the loopback that answers as a test tells it to and remembers every request.

It speaks HTTP/1.1 from the raw bytes, so that a test sees header lines exactly as they were sent and can misbehave at
any byte. A path's answers are used one after another; the last one stays.
"""

import gzip
import itertools
import socket
import struct
import threading
import time
from dataclasses import dataclass, field

REASONS = {200: "OK", 206: "Partial Content", 301: "Moved Permanently", 302: "Found", 303: "See Other", 304: "Not Modified",
           307: "Temporary Redirect", 308: "Permanent Redirect", 404: "Not Found", 410: "Gone", 429: "Too Many Requests",
           500: "Internal Server Error", 503: "Service Unavailable"}


@dataclass
class Request:
    method: str
    target: str
    headers: list  # (name, value) as sent, in order
    time: float  # monotonic, when the head was complete
    connection: int  # the same number for requests on one connection

    def header(self, name):
        """The value of a header, None when it was not sent."""
        return next((v for n, v in self.headers if n.lower() == name.lower()), None)

    @property
    def names(self):
        return [n.lower() for n, _ in self.headers]


@dataclass
class Answer:
    """One response. With `conditional`, a request that echoes a validator exactly is answered by 304 and the same validators."""

    body: bytes = b""
    status: int = 200
    type: str = "application/rss+xml"
    etag: str = None
    last_modified: str = None
    headers: list = field(default_factory=list)
    gzip: bool = False
    conditional: bool = True

    def matches(self, request):
        if not self.conditional or not (self.etag or self.last_modified):
            return False
        if self.etag is not None:
            return request.header("If-None-Match") == self.etag
        return request.header("If-Modified-Since") == self.last_modified

    def send(self, connection, request):
        unchanged = self.matches(request)
        status = 304 if unchanged else self.status
        body = b"" if unchanged else self.body
        lines = [f"HTTP/1.1 {status} {REASONS.get(status, 'Odd')}"]
        if self.etag is not None:
            lines.append(f"ETag: {self.etag}")
        if self.last_modified is not None:
            lines.append(f"Last-Modified: {self.last_modified}")
        lines += [f"{name}: {value}" for name, value in self.headers]
        if not unchanged:
            if self.gzip:
                body = gzip.compress(body)
                lines.append("Content-Encoding: gzip")
            if self.type:
                lines.append(f"Content-Type: {self.type}")
            lines.append(f"Content-Length: {len(body)}")
        connection.sendall("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body)


@dataclass
class Redirect(Answer):
    to: str = ""

    def __post_init__(self):
        if self.status == 200:
            self.status = 302
        self.headers = [*self.headers, ("Location", self.to)]
        self.type = None


@dataclass
class Stream:
    """A chunked or length-less body from an iterable of byte strings, `pause` seconds between them; it ends when the client goes."""

    pieces: object  # () -> iterable of bytes
    pause: float = 0
    headers: list = field(default_factory=lambda: [("Content-Type", "application/rss+xml")])

    def send(self, connection, request):
        head = ["HTTP/1.1 200 OK", "Connection: close", *(f"{n}: {v}" for n, v in self.headers)]
        connection.sendall("\r\n".join(head).encode() + b"\r\n\r\n")
        for piece in self.pieces():
            connection.sendall(piece)
            if self.pause:
                time.sleep(self.pause)
        raise ConnectionResetError("the stream is over")


@dataclass
class Raw:
    """Exactly these bytes, then the connection is closed."""

    data: bytes

    def send(self, connection, request):
        connection.sendall(self.data)
        raise ConnectionResetError("closed")


class Hang:
    """Takes the request and never answers."""

    def send(self, connection, request):
        connection.settimeout(120)
        connection.recv(1)
        raise ConnectionResetError("the client went away")


class Reset:
    """Answers with a TCP reset."""

    def send(self, connection, request):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise ConnectionResetError("reset")


def is_established(connection):
    try:
        return connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] == 1  # tcpi_state: TCP_ESTABLISHED
    except OSError:
        return False  # closed meanwhile


class Origin:
    def __init__(self, tls=None, port=0, address="127.0.0.1"):
        """tls: an ssl.SSLContext to speak https with. port: of an origin that was closed, to come back there. address: another one of 127/8 is another host; "::1" is one, too."""
        self._tls = tls
        self.address = address
        self._answers = {}
        self._requests = []
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._open = set()
        self.default = None  # (request) -> answer for paths that were not set
        self._listener = socket.create_server((address, port), family=socket.AF_INET6 if ":" in address else socket.AF_INET, backlog=256)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def url(self, path, host=None):
        host = host or (f"[{self.address}]" if ":" in self.address else self.address)
        return f"http{'s' if self._tls else ''}://{host}:{self.port}{path}"

    def set(self, path, *answers):
        """What the path answers from now on: bytes are a feed without validators."""
        with self._lock:
            self._answers[path] = [Answer(a) if isinstance(a, bytes) else a for a in answers]
        return self.url(path)

    def requests(self, path=None):
        with self._lock:
            return [r for r in self._requests if path is None or r.target == path]

    def forget(self):
        with self._lock:
            self._requests.clear()

    @property
    def connections(self):
        with self._lock:
            return len(self._open)

    @property
    def established(self):
        """Connections that were accepted and that the other side has not closed."""
        with self._lock:
            return sum(is_established(c) for c in self._open)

    def disown(self):
        """Whoever opened the connections there are has died: they do not count any more, whenever the kernel tells."""
        with self._lock:
            self._open.clear()

    def close(self):
        if self._listener.fileno() < 0:
            return
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            for connection in self._open:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection, next(self._numbers)), daemon=True).start()

    def _serve(self, connection, number):
        with self._lock:
            self._open.add(connection)
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._tls:
                connection = self._secure(connection)
            reader = connection.makefile("rb")
            while request := self._read(reader, number):
                self._next(request).send(connection, request)
        except OSError:
            pass
        finally:
            with self._lock:
                self._open.discard(connection)
            connection.close()

    def _secure(self, connection):
        plain = connection
        connection = self._tls.wrap_socket(plain, server_side=True)  # an ssl.SSLError is an OSError
        with self._lock:
            self._open.discard(plain)
            self._open.add(connection)
        return connection

    def _read(self, reader, number):
        line = reader.readline(65536)
        if not line:
            return None
        method, target, _ = line.decode("latin-1").split(" ", 2)
        headers = []
        while (line := reader.readline(65536)) not in (b"\r\n", b"\n", b""):
            name, _, value = line.decode("latin-1").rstrip("\r\n").partition(":")
            headers.append((name, value[1:] if value.startswith(" ") else value))
        return Request(method, target, headers, time.monotonic(), number)

    def _next(self, request):
        with self._lock:
            self._requests.append(request)
            answers = self._answers.get(request.target)
            if answers:
                return answers.pop(0) if len(answers) > 1 else answers[0]
        if self.default:
            return self.default(request)
        return Answer(b"nothing here", status=404, type="text/plain")
