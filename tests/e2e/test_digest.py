"""Editions: every entry in exactly one, files whole and safe."""

from pathlib import Path

from daemon import wait_until
from documents import Entry, entries, rss

DAILY = {"daily": {"at": "07:00", "formats": ["html", "md", "txt"], "max_stories": 500}}


def edition(daemon, name="daily"):
    status, made, _ = daemon.call("POST", f"/v1/digests/{name}")
    assert status == 201, made
    return made


def texts(made):
    return {kind: Path(file).read_text() for kind, file in made["files"].items()}


def test_an_edition_on_demand(origin, daemon):
    daemon.start(origin.set("/feed", rss(*entries(3))), digest=DAILY)
    daemon.wait_checked()
    made = edition(daemon)
    assert made["entries"] == 3
    for kind, text in texts(made).items():
        for i in (1, 2, 3):
            assert f"Headline entry {i}" in text, kind
    folder = daemon.state / "digests" / "daily"
    assert sorted(p.name for p in folder.iterdir() if p.name.startswith("latest.")) == ["latest.html", "latest.md", "latest.txt"]
    assert (folder / "latest.txt").read_text() == texts(made)["txt"]
    assert not [p for p in folder.iterdir() if p.name.startswith(".") or "tmp" in p.name], "no temporary file is left"


def test_every_entry_is_in_exactly_one(origin, daemon):
    url = origin.set("/feed", rss(*entries(3)), rss(*entries(5)))
    daemon.start(url, digest=DAILY)
    daemon.wait_checked()
    first = edition(daemon)
    daemon.refresh(url)
    second = edition(daemon)
    assert (first["entries"], second["entries"]) == (3, 2)
    assert first["label"] != second["label"] and first["files"] != second["files"]
    one, two = texts(first)["txt"], texts(second)["txt"]
    for i in range(1, 6):
        assert (f"Headline entry {i}" in one) == (i <= 3)
        assert (f"Headline entry {i}" in two) == (i > 3)


def test_an_edition_survives_a_kill(origin, daemon):
    url = origin.set("/feed", rss(*entries(3)), rss(*entries(4)))
    daemon.start(url, digest=DAILY)
    daemon.wait_checked()
    edition(daemon)
    daemon.kill()
    daemon.start()
    daemon.refresh(url)
    assert edition(daemon)["entries"] == 1
    assert [e["entries"] for e in daemon.get("/v1/digests")] == [1, 3]


def test_html_is_self_contained_and_escaped(origin, daemon):
    evil = Entry('<script>alert(1)</script> & "quotes"', "evil", "javascript:alert(1)", '<img src="https://track.example/x.gif">Text')
    daemon.start(origin.set("/feed", rss(evil, *entries(1))), digest=DAILY)
    daemon.wait_checked()
    html = texts(edition(daemon))["html"]
    assert "Content-Security-Policy" in html
    assert "<script" not in html and "javascript:" not in html and "track.example" not in html
    assert "&amp;" in html


def test_only_its_categories(origin, daemon):
    daemon.start({"url": origin.set("/t", rss(*entries(1, prefix="tech"))), "category": "tech"},
                 {"url": origin.set("/s", rss(*entries(1, prefix="sport"))), "category": "sport"},
                 digest={"daily": {**DAILY["daily"], "categories": ["tech", "tech"], "formats": ["txt"]}})
    daemon.wait_checked()
    made = edition(daemon)
    assert list(made["files"]) == ["txt"] and made["entries"] == 1
    assert "Headline tech 1" in texts(made)["txt"] and "sport" not in texts(made)["txt"]


def test_the_client_makes_and_shows_one(origin, daemon):
    daemon.start(origin.set("/feed", rss(*entries(2))), digest=DAILY)
    daemon.wait_checked()
    edition(daemon)
    assert "Headline entry 1" in daemon.courant("digest").stdout


def test_the_daily_hour_comes(origin, daemon, monkeypatch):
    monkeypatch.setenv("TZ", "UTC")
    daemon.set_clock(utc=1795330500, rate=0)  # 22 Nov 2026, 06:55
    daemon.start(origin.set("/feed", rss(*entries(1))), digest={"daily": {**DAILY["daily"], "at": "07:00"}})
    daemon.wait_checked()
    assert daemon.get("/v1/digests") == []
    daemon.set_clock(by=301)
    wait_until(lambda: daemon.get("/v1/digests"), 30, "the edition")
    daemon.set_clock(by=86400)
    wait_until(lambda: len(daemon.get("/v1/digests")) == 2, 30, "the next day's")


def test_the_text_comes_through_the_socket(origin, daemon):
    daemon.start(origin.set("/feed", rss(*entries(2))), digest={"daily": {**DAILY["daily"], "formats": ["txt", "html"]}})
    daemon.wait_checked()
    made = edition(daemon)
    for kind in ("txt", "html"):
        status, body, headers = daemon.call("GET", f"/v1/digests/{made['id']}/{kind}")
        assert status == 200 and body.decode() == texts(made)[kind]
        assert headers["Content-Type"].startswith({"txt": "text/plain", "html": "text/html"}[kind])
    assert daemon.call("GET", f"/v1/digests/{made['id']}/md")[0] == 404
    assert daemon.call("GET", "/v1/digests/999/txt")[0] == 404
    assert daemon.courant("digest").stdout == texts(made)["txt"]


def test_a_reload_leaves_the_editions_where_they_are(origin, daemon):
    url = origin.set("/feed", rss(*entries(2)))
    daemon.start(url, digest=DAILY)
    daemon.wait_checked()
    before = edition(daemon)
    conf = daemon.conf.read_text()
    daemon.conf.write_text(conf.replace(str(daemon.state), str(daemon.home / "elsewhere")))
    daemon.reload()
    wait_until(lambda: "take effect at the next start" in daemon.log, what="the warning")
    after = edition(daemon)
    assert before in daemon.get("/v1/digests")
    assert all(Path(file).is_relative_to(daemon.state) for file in after["files"].values())
    assert len(after["files"]) == 3 and daemon.get("/v1/status")["disk_free_bytes"] is not None


def labels(daemon):
    return [e["label"] for e in daemon.get("/v1/digests")]


def failing_since_seven(origin, daemon):
    """The edition of 22 November cannot be written, since a file is where its folder is to be: it is tried again and again."""
    daemon.set_clock(utc=1795330500, rate=0)  # 22 Nov 2026, 06:55
    daemon.start(origin.set("/feed", rss(*entries(1))), digest=DAILY)
    daemon.wait_checked()
    (daemon.state / "digests").write_text("in the way")
    daemon.set_clock(by=301)
    wait_until(lambda: "another try follows" in daemon.log, 30, "the failure")


def test_an_edition_made_by_hand_is_not_made_again(origin, daemon, monkeypatch):
    monkeypatch.setenv("TZ", "UTC")
    failing_since_seven(origin, daemon)
    (daemon.state / "digests").unlink()
    assert edition(daemon)["label"] == "2026-11-22"
    daemon.set_clock(by=1200)  # the other try would have come by now
    wait_until(lambda: daemon.get("/v1/status")["now"] >= "2026-11-22T07:20:00Z", 30, "the clock")
    daemon.set_clock(by=86400)
    wait_until(lambda: "2026-11-23" in labels(daemon), 30, "the next day's")
    assert labels(daemon) == ["2026-11-23", "2026-11-22"]


def test_a_day_that_came_while_the_last_one_failed_has_its_edition(origin, daemon, monkeypatch):
    monkeypatch.setenv("TZ", "UTC")
    failing_since_seven(origin, daemon)
    daemon.set_clock(by=86400)
    wait_until(lambda: daemon.log.count("another try follows") >= 2, 30, "the next failure")
    (daemon.state / "digests").unlink()
    daemon.set_clock(by=1200)
    wait_until(lambda: len(labels(daemon)) == 2, 30, "both")
    assert labels(daemon) == ["2026-11-23", "2026-11-22"]


def test_an_edition_that_is_not_there_yet_hides_no_other(origin, daemon):
    daemon.start(origin.set("/feed", rss(*entries(1))), digest=DAILY)
    daemon.wait_checked()
    made = edition(daemon)
    (daemon.state / "digests").rename(daemon.state / "kept")
    (daemon.state / "digests").write_text("in the way")
    assert daemon.call("POST", "/v1/digests/daily")[0] == 500
    (daemon.state / "digests").unlink()
    (daemon.state / "kept").rename(daemon.state / "digests")
    assert daemon.get("/v1/digests?limit=1") == [made]
    assert "Headline entry 1" in daemon.courant("digest").stdout
