"""A proxy on the loopback that speaks HTTP (CONNECT) and SOCKS 5, whichever it is asked in, and leads every name to one port."""

import base64
import socket
import threading


class Proxy:
    def __init__(self, to_port, login=None):
        """login: (user, password) that HTTP clients must show."""
        self.targets = []  # what it was asked for: "name:port", in the client's words
        self._to = to_port
        self._login = login and "Basic " + base64.b64encode(":".join(login).encode()).decode()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        if self._listener.fileno() >= 0:
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        try:
            with client:
                if client.recv(1, socket.MSG_PEEK) == b"\x05":
                    self._socks(client)
                else:
                    self._http(client)
        except OSError:
            pass

    def _socks(self, client):
        client.recv(2)
        client.recv(255)
        client.sendall(b"\x05\x00")
        kind = client.recv(4)[3]
        name = client.recv(client.recv(1)[0]).decode() if kind == 3 else socket.inet_ntoa(client.recv(4))
        self.targets.append(f"{name}:{int.from_bytes(client.recv(2), 'big')}")
        client.sendall(b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x00")
        self._join(client)

    def _http(self, client):
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += client.recv(1)
        lines = head.decode().split("\r\n")
        self.targets.append(lines[0].split()[1])
        if self._login and f"Proxy-Authorization: {self._login}" not in lines:
            client.sendall(b"HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=\"p\"\r\nContent-Length: 0\r\n\r\n")
        elif lines[0].startswith("CONNECT "):
            client.sendall(b"HTTP/1.1 200 Connected\r\nETag: \"of the proxy\"\r\n\r\n")
            self._join(client)
        else:
            method, target, version = lines[0].split()
            path = "/" + target.split("/", 3)[3]
            self._join(client, "\r\n".join([f"{method} {path} {version}", *lines[1:]]).encode())

    def _join(self, client, first=b""):
        server = socket.create_connection(("127.0.0.1", self._to))
        server.sendall(first)
        threading.Thread(target=self._pump, args=(server, client), daemon=True).start()
        self._pump(client, server)

    def _pump(self, source, to):
        try:
            while data := source.recv(65536):
                to.sendall(data)
            to.shutdown(socket.SHUT_WR)
        except OSError:
            pass
