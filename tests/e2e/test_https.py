"""TLS: whom courant believes, what it says when it does not, how it is known itself, and hosts that want https only."""

import os
import shutil
import socket
import subprocess

import pytest
from authority import OPENSSL, Authority
from daemon import wait_until
from documents import entries, rss
from origin import Answer, Origin, Redirect
from proxy import Proxy

pytestmark = pytest.mark.skipif(OPENSSL is None, reason="needs the openssl program")


@pytest.fixture(scope="module")
def authority():
    ca = Authority()
    yield ca
    ca.remove()


@pytest.fixture
def serve(authority):
    """An origin behind a certificate (and key)."""
    servers = []

    def start(pair=None, **options):
        servers.append(Origin(authority.context(*(pair or authority.issue("plain")), **options)))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def trusting(authority):
    return {"ca_file": authority.certificate}


def detail(daemon, url):
    daemon.wait_checked(url)
    error = daemon.feed(url)["error"]
    return error and (error["code"], error["detail"])


def test_a_certificate_of_a_known_authority(authority, serve, daemon):
    origin = serve()
    urls = [origin.set(f"/{i}", rss(*entries(1, prefix=str(i)))) for i in range(3)]
    daemon.start(*urls, poll={**trusting(authority), "per_host": 1})
    daemon.wait_checked()
    assert [f["error"] for f in daemon.feeds()] == [None] * 3
    assert len({r.connection for r in origin.requests()}) == 1, "the connection is used again"


def test_https_goes_through_a_tunnel_of_the_proxy(authority, serve, daemon):
    """The proxy hears a name and a port, and nothing of what is asked there; the certificate is that of the name."""
    named, other = "DNS:news.example,DNS:xn--bcher-kva.example", "http://plain.example/feed"
    origin, plain = serve(authority.issue("named", names=named)), Origin()
    tunnel, proxy = Proxy(origin.port), Proxy(plain.port)
    for server in (origin, plain):
        server.default = lambda request: Answer(rss(*entries(1, prefix=request.header("Host"))), etag='"1"')
    url, idn, false = "https://news.example/feed?token=hush", "https://bücher.example/feed", "https://wrong.example/feed"
    through = {"proxy": f"http://127.0.0.1:{tunnel.port}", "allow_private": False}
    try:
        daemon.start(*({"url": u, **through} for u in (url, idn, false)), {"url": other, **through, "proxy": f"http://127.0.0.1:{proxy.port}"}, poll=trusting(authority))
        daemon.wait_checked()
        assert [detail(daemon, u) for u in (url, idn, other)] == [None] * 3
        code, text = detail(daemon, false)
        assert code == "tls_failed" and "for another host" in text
        assert set(tunnel.targets) == {"news.example:443", "xn--bcher-kva.example:443", "wrong.example:443"}
        assert proxy.targets == [other], "without TLS the proxy is asked for the document"
        assert {r.header("Host") for r in origin.requests()} == {"news.example", "xn--bcher-kva.example"}
        assert not any(name.lower().startswith("proxy") for r in origin.requests() for name in r.names)
    finally:
        for server in (plain, tunnel, proxy):
            server.close()


def test_an_authority_for_one_feed(authority, serve, daemon):
    origin = serve()
    known, unknown = origin.set("/known", rss(*entries(1))), origin.set("/unknown", rss(*entries(1)))
    daemon.start({"url": known, "ca_file": authority.certificate}, unknown)
    assert detail(daemon, known) is None
    code, text = detail(daemon, unknown)
    assert code == "tls_failed" and "authority that is not known here" in text and "ca_file" in text


@pytest.mark.parametrize("kind, says", [("expired", "expired on 2021-01-01"), ("early", "valid from 2098-12-31 on"), ("other", "for another host"), ("self", "self-signed")])
def test_certificates_that_are_not_believed(authority, serve, daemon, kind, says):
    pair = {"expired": lambda: authority.issue("expired", not_after="210101000000Z"),
            "early": lambda: authority.issue("early", not_before="20981231000000Z", not_after="20990101000000Z"),
            "other": lambda: authority.issue("other", names="DNS:elsewhere.test"),
            "self": authority.self_signed}[kind]()
    origin = serve(pair)
    url = origin.set("/feed", rss(*entries(1)))
    daemon.start(url, poll=trusting(authority))
    code, text = detail(daemon, url)
    assert code == "tls_failed" and says in text and f"127.0.0.1:{origin.port}" in text
    assert origin.requests() == []


def test_a_self_signed_certificate_that_is_named(authority, serve, daemon):
    pair = authority.self_signed()
    origin = serve(pair)
    url = origin.set("/feed", rss(*entries(1)))
    daemon.start({"url": url, "ca_file": pair[0]})
    assert detail(daemon, url) is None


def test_a_certificate_of_our_own(authority, serve, daemon):
    mine = authority.issue("me")
    origin = serve(clients=True)
    known, unknown = origin.set("/known", rss(*entries(1))), origin.set("/unknown", rss(*entries(1)))
    daemon.start({"url": known, "client_cert": mine[0], "client_key": mine[1]}, unknown, poll=trusting(authority))
    assert detail(daemon, known) is None
    assert detail(daemon, unknown)[0] in ("tls_failed", "connect_failed", "protocol_error")


def test_https_once_is_https_for_ever(authority, serve, daemon):
    """The same port speaks TLS only, so that a request by http cannot be answered."""
    origin = serve()
    strict = [("Strict-Transport-Security", "max-age=31536000; includeSubDomains")]
    first = f"https://localhost:{origin.port}/first"
    second = f"http://localhost:{origin.port}/second"
    third = f"https://localhost:{origin.port}/third"
    origin.set("/first", Answer(rss(*entries(1, prefix="a")), headers=strict))
    origin.set("/second", rss(*entries(1, prefix="b")))
    origin.set("/third", Redirect(to=f"http://localhost:{origin.port}/fourth"))
    origin.set("/fourth", rss(*entries(1, prefix="c")))
    daemon.start(first, poll=trusting(authority))
    assert detail(daemon, first) is None
    daemon.stop()
    daemon.start(first, second, third, poll=trusting(authority))
    assert detail(daemon, second) is None, "remembered over a restart"
    assert detail(daemon, third) is None, "redirects, too"


def test_logins_do_not_leave_by_redirects(authority, serve, origin, daemon):
    secure = serve()
    password = daemon.home / "password"
    password.write_text("hush-hush\n")
    password.chmod(0o600)
    login = {"username": "me", "password_file": password, "headers": ["Cookie: id=hush-hush"]}
    plain = origin.set("/plain", rss(*entries(1)))
    down = secure.set("/down", Redirect(to=plain))
    away = secure.set("/away", Redirect(to=f"https://localhost:{secure.port}/elsewhere"))
    secure.set("/elsewhere", rss(*entries(1)))
    daemon.start({"url": down, **login}, {"url": away, **login}, poll=trusting(authority))
    assert detail(daemon, down)[0] == "redirect_refused"
    assert origin.requests() == []
    assert detail(daemon, away) is None
    for request in secure.requests():
        home = request.target in ("/down", "/away")
        assert (request.header("Authorization") == "Basic bWU6aHVzaC1odXNo") == home
        assert (request.header("Cookie") is not None) == home
    everything = daemon.log + str(daemon.feeds()) + daemon.courant("feeds").stdout + daemon.courant("--json", "feeds").stdout
    assert "hush" not in everything and "aHVzaC1odXNo" not in everything


@pytest.fixture
def nginx(authority, daemon):
    """nginx with HTTP/2; what it logged of each request is (path, protocol, connection, encoding)."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        pytest.skip("needs nginx")
    home, pair = daemon.home / "nginx", authority.issue("nginx")
    (home / "www").mkdir(parents=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (home / "nginx.conf").write_text(f"""
        {"user root;" if os.geteuid() == 0 else ""}
        daemon off; worker_processes 1; pid {home}/pid; error_log {home}/error;
        events {{ }}
        http {{
            log_format how '$uri $server_protocol $connection "$http_accept_encoding"';
            access_log {home}/access how;
            client_body_temp_path {home}/1; proxy_temp_path {home}/2; fastcgi_temp_path {home}/3;
            uwsgi_temp_path {home}/4; scgi_temp_path {home}/5;
            gzip on; gzip_types *; gzip_min_length 1;
            server {{ listen 127.0.0.1:{port} ssl http2; ssl_certificate {pair[0]}; ssl_certificate_key {pair[1]}; root {home}/www; }}
        }}""")
    process = subprocess.Popen([program, "-p", home, "-c", home / "nginx.conf"], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for i in range(4):
        (home / "www" / f"{i}.xml").write_bytes(rss(*entries(1, prefix=str(i))))

    def listens():
        with socket.socket() as s:
            return s.connect_ex(("127.0.0.1", port)) == 0

    wait_until(listens, what="nginx")
    yield f"https://127.0.0.1:{port}", lambda: [line.split() for line in (home / "access").read_text().splitlines()]
    process.terminate()
    process.wait()


def test_http_2_shares_one_connection(authority, nginx, daemon):
    """Even where a host may have several connections, HTTP/2 needs one."""
    base, log = nginx
    daemon.start(*(f"{base}/{i}.xml" for i in range(4)), poll={**trusting(authority), "per_host": 4})
    daemon.wait_checked()
    assert [f["error"] for f in daemon.feeds()] == [None] * 4
    lines = wait_until(lambda: len(log()) == 4 and log())
    assert {line[1] for line in lines} == {"HTTP/2.0"}
    assert len({line[2] for line in lines}) == 1, lines
