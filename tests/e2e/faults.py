"""What an HTTP server can do wrong, each as a function (connection, body, dice) that answers one request; `body` is a feed that it should send.

Whatever they send is no complete, good answer: a reader may take nothing from it but what it can prove to be published."""

import gzip
import socket
import struct
import time
import zlib

STALL_S = 60  # longer than any time-out in use: the reader goes first
ODD_WAITS = ("-5", "99999999999999999999", "soon", "1.5", "Fri, 99 Foo 2026 25:61:61 GMT", "", "2, 3", "0x10")


def head(status="200 OK", *fields):
    return "\r\n".join([f"HTTP/1.1 {status}", *fields, "", ""]).encode("latin-1")


def sized(body, *fields, status="200 OK", length=None):
    return head(status, f"Content-Length: {len(body) if length is None else length}", "Content-Type: application/rss+xml", *fields)


def over():
    raise ConnectionResetError("the server closes")


def reset(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    over()


def stall(connection):
    connection.settimeout(STALL_S)
    connection.recv(1)
    over()


def drip(connection, data):
    for i in range(len(data)):
        connection.sendall(data[i:i + 1])
        time.sleep(0.05)
    over()


# ---- the connection ---------------------------------------------------------------------------------------------------------------

def reset_at_once(c, body, dice):
    reset(c)


def close_at_once(c, body, dice):
    over()


def reset_in_header(c, body, dice):
    c.sendall(sized(body)[:dice.randrange(1, 40)])
    reset(c)


def reset_in_body(c, body, dice):
    c.sendall(sized(body) + body[:dice.randrange(len(body))])
    reset(c)


def hang(c, body, dice):
    stall(c)


def hang_in_header(c, body, dice):
    c.sendall(sized(body)[:dice.randrange(1, 40)])
    stall(c)


def hang_in_body(c, body, dice):
    c.sendall(sized(body) + body[:dice.randrange(len(body))])
    stall(c)


def drip_header(c, body, dice):
    drip(c, head("200 OK", *(f"X-{i}: {i}" for i in range(200))))


def drip_body(c, body, dice):
    c.sendall(sized(body))
    drip(c, body)


def endless(c, body, dice):
    c.sendall(head("200 OK", "Content-Type: text/xml", "Connection: close"))
    while True:
        c.sendall(b"<item><title>more</title></item>" * 2000)


def lies_keep_alive(c, body, dice):
    c.sendall(head("500 Oops", "Content-Length: 0", "Connection: keep-alive", "Keep-Alive: timeout=99999999999"))
    over()


def lies_close(c, body, dice):
    c.sendall(head("500 Oops", "Content-Length: 0", "Connection: close"))


def unasked_answer(c, body, dice):
    """A second answer that nobody asked for waits on the connection for whoever uses it next."""
    c.sendall(head("404 Not Found", "Content-Length: 0") + sized(EVIL, 'ETag: "evil"') + EVIL)


# ---- the framing ------------------------------------------------------------------------------------------------------------------

def cut_short(c, body, dice):
    c.sendall(sized(body) + body[:dice.randrange(len(body))])
    over()


def says_less(c, body, dice):
    c.sendall(sized(body, length=dice.randrange(1, len(body))) + body)
    over()


def two_lengths(c, body, dice):
    c.sendall(sized(body, f"Content-Length: {len(body) // 2}") + body)
    over()


def no_number(c, body, dice):
    c.sendall(sized(body, length=dice.choice(["-1", "lots", "18446744073709551617", "0x40", "5, 5"])) + body[:100])
    over()


def chunked(c, data):
    c.sendall(head("200 OK", "Transfer-Encoding: chunked", "Content-Type: text/xml") + data)
    over()


def chunk_without_end(c, body, dice):
    chunked(c, b"%x\r\n%s\r\n" % (len(body), body))


def chunk_of_garbage(c, body, dice):
    chunked(c, dice.choice([b"zz\r\n", b"-1\r\n", b"ffffffffffffffffff\r\n", b"5;" + b"x" * 20_000 + b"\r\nhello\r\n"]) + body)


def endless_trailers(c, body, dice):
    chunked(c, b"5\r\n<rss>\r\n0\r\n" + b"X-Trailer: again\r\n" * 50_000)


def http_0_9(c, body, dice):
    c.sendall(body)
    over()


def garbage(c, body, dice):
    c.sendall(dice.randbytes(dice.randrange(1, 4000)))
    over()


def odd_status_line(c, body, dice):
    c.sendall(dice.choice([b"HTTP/9.9 200 OK", b"HTTP/1.1 999 Odd", b"HTTP/1.1 OK", b"HTTP/1.1 -200 OK", b"ICY 200 OK", b"HTTP/1.1 20 OK"]) + b"\r\n\r\n")
    over()


def flood_of_1xx(c, body, dice):
    for _ in range(300):
        c.sendall(head("103 Early Hints", "Link: </x>; rel=preload") * 20)
    over()


# ---- the header -------------------------------------------------------------------------------------------------------------------

def huge_header(c, body, dice):
    c.sendall(sized(body, "X-Huge: " + "x" * 400_000) + body)
    over()


def many_fields(c, body, dice):
    c.sendall(sized(body, *("X-Many: %06d" % i for i in range(20_000))) + body)
    over()


def control_characters(c, body, dice):
    c.sendall(head("404 \x1b[31mred\x07", "Server: \x1b]0;title\x07", "Content-Length: 0", "\x00: nul"))
    over()


def redirect_to_itself(c, body, dice):
    c.sendall(head("302 Found", "Location: ?", "Content-Length: 0"))


def redirect_nowhere(c, body, dice):
    place = dice.choice(["", "//", "http://", "http://[::1", "file:///etc/passwd", "gopher://127.0.0.1:70/", "javascript:alert(1)", "/" + "x" * 20_000,
                         "http://127.0.0.1:0/", "http://user:secret@169.254.169.254/", "\x00"])
    c.sendall(head(dice.choice(["301 Moved", "302 Found", "308 Moved"]), "Location: " + place, "Content-Length: 0"))


def server_error(c, body, dice):
    c.sendall(head(dice.choice(["500 Oops", "502 Bad Gateway", "503 Later", "504 Late", "599 Odd"]), "Retry-After: " + dice.choice(ODD_WAITS), "Content-Length: 0"))


def refusal(c, body, dice):
    c.sendall(head(dice.choice(["401 Who", "403 No", "404 Gone?", "405 No", "406 No", "451 No"]), "WWW-Authenticate: Basic", "Content-Length: 0"))


def no_content(c, body, dice):
    status = dice.choice(["204 Nothing", "205 Reset", "201 Created", "300 Choose", "304 Not Modified"])
    c.sendall(head(status, "Content-Length: 0") if not status.startswith("204") else head(status))


def other_part(c, body, dice):
    part = body[: len(body) // 2]
    c.sendall(sized(part, f"Content-Range: bytes 0-{len(part) - 1}/{len(body)}", status="206 Partial Content") + part)


# ---- the body ---------------------------------------------------------------------------------------------------------------------

EVIL = (b"<?xml version='1.0'?><rss version='2.0'><channel><title>Evil</title><item><title>Nobody published this.</title>"
        b"<guid>evil</guid></item></channel></rss>")


def gzip_bomb(c, body, dice):
    packer = zlib.compressobj(9, wbits=31)
    data = packer.compress(b"<rss version='2.0'><channel><title>t</title>" + b" " * 30_000_000) + packer.flush()
    c.sendall(sized(data, "Content-Encoding: gzip") + data)


def not_gzip(c, body, dice):
    encoding = dice.choice(["gzip", "deflate", "br", "zstd", "gzip, gzip", "gzip, br, deflate, gzip, gzip, gzip", "quantum"])
    c.sendall(sized(body, "Content-Encoding: " + encoding) + body)


def cut_gzip(c, body, dice):
    data = gzip.compress(body)
    data = data[:dice.randrange(1, len(data) - 8)]
    c.sendall(sized(data, "Content-Encoding: gzip") + data)


def nothing(c, body, dice):
    c.sendall(sized(b""))


def web_page(c, body, dice):
    page = b"<!DOCTYPE html><html><head><title>Blocked</title></head><body>Are you a robot?</body></html>"
    c.sendall(sized(page) + page)


def noise(c, body, dice):
    data = dice.randbytes(5000)
    c.sendall(sized(data) + data)


def many_entities(c, body, dice):
    bomb = b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha">' + b"".join(
        b'<!ENTITY %c "%s">' % (x + 1, b"&%c;" % x * 10) for x in range(ord("a"), ord("j"))) + b"]><rss><channel><title>&j;</title></channel></rss>"
    c.sendall(sized(bomb) + bomb)


def deep(c, body, dice):
    data = b"<rss version='2.0'><channel><title>t</title>" + b"<a>" * 20_000
    c.sendall(sized(data) + data)


def torn_between_entries(c, body, dice):
    """A document that ends after some of its entries and pretends to be whole."""
    ends = [i for i in range(len(body)) if body.startswith(b"</item>", i)]
    data = body[:dice.choice(ends) + len(b"</item>")] if ends else b"<rss>"
    c.sendall(sized(data) + data)


FAULTS = [f for f in list(globals().values()) if callable(f) and getattr(f, "__code__", None) and f.__code__.co_varnames[:3] == ("c", "body", "dice")]
# Before a field of the answer: a client may ask again at once on a fresh connection (RFC 9112 9.3.1).
SILENT_ENDS = (reset_at_once, close_at_once, reset_in_header)
