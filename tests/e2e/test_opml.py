"""Subscriptions as OPML: in, out, and the same again; what is hostile is refused, what is odd is read."""

import subprocess
import xml.etree.ElementTree as ET
from xml.sax.saxutils import quoteattr

import pytest
from daemon import BUILD, wait_until
from documents import entries, rss


@pytest.fixture
def running(daemon):
    return daemon.start()


def outline(**attributes):
    return "<outline " + " ".join(f"{k}={quoteattr(v)}" for k, v in attributes.items()) + "/>\n"


def opml(*body, version="2.0"):
    return f'<?xml version="1.0"?>\n<opml version="{version}"><head><title>x</title></head><body>\n{"".join(body)}</body></opml>\n'


def post(daemon, text, query="", timeout=60):
    return daemon.call("POST", "/v1/import" + query, text.encode() if isinstance(text, str) else text, timeout=timeout)[:2]


def results(report):
    return [f["result"] for f in report["feeds"]]


# Feeds that nobody fetches: their host exists nowhere (RFC 2606).
FAR = "https://{}.invalid/feed"

MANY = opml(
    outline(text="Alone", xmlUrl=FAR.format("alone"), htmlUrl="https://alone.invalid/"),
    '<outline text="tech">\n', outline(type="rss", text="A & B", title="A <B>", xmlUrl=FAR.format("a") + "?x=1&y=2"),
    '<outline text="linux">\n', outline(text="Deep", title="Deep", xmlUrl=FAR.format("deep")), "</outline>\n",
    outline(text="Ä", xmlUrl=FAR.format("umlaut")), "</outline>\n",
    outline(text="2.0", xmlUrl=FAR.format("two"), category="/a/b,/c"))


def test_import(running):
    status, report = post(running, MANY)
    assert status == 201 and (report["added"], report["existing"], report["refused"]) == (5, 0, 0)
    assert report["message"] == "Feeds imported successfully"
    feeds = {f["feed_url"]: f for f in running.feeds()}
    assert {u: f["category"]["title"] for u, f in feeds.items()} == {
        FAR.format("alone"): "All", FAR.format("a") + "?x=1&y=2": "tech", FAR.format("deep"): "tech/linux",
        FAR.format("umlaut"): "tech", FAR.format("two"): "a/b"}
    assert feeds[FAR.format("a") + "?x=1&y=2"]["title"] == "A & B"
    assert feeds[FAR.format("alone")]["site_url"] == "https://alone.invalid/"


def test_importing_twice_changes_nothing(running):
    post(running, MANY)
    before = [(f["id"], f["title"], f["category"]["title"]) for f in running.feeds()]
    status, report = post(running, MANY)
    assert status == 201 and results(report) == ["existing"] * 5 and report["added"] == 0
    assert [(f["id"], f["title"], f["category"]["title"]) for f in running.feeds()] == before


def test_export_import_export_is_the_same_bytes(running):
    post(running, MANY)
    running.call("POST", "/v1/feeds", {"feed_url": "x"})
    first = running.courant("export").stdout
    for f in running.feeds():
        running.courant("remove", str(f["id"]))
    assert running.feeds() == []
    status, report = post(running, first)
    assert status == 201 and report["added"] == 5
    assert running.courant("export").stdout == first
    folders = [o.get("text") for o in ET.fromstring(first).iter("outline") if o.get("xmlUrl") is None]
    assert folders == ["a", "b", "tech", "linux"]


def test_export_has_what_is_declared_and_added(origin, daemon):
    daemon.start({"url": origin.set("/d", rss(*entries(1), title="Publisher's")), "name": "Mine", "category": "c"})
    daemon.wait_checked()
    daemon.courant("add", origin.set("/a", rss(*entries(1), title="<Added> & \"quoted\"")), "--allow-private")
    status, text, headers = daemon.call("GET", "/v1/export")
    assert status == 200 and headers["Content-Type"].startswith("text/xml")
    found = [dict(o.attrib) for o in ET.fromstring(text).iter("outline") if o.get("xmlUrl")]
    assert found == [
        {"type": "rss", "text": '<Added> & "quoted"', "title": '<Added> & "quoted"', "xmlUrl": origin.url("/a"), "htmlUrl": "https://news.example/"},
        {"type": "rss", "text": "Mine", "title": "Publisher's", "xmlUrl": origin.url("/d"), "htmlUrl": "https://news.example/"}]


def test_categories_that_are_no_paths_stay_what_they_are(running, origin):
    names = ["a//b", "/a", "a/", "a / b", "a/b", "a b", "a&b", "a"]
    url = {n: origin.set(f"/{i}", rss(*entries(1, prefix=str(i)))) for i, n in enumerate(names)}
    for n in names:
        running.courant("add", url[n], "--allow-private", "-c", n)
    text = running.courant("export").stdout
    for f in running.feeds():
        running.courant("remove", str(f["id"]))
    post(running, text, "?allow_private=1")
    assert {f["feed_url"]: f["category"]["title"] for f in running.feeds()} == {url[n]: n for n in names}
    assert running.courant("export").stdout == text


def test_the_client_reports_each_outline(running, tmp_path):
    file = tmp_path / "feeds.opml"
    file.write_text(opml(outline(text="Good", xmlUrl=FAR.format("good")), outline(text="Bad", xmlUrl="javascript:alert(1)"),
                         outline(text="Twice", xmlUrl=FAR.format("good") + "#top"), outline(text="None", type="rss")))
    done = running.courant("import", str(file), expect=6)
    lines = [line.split() for line in done.stdout.splitlines()[1:-1]]
    assert [line[:3] for line in lines] == [["3", "added", "Good"], ["4", "refused", "Bad"], ["5", "existing", "Twice"], ["6", "refused", "None"]]
    assert done.stdout.endswith("1 added, 1 there already, 2 refused\n")
    assert "no xmlUrl" in done.stdout and "twice" in done.stdout
    tsv = running.courant("import", str(file), "--tsv", "--fields", "line,result,feed_id", expect=6).stdout
    assert tsv.splitlines()[0] == f"3\texisting\t{running.feeds()[0]['id']}"
    assert '"refused": 2' in running.courant("import", str(file), "--json", expect=6).stdout


def test_import_exit_codes(running, tmp_path):
    file = tmp_path / "feeds.opml"
    file.write_text(opml(outline(text="Good", xmlUrl=FAR.format("good"))))
    running.courant("import", str(file))
    running.courant("import", str(file))
    file.write_text(opml(outline(text="Bad", xmlUrl="gopher://old.invalid/")))
    running.courant("import", str(file), expect=1)
    file.write_text("no opml")
    assert "no OPML" in running.courant("import", str(file), expect=1).stderr
    assert "No such file" in running.courant("import", str(tmp_path / "none"), expect=1).stderr
    running.courant("import", expect=2)


def test_standard_input_and_files(running, tmp_path):
    done = subprocess.run([BUILD / "courant", "import", "-"], input=MANY, env=running.environment(), capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    file = tmp_path / "out.opml"
    file.write_text("what stood here")
    running.courant("export", str(file))
    assert file.read_text() == running.courant("export").stdout == running.courant("export", "-").stdout
    assert file.stat().st_mode & 0o777 == 0o600 and [f.name for f in tmp_path.iterdir()] == ["out.opml"]
    running.courant("export", str(tmp_path / "none" / "x"), expect=1)


ODD = {
    "old": (opml(outline(text="x", xmlUrl=FAR.format("x")), version="1.0"), 1),
    "case": (f'<OPML><BODY><OUTLINE TITLE="x" XMLURL="{FAR.format("x")}"/></BODY></OPML>', 1),
    "ampersand": (f'<opml><outline text="a & b" xmlUrl="{FAR.format("x")}?a=1&b=2"/></opml>', 1),
    "latin1": ('<?xml version="1.0" encoding="iso-8859-1"?><opml><outline text="\xe9t\xe9" xmlUrl="https://x.invalid/"/></opml>'.encode("latin-1"), 1),
    "bom": (b"\xef\xbb\xbf" + opml(outline(text="x", xmlUrl=FAR.format("x"))).encode(), 1),
    "no feeds": (opml('<outline text="empty"></outline>'), 0),
    "feed scheme": (opml(outline(text="x", xmlUrl="feed:https://x.invalid/")), 1),
}


@pytest.mark.parametrize("text, n", ODD.values(), ids=ODD.keys())
def test_odd_files_are_read(running, text, n):
    status, report = post(running, text)
    assert status == 201 and report["added"] == n and report["refused"] == 0, report


def nested(n):
    return "<opml>" + '<outline text="x">' * n + outline(xmlUrl=FAR.format("x")) + "</outline>" * n + "</opml>"


HOSTILE = {
    "bomb": ('<!DOCTYPE opml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><opml><outline text="&b;" xmlUrl="https://x.invalid/"/></opml>',
             "entity_refused"),
    "external": ('<!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/passwd">]><opml><outline text="&x;" xmlUrl="https://x.invalid/"/></opml>',
                 "entity_refused"),
    "deep": (nested(10_000), "too_deep"),
    "cut off": (opml(outline(xmlUrl=FAR.format("x")))[:-20], "malformed"),
    "empty": ("", "empty"),
    "rss": (rss(*entries(1)), "not_a_feed"),
    "bytes": (bytes(range(256)) * 40, "not_a_feed"),
    "many": ("<opml>" + '<outline xmlUrl="h"/>' * 100_001 + "</opml>", "too_big"),
}


@pytest.mark.parametrize("text, code", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_files_are_refused(running, text, code):
    status, answer = post(running, text)
    assert status == 422 and answer["code"] == code, answer
    assert running.feeds() == []


def test_a_file_without_end_is_refused(running):
    status, answer = post(running, b" " * (33 << 20))
    assert status == 413 and answer["code"] == "too_large"
    running.get("/v1/status")


REFUSED = ["javascript:alert(1)", "data:text/xml,x", "gopher://x.invalid/", "exec:/bin/true", "http://", "https://x.invalid/a b",
           "http://127.0.0.1/", "http://localhost:8080/f", "http://feeds.localhost/f", "http://[::1]/", "http://10.0.0.1/",
           "http://192.168.1.1:80/f", "http://[fd00::1]/", "http://169.254.169.254/latest", "file:///etc/passwd",
           "https://x.invalid/\x1b[31m", "https://x.invalid/" + "a" * 9000]


def test_hostile_addresses_are_refused_one_by_one(running):
    body = "".join(f"<outline text='x' xmlUrl={quoteattr(u).replace(chr(27), '&#27;')}/>" for u in REFUSED)
    status, report = post(running, opml(body, outline(text="good", xmlUrl=FAR.format("good"))))
    assert status == 201 and results(report) == ["refused"] * len(REFUSED) + ["added"], report
    assert all(f["error_message"] for f in report["feeds"][:-1])
    assert len(running.feeds()) == 1


def test_private_addresses_when_allowed(running, origin):
    url = origin.set("/feed", rss(*entries(2)))
    status, report = post(running, opml(outline(text="x", xmlUrl=url)), "?allow_private=1")
    assert status == 201 and results(report) == ["added"]
    wait_until(lambda: len(running.titles()) == 2, what="its entries")
    assert len(origin.requests()) == 1
    status, report = post(running, opml(outline(text="x", xmlUrl=url)))
    assert results(report) == ["existing"], "what is there already is not judged again"


def test_names_of_a_file_cannot_hurt_a_terminal(running, tmp_path):
    file = tmp_path / "x.opml"
    file.write_text("<opml><outline text='a&#27;[31m&#8238;b&#155;' xmlUrl='https://x.invalid/'/><outline text='&#27;]0;x' xmlUrl='y:z'/></opml>")
    done = running.courant("import", str(file), expect=6)
    shown = done.stdout + done.stderr + running.courant("export").stdout + running.courant("feeds").stdout
    assert not any(c in shown for c in "\x1b\u202e\x9b")


def test_a_disabled_feed_goes_on(daemon):
    daemon.start({"url": FAR.format("x"), "name": "Mine"})
    daemon.configure()
    daemon.reload()
    wait_until(lambda: [f for f in daemon.feeds() if f["disabled"]], what="the feed to be disabled")
    assert "x.invalid" not in daemon.courant("export").stdout
    status, report = post(daemon, opml(outline(text="Again", xmlUrl=FAR.format("x"))))
    assert status == 201 and results(report) == ["existing"]
    assert not daemon.feeds()[0]["disabled"] and len(daemon.feeds()) == 1


def test_imported_feeds_survive_a_restart(running):
    post(running, MANY)
    text = running.courant("export").stdout
    running.stop()
    running.start()
    assert running.courant("export").stdout == text


def test_five_thousand_feeds(running):
    body = "".join(outline(text=f"Feed {i}", xmlUrl=f"https://h{i % 50}.invalid/{i}", htmlUrl=f"https://h{i}.invalid/") for i in range(5000))
    status, report = post(running, opml('<outline text="many">', body, "</outline>"), timeout=120)
    assert status == 201 and report["added"] == 5000
    assert running.get("/v1/status")["feeds"] == 5000
    status, report = post(running, opml('<outline text="many">', body, "</outline>"), timeout=120)
    assert status == 201 and report["existing"] == 5000


def test_what_newsboat_writes(running):
    """As `newsboat -e` writes it: OPML 1.0, flat, the title in `title`."""
    text = ('<?xml version="1.0"?>\n<opml version="1.0">\n  <head>\n    <title>newsboat - Exported Feeds</title>\n  </head>\n  <body>\n'
            '    <outline type="rss" xmlUrl="https://n.invalid/rss" htmlUrl="https://n.invalid/" title="N &amp; N"/>\n  </body>\n</opml>\n')
    status, report = post(running, text)
    assert status == 201 and results(report) == ["added"]
    [feed] = running.feeds()
    assert (feed["title"], feed["site_url"]) == ("N & N", "https://n.invalid/")
