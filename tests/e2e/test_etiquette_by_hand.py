"""What people may ask for at once, and what not even they (etiquette C7, FRB070, 071)."""

from daemon import wait_until
from documents import entries, rss
from origin import Answer, Redirect
from rehearsal import DAY, HOUR, begin, by_id, seconds

MINUTE = 60


def by_hand(daemon, feed, expect):
    status, body, headers = daemon.call("PUT", f"/v1/feeds/{feed['id']}/refresh?wait=1")
    assert status == expect, body
    return body, headers


def test_FRB070_a_refresh_of_all_is_conditional_and_spares_what_was_just_fetched(origin, daemon):
    urls = [origin.set(f"/{i}", Answer(rss(*entries(1, prefix=f"f{i}")), etag=f'"{i}"')) for i in range(3)]
    begin(daemon, *urls)
    daemon.set_clock(by=20 * MINUTE)
    assert "3 of 3 feeds refreshed" in daemon.courant("refresh", "--wait").stdout
    assert "3 spared" in daemon.courant("refresh", "--wait").stdout
    for i, url in enumerate(urls):
        assert [r.header("If-None-Match") for r in origin.requests(f"/{i}")] == [None, f'"{i}"']


def test_FRB071_no_command_makes_a_request_unconditional(origin, daemon):
    """courant has no option for it: not by hand, not after a change of the configuration, not by removing and adding others."""
    url = origin.set("/feed", Answer(rss(*entries(1)), etag='"1"'))
    other = origin.set("/other", Answer(rss(*entries(1)), etag='"o"'))
    [feed] = begin(daemon, url)
    daemon.set_clock(by=11 * MINUTE)
    daemon.courant("add", "--allow-private", other)
    daemon.courant("remove", str(daemon.feed(other)["id"]))
    daemon.configure({"url": url, "interval": "2h", "category": "news"})
    daemon.reload()
    wait_until(lambda: by_id(daemon, feed["id"])["category"]["title"] == "news", what="the reload")
    by_hand(daemon, feed, 200)
    assert [r.header("If-None-Match") for r in origin.requests("/feed")] == [None, '"1"']


def test_FRB118_no_refresh_by_hand_before_retry_after(origin, daemon):
    busy = Answer(b"", status=503, headers=[("Retry-After", str(5 * HOUR))])
    [feed] = begin(daemon, {"url": origin.set("/feed", busy, rss(*entries(1))), "interval": "12h"})
    daemon.set_clock(by=HOUR)
    body, headers = by_hand(daemon, feed, 429)
    assert body["code"] == "too_soon" and 4 * HOUR - 60 < int(headers["Retry-After"]) <= 4 * HOUR
    assert "spared" in daemon.courant("refresh", "--wait").stdout
    daemon.kill()
    daemon.start()
    by_hand(daemon, feed, 429)
    assert len(origin.requests()) == 1
    daemon.set_clock(by=4 * HOUR + 1)
    by_hand(daemon, feed, 200)
    assert len(origin.requests()) == 2


def test_FRB021_a_refresh_by_hand_neither_wakes_a_resting_host_nor_shortens_a_wait(origin, daemon):
    """The feed that has to wait for a day waits for it, though its host rests for an hour only."""
    gone = origin.set("/gone", Answer(b"", status=410))
    limited = origin.set("/limited", rss(*entries(1)), Answer(b"", status=429, headers=[("Retry-After", str(HOUR))]))
    waiting, other = begin(daemon, gone, limited)
    daemon.set_clock(by=20 * MINUTE)
    by_hand(daemon, other, 200)
    by_hand(daemon, waiting, 200)
    assert len(origin.requests("/gone")) == 1
    after = by_id(daemon, waiting["id"])
    assert after["next_check_at"] == waiting["next_check_at"] and after["next_check_code"] == "gone_once"
    assert seconds(after["next_check_at"]) - seconds(after["checked_at"]) >= DAY


def test_C7_who_is_led_to_a_resting_host_was_asked(origin, daemon):
    """The host that redirects is asked once in ten minutes, too."""
    resting = origin.set("/limited", rss(*entries(1)), Answer(b"", status=429, headers=[("Retry-After", str(HOUR))]))
    here = f"http://here.localhost:{origin.port}/here"
    origin.set("/here", Redirect(to=origin.set("/there", Answer(rss(*entries(1)), etag='"1"'))))
    limited, feed = begin(daemon, resting, here)
    daemon.set_clock(by=20 * MINUTE)
    by_hand(daemon, limited, 200)
    n = len(origin.requests("/here"))
    by_hand(daemon, feed, 200)
    by_hand(daemon, feed, 429)
    assert len(origin.requests("/here")) == n + 1 and len(origin.requests("/there")) == n


def test_C7_importing_what_is_there_asks_nothing(origin, daemon, tmp_path):
    urls = [origin.set(f"/{i}", Answer(rss(*entries(1, prefix=f"f{i}")), etag=f'"{i}"')) for i in range(3)]
    begin(daemon, *urls)
    file = tmp_path / "feeds.opml"
    outlines = "".join(f'<outline type="rss" text="{i}" xmlUrl="{url}"/>' for i, url in enumerate(urls))
    file.write_text(f'<opml version="2.0"><head/><body>{outlines}</body></opml>')
    daemon.courant("import", "--allow-private", str(file), expect=None)
    daemon.set_clock(by=10)
    new = origin.set("/new", rss(*entries(1)))
    daemon.courant("add", "--allow-private", new)  # the answer comes after whatever the import asked for
    assert [r.target for r in origin.requests()[3:]] == ["/new"] and len(daemon.feeds()) == 4
