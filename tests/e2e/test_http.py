"""The shape of a request, what is decoded, logins, and the way through proxies (etiquette R1-R5)."""

import zlib

import pytest
from daemon import wait_until
from documents import entries, rss
from origin import Answer, Redirect
from proxy import Proxy


def raw_zstd(body):
    """RFC 8878, in blocks that are not compressed."""
    frame = b"\x28\xb5\x2f\xfd\xa0" + len(body).to_bytes(4, "little")
    return frame + (len(body) << 3 | 1).to_bytes(3, "little") + body


def raw_brotli(body):
    """RFC 7932: one meta-block that is not compressed, and an empty last one."""
    bits, n = 0, 0
    for value, width in ((0, 1), (0, 1), (0, 2), (len(body) - 1, 16), (1, 1)):  # 16-bit window; not last; 4 nibbles; length; raw
        bits |= value << n
        n += width
    return bits.to_bytes((n + 7) // 8, "little") + body + b"\x03"


def deflated(body):
    return zlib.compress(body)


def gzipped(body):
    return zlib.compress(body, wbits=31)


@pytest.mark.parametrize("encoding, encode", [("gzip", gzipped), ("deflate", deflated), ("br", raw_brotli), ("zstd", raw_zstd)])
def test_encodings(origin, daemon, encoding, encode):
    body = rss(*entries(2))
    url = origin.set("/feed", Answer(encode(body), headers=[("Content-Encoding", encoding)]))
    daemon.start(url)
    daemon.wait_checked()
    accepted = origin.requests()[0].header("Accept-Encoding").split(", ")
    if encoding not in accepted:
        pytest.skip(f"this libcurl does not decode {encoding}")
    assert daemon.feed(url)["error"] is None
    assert len(daemon.titles()) == 2


def test_every_request_has_one_shape(origin, daemon):
    """R1-R3: the same fields in the same order, whoever is asked, by http and after redirects; conditional ones add theirs."""
    to = origin.set("/to", Answer(rss(*entries(1)), etag='"1"', headers=[("Set-Cookie", "track=me")]))
    odd = origin.set("/odd?b=2&a=%7E+x&&utm_source=y", rss(*entries(1, prefix="odd")))
    daemon.start(origin.set("/from", Redirect(to=to + "#top")), odd + "#part", poll={"per_host": 1})
    daemon.wait_checked()
    for url in [f["feed_url"] for f in daemon.feeds()]:
        daemon.refresh(url)
    plain = ["host", "user-agent", "accept-encoding", "accept"]
    assert len(origin.requests()) == 6
    for request in origin.requests():
        assert request.method == "GET"
        conditional = ["if-none-match"] if request.header("If-None-Match") else []
        assert request.names == plain + conditional
        assert request.header("User-Agent").startswith("courant/")
        assert request.header("Accept").startswith("application/atom+xml, application/rss+xml")
    assert {r.target for r in origin.requests()} == {"/from", "/to", "/odd?b=2&a=%7E+x&&utm_source=y"}
    assert [r.header("If-None-Match") for r in origin.requests("/to")] == [None, '"1"']
    assert len({r.header("Accept-Encoding") for r in origin.requests()}) == 1


def secret(daemon, name, text, mode=0o600):
    path = daemon.home / name
    path.write_text(text)
    path.chmod(mode)
    return path


def wants(name, value, body):
    """A document for those who show the field, else 401."""
    def answer(request):
        if request.header(name) == value:
            return Answer(body)
        return Answer(b"", status=401, headers=[("WWW-Authenticate", 'Basic realm="x"')])
    return answer


def test_logins_from_files(origin, daemon):
    origin.default = wants("Authorization", "Bearer t0ken", rss(*entries(1)))
    good, bad = origin.url("/good"), origin.url("/bad")
    daemon.start({"url": good, "auth": "bearer", "password_file": secret(daemon, "token", "t0ken\n")}, bad)
    daemon.wait_checked()
    assert daemon.feed(good)["error"] is None
    assert daemon.feed(bad)["error"]["detail"] == "HTTP 401 Unauthorized; it wants a login"


def test_fields_from_files(origin, daemon):
    origin.default = wants("X-Key", "hush", rss(*entries(1)))
    url = origin.url("/feed")
    daemon.start({"url": url, "headers": ["Cookie: theme=dark"], "headers_file": secret(daemon, "fields", "X-Key: hush\n")})
    daemon.wait_checked()
    assert daemon.feed(url)["error"] is None
    assert origin.requests()[0].header("Cookie") == "theme=dark"


def test_a_changed_secret_is_used_after_a_reload(origin, daemon):
    origin.default = wants("Authorization", "Basic bWU6bmV3", rss(*entries(1)))
    url = origin.url("/feed")
    path = secret(daemon, "password", "old")
    daemon.start({"url": url, "username": "me", "password_file": path})
    daemon.wait_checked()
    assert daemon.feed(url)["error"]["detail"] == "HTTP 401 Unauthorized; the feed's login was refused"
    path.write_text("new")
    daemon.reload()
    wait_until(lambda: "reloaded" in daemon.log, what="the reload")
    assert daemon.refresh(url)["error"] is None


def test_a_login_in_the_url_is_taken_out(origin, daemon):
    origin.default = wants("Authorization", "Basic bWU6aHVzaA==", rss(*entries(1)))
    url = origin.url("/feed")
    daemon.start(url.replace("://", "://me:hush@"))
    daemon.wait_checked()
    assert daemon.feed(url)["error"] is None
    assert "has a login in its URL" in daemon.log and "hush" not in daemon.log + str(daemon.feeds())


@pytest.mark.parametrize("how", ["keys", "url"])
def test_a_login_through_the_api(origin, daemon, how):
    """It is used from the first fetch on, kept over a restart, and never told again."""
    origin.default = wants("Authorization", "Basic bWU6aHVzaA==", rss(*entries(1)))
    url = origin.url("/feed")
    daemon.start()
    given = {"feed_url": url, "username": "me", "password": "hush"} if how == "keys" else {"feed_url": url.replace("://", "://me:hush@")}
    status, feed, _ = daemon.call("POST", "/v1/feeds", {**given, "allow_private": True})
    assert status == 201 and feed["feed_url"] == url
    daemon.stop()
    daemon.start()
    assert daemon.refresh(url)["error"] is None
    feed = daemon.feed(url)
    assert feed["username"] == "me" and feed["password"] == ""
    everything = daemon.log + str(daemon.feeds()) + daemon.courant("--json", "feeds").stdout + daemon.courant("export").stdout
    assert "hush" not in everything
    for path in daemon.state.glob("courant.db*"):
        assert path.stat().st_mode & 0o077 == 0, path


def test_a_feed_is_changed_through_the_api(origin, daemon):
    origin.default = wants("Authorization", "Basic bWU6bmV3", rss(*entries(1)))
    daemon.start(clock_rate=0)
    url = origin.url("/members")
    opml = f"<opml version='2.0'><body><outline type='rss' xmlUrl='{url}'/></body></opml>"
    status, answer, _ = daemon.call("POST", "/v1/import?allow_private=1", opml)
    assert status == 201, answer
    daemon.wait_checked()
    assert daemon.feed(url)["error"]["http_code"] == 401
    path = f"/v1/feeds/{daemon.feed(url)['id']}"
    status, changed, _ = daemon.call("PUT", path, {"title": "Members", "category": "news/press", "feed_url": url, "disabled": False})
    assert status == 201 and (changed["title"], changed["category"]["title"]) == ("Members", "news/press"), changed
    assert len(origin.requests("/members")) == 1
    # Another login is tried at once, though the failure has not been waited for.
    status, changed, _ = daemon.call("PUT", path, {"username": "me", "password": "new"})
    assert status == 201 and changed["username"] == "me" and changed["title"] == "Members"
    wait_until(lambda: daemon.titles(), what="the entry")
    # What a client reads and sends back changes nothing, the password included, which it never saw.
    status, _, _ = daemon.call("PUT", path, {"username": "me", "password": "", "category_id": changed["category"]["id"]})
    assert status == 201 and len(origin.requests("/members")) == 2
    daemon.kill()
    daemon.start()
    feed = daemon.feed(url)
    assert (feed["title"], feed["category"]["title"], feed["username"]) == ("Members", "news/press", "me")
    for body, word in (({"feed_url": url + "2"}, "another feed"), ({"user_agent": "Mozilla/5.0"}, "its own name"), ({"cookie": "a\tb\x01"}, "cookie"),
                       ({"proxy_url": "ftp://proxy.example"}, "proxy_url"), ({"crawler": True}, "courant.conf"),
                       ({"category_id": 77}, "no category 77"), ({"password": "x"}, "username"), ({"disabled": True}, "disabled")):
        status, answer, _ = daemon.call("PUT", path, body)
        assert status == 400 and word in answer["error_message"], (body, answer)
    assert daemon.call("PUT", "/v1/feeds/99", {"title": "x"})[0] == 404


def test_a_declared_feed_is_changed_in_its_file(origin, daemon):
    url = origin.set("/feed", rss(*entries(1)))
    daemon.start(url)
    daemon.wait_checked()
    status, answer, _ = daemon.call("PUT", "/v1/feeds/1", {"title": "Mine"})
    assert status == 403 and "courant.conf:4" in answer["error_message"] and answer["code"] == "declared"


def test_logins_that_are_refused(origin, daemon):
    origin.default = wants("Authorization", "Basic bWU6aHVzaA==", rss(*entries(1)))
    daemon.start()
    for body, code in (({"username": "me", "password": "wrong"}, "http_error"), ({"password": "hush"}, "bad_request"),
                       ({"username": "", "password": ""}, "http_error")):
        _, answer, _ = daemon.call("POST", "/v1/feeds", {"feed_url": origin.url("/feed"), "allow_private": True, **body})
        assert answer["code"] == code and "wrong" not in str(answer)


def test_a_cookie_through_the_api(origin, daemon):
    """Sent to the feed's own host as it was given, kept over a restart, never told; what a client reads and sends back leaves it as it is."""
    url = origin.set("/feed", Answer(rss(*entries(1)), headers=[("Set-Cookie", "track=you")]))
    daemon.start()
    status, feed, _ = daemon.call("POST", "/v1/feeds", {"feed_url": url, "allow_private": True, "cookie": "id=hush; b=c"})
    assert status == 201, feed
    daemon.stop()
    daemon.start()
    daemon.refresh(url)
    path = f"/v1/feeds/{daemon.feed(url)['id']}"
    shown = daemon.get(path)
    assert (shown["cookie"], shown["proxy_url"]) == ("***", "")
    for body in ({"cookie": shown["cookie"], "proxy_url": shown["proxy_url"]}, {"cookie": None, "title": "x"}):
        assert daemon.call("PUT", path, body)[0] == 201 and daemon.get(path)["cookie"] == "***"
    daemon.refresh(url)
    assert {r.header("Cookie") for r in origin.requests("/feed")} == {"id=hush; b=c"}
    everything = daemon.log + str(daemon.feeds()) + daemon.courant("--json", "feeds").stdout + daemon.courant("export").stdout
    assert "hush" not in everything
    status, changed, _ = daemon.call("PUT", path, {"cookie": ""})
    assert status == 201 and changed["cookie"] == ""
    daemon.refresh(url)
    assert "cookie" not in origin.requests("/feed")[-1].names


@pytest.fixture
def proxy(origin):
    p = Proxy(origin.port, login=("me", "pw"))
    yield p
    p.close()


def test_http_proxy(origin, proxy, daemon):
    origin.default = lambda request: Answer(rss(*entries(1)))
    password = secret(daemon, "proxy-password", "pw\n")
    url, named = "http://news.example/feed", "http://bücher.example/ü"
    daemon.start({"url": url, "allow_private": False}, {"url": named, "allow_private": False}, origin.url("/near"),
                 poll={"proxy": f"http://me@127.0.0.1:{proxy.port}", "proxy_password_file": password})
    daemon.wait_checked()
    assert [f["error"] for f in daemon.feeds()] == [None] * 3
    near = f"127.0.0.1:{origin.port}"
    assert {r.header("Host") for r in origin.requests()} == {"news.example", "xn--bcher-kva.example", near}
    assert [r.header("Proxy-Authorization") is None for r in origin.requests() if r.header("Host") == near] == [True]
    assert proxy.targets and near not in str(proxy.targets)
    assert any(r.target.endswith("/%c3%bc") for r in origin.requests())
    assert daemon.feed(named), "shown as it was given"


@pytest.mark.parametrize("scheme, host, target", [("socks5h", "news.example", "news.example:80"), ("socks5", "localhost", "127.0.0.1:80")])
def test_socks_proxy(origin, proxy, daemon, scheme, host, target):
    """socks5h leaves the name to the proxy; socks5 hands it the address."""
    origin.default = lambda request: Answer(rss(*entries(1)))
    daemon.start({"url": f"http://{host}/feed", "allow_private": host == "localhost", "proxy": f"{scheme}://127.0.0.1:{proxy.port}"})
    daemon.wait_checked()
    assert [f["error"] for f in daemon.feeds()] == [None]
    assert proxy.targets == [target]


def test_a_proxy_through_the_api(origin, proxy, daemon):
    origin.set("/feed", rss(*entries(1)))
    daemon.start()
    given = {"feed_url": "http://news.example/feed", "proxy_url": f"http://me:pw@127.0.0.1:{proxy.port}"}
    status, feed, _ = daemon.call("POST", "/v1/feeds", given)
    assert status == 201 and set(proxy.targets) == {"http://news.example/feed"}, feed
    path = f"/v1/feeds/{feed['feed_id']}"
    assert daemon.get(path)["proxy_url"] == "***" and "me:pw" not in daemon.log + str(daemon.feeds())
    proxy.close()
    status, changed, _ = daemon.call("PUT", path, {"proxy_url": ""})
    assert status == 201 and changed["proxy_url"] == ""


def test_no_proxy_leads_to_an_inner_network(origin, proxy, daemon):
    origin.default = lambda request: Redirect(to="http://169.254.169.254/latest/meta-data/")
    daemon.start({"url": "http://news.example/feed", "allow_private": False, "proxy": f"socks5h://127.0.0.1:{proxy.port}"})
    daemon.wait_checked()
    assert daemon.feeds()[0]["error"]["code"] == "address_refused"
    assert proxy.targets == ["news.example:80"]


def test_a_proxy_that_is_not_there(origin, proxy, daemon):
    proxy.close()
    daemon.start({"url": "http://news.example/feed", "proxy": f"http://127.0.0.1:{proxy.port}"})
    daemon.wait_checked()
    error = daemon.feeds()[0]["error"]
    assert error["code"] == "connect_failed" and "proxy" in error["detail"]


def test_one_family_of_addresses(origin, daemon):
    """localhost is ::1, too; the origin is on 127.0.0.1."""
    four, six = (origin.set(path, rss(*entries(1, prefix=path))) for path in ("/four", "/six"))
    daemon.start({"url": four, "ip": "v4"}, {"url": six, "ip": "v6"})
    daemon.wait_checked()
    assert daemon.feed(four)["error"] is None
    assert daemon.feed(six)["error"]["code"] in ("dns_failed", "connect_failed")
