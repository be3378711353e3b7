"""Whose server a URL means: addresses of IPv6, names in other scripts, names that lead elsewhere today."""

import ctypes
import os
import subprocess
import threading

import pytest
from daemon import wait_until
from documents import entries, rss
from origin import Answer, Origin, Redirect
from proxy import Proxy

# --- IPv6


@pytest.fixture
def six():
    try:
        server = Origin(address="::1")
    except OSError:
        pytest.skip("this machine has no IPv6")
    yield server
    server.close()


def test_an_ipv6_literal_is_fetched(six, origin, daemon):
    """In brackets, on both sides of a redirect; validators go to the URL that gave them."""
    moved = six.set("/moved", Redirect(to=six.url("/feed")))
    url = six.set("/feed", Answer(rss(*entries(2)), etag='"6"'))
    there = origin.set("/there", Redirect(to=url))
    daemon.start(url, moved, there)
    daemon.wait_checked()
    assert [f["error"] for f in daemon.feeds()] == [None] * 3
    assert {r.header("Host") for r in six.requests()} == {f"[::1]:{six.port}"}
    daemon.refresh(url)
    assert six.requests("/feed")[-1].header("If-None-Match") == '"6"'
    assert f"[::1]:{six.port}" in daemon.courant("feeds", "--tsv", "--fields", "feed_url").stdout


@pytest.mark.parametrize("host", ["[::1]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[fe80::1]", "[fd00::1]", "[64:ff9b::7f00:1]"])
def test_private_addresses_of_ipv6_need_consent(six, origin, daemon, host):
    """Whatever they are disguised as; nothing is sent."""
    for server in (six, origin):
        server.default = lambda request: Answer(rss(*entries(1)))
    daemon.start(*({"url": f"http://{host}:{server.port}/feed", "allow_private": False} for server in (six, origin)))
    daemon.wait_checked()
    assert {f["error"]["code"] for f in daemon.feeds()} == {"address_refused"}
    assert not six.requests() and not origin.requests()


# --- names in other scripts


def test_names_in_other_scripts(origin, daemon):
    """The server is asked by the ASCII form, which is one host however it is written; a person sees what was typed."""
    proxy = Proxy(origin.port)
    origin.default = lambda request: Answer(rss(*entries(1, prefix=request.target)))
    names = {"http://bücher.example/1": "xn--bcher-kva.example", "http://BÜCHER.example/2": "xn--bcher-kva.example",
             "http://xn--bcher-kva.example/3": "xn--bcher-kva.example", "http://例え.テスト/4": "xn--r8jz45g.xn--zckzah",
             "http://\u0430\u0440\u0440le.example/5": "xn--le-6kc8da.example"}
    try:
        daemon.start(*({"url": url, "allow_private": False} for url in names), poll={"proxy": f"http://127.0.0.1:{proxy.port}"})
        daemon.wait_checked()
        assert [f["error"] for f in daemon.feeds()] == [None] * len(names)
        assert {r.target[-1]: r.header("Host") for r in origin.requests()} == {url[-1]: host for url, host in names.items()}
        shown = daemon.courant("feeds", "--tsv", "--fields", "feed_url").stdout
        assert sorted(shown.split()) == sorted(names)
    finally:
        proxy.close()


@pytest.mark.parametrize("url", ["http://xn--bcher-kva..example/", "http://a\u202eb.example/", "http://a\u200b\u0301.example/", "http://" + "ü" * 300 + ".example/"])
def test_names_that_are_none(daemon, url):
    """Refused, or shown without what turns a line around."""
    daemon.start()
    status, answer, _ = daemon.call("POST", "/v1/feeds", {"feed_url": url})
    assert status in (400, 422, 502), answer
    assert not daemon.feeds() and "\u202e" not in daemon.courant("add", url, expect=None).stderr


# --- names that lead elsewhere than before (DNS rebinding)

PUBLIC = "93.184.216.34"
CLONE_NEWNET = 0x40000000


class Network:
    """A network of its own with a public address, and names that a test gives."""

    def __init__(self, folder):
        self.hosts = folder / "hosts"
        self.name_leads_to()
        self._holder = subprocess.Popen(["unshare", "--mount", "--net", "sh", "-c", f"ip link set lo up && ip addr add {PUBLIC}/32 dev lo && mount --bind {self.hosts} /etc/hosts && echo up && exec cat"],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.up = self._holder.stdout.readline() == "up\n"
        self.within = ["nsenter", "--mount", "--net", "--target", str(self._holder.pid)]

    def name_leads_to(self, *addresses):
        self.hosts.write_text("127.0.0.1 localhost\n" + "".join(f"{a} feeds.example\n" for a in addresses))

    def origin(self, address, port):
        """A thread goes there for the socket."""
        made = []

        def make():
            with open(f"/proc/{self._holder.pid}/ns/net") as there:
                if ctypes.CDLL(None, use_errno=True).setns(there.fileno(), CLONE_NEWNET) == 0:
                    made.append(Origin(address=address, port=port))

        thread = threading.Thread(target=make)
        thread.start()
        thread.join()
        return made[0]

    def close(self):
        self._holder.stdin.close()
        self._holder.wait(30)


@pytest.fixture
def network(tmp_path):
    if os.getuid() != 0 or subprocess.run(["unshare", "--mount", "--net", "true"], capture_output=True).returncode != 0:
        pytest.skip("needs namespaces")
    net = Network(tmp_path)
    if not net.up:
        net.close()
        pytest.skip("needs ip(8) and mount(8)")
    yield net
    net.close()


def test_a_name_that_leads_inside_later_is_refused(network, daemon):
    """It was public when it was added, and leads to this machine by now: its answer is judged whenever it is connected to."""
    outside, inside = network.origin(PUBLIC, 8080), network.origin("127.0.0.1", 8080)
    for server in (outside, inside):
        server.default = lambda request: Answer(rss(*entries(1, prefix=request.target)))
    first, second, third = (f"http://feeds.example:8080/{n}" for n in (1, 2, 3))
    try:
        network.name_leads_to(PUBLIC)
        daemon.start({"url": first, "allow_private": False}, within=network.within)
        daemon.wait_checked()
        assert daemon.feed(first)["error"] is None and len(outside.requests()) == 1
        daemon.stop()
        network.name_leads_to("127.0.0.1")
        daemon.start({"url": first, "allow_private": False}, {"url": second, "allow_private": False}, within=network.within)
        daemon.wait_checked(second)
        assert daemon.feed(second)["error"]["code"] == "address_refused"
        daemon.stop()
        network.name_leads_to("127.0.0.1", PUBLIC)
        daemon.start({"url": third, "allow_private": False}, within=network.within)
        daemon.wait_checked(third)
        assert daemon.feed(third)["error"] is None, "of several addresses the public one is taken"
        wait_until(lambda: len(outside.requests("/3")) == 1, what="the request")
        assert not inside.requests()
    finally:
        outside.close()
        inside.close()
