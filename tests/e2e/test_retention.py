"""How long entries are kept: what goes with a refresh, what stays, and that it does not come back."""

from daemon import wait_until
from documents import entries, rss
from rehearsal import DAY, begin, by_id, fetch_for, next_fetch, step

ON_DEMAND = {"asked": {"at": "never"}}


def retain(**keys):
    return "retain { " + "  ".join(f"{k} = {v}" if isinstance(v, int) else f'{k} = "{v}"' for k, v in keys.items()) + " }\n"


def refresh_until(daemon, url, left):
    """Until these entries are left: a refresh takes what it has time for."""
    wait_until(lambda: daemon.refresh(url) and sorted(daemon.titles()) == left, 20, f"{left} alone")


def test_entries_go_when_their_time_is_over(origin, daemon):
    before, after = rss(*entries(4)), rss(*entries(2, start=5))
    url = origin.set("/feed", before, before, after)
    [feed] = begin(daemon, {"url": url, "interval": "12h"}, digest=ON_DEMAND, extra=retain(read="1d", unread="5d"))
    ids = {e["title"]: e["id"] for e in daemon.entries()}
    read, starred = ids["Headline entry 1"], ids["Headline entry 2"]
    assert daemon.call("PUT", "/v1/entries", {"entry_ids": [read], "status": "read"})[0] == 204
    assert daemon.call("PUT", f"/v1/entries/{starred}/bookmark")[0] == 204
    step(daemon, 2 * DAY)
    feed = by_id(daemon, feed["id"])
    assert len(daemon.titles()) == 4, "what stands in the document stays"

    feed = next_fetch(daemon, feed)
    assert len(daemon.titles()) == 6, "what has just left it stays as well"
    feed = fetch_for(daemon, feed, 2 * DAY)
    assert "Headline entry 1" not in daemon.titles()
    assert len(daemon.titles()) == 5, "unread entries have longer"
    assert daemon.call("GET", f"/v1/entries/{read}")[0] == 404
    fetch_for(daemon, feed, 5 * DAY)
    assert sorted(daemon.titles()) == ["Headline entry 2", "Headline entry 5", "Headline entry 6"]
    assert daemon.get("/v1/entries?limit=1")["total"] == 3, "the counters follow"


def test_a_reload_brings_a_new_policy_and_a_restart_keeps_the_tombstones(origin, daemon):
    newest_first = reversed(entries(5))
    url = origin.set("/feed", rss(*newest_first), rss(*entries(1, start=6)))
    daemon.start(url, digest=ON_DEMAND, extra=retain(read="0", unread="0", max_entries_per_feed=0))
    daemon.wait_checked()
    daemon.refresh(url)
    assert len(daemon.titles()) == 6
    daemon.configure(url, digest=ON_DEMAND, extra=retain(max_entries_per_feed=2))
    daemon.reload()
    wait_until(lambda: "reloaded" in daemon.log, what="the reload")
    refresh_until(daemon, url, ["Headline entry 5", "Headline entry 6"])

    daemon.kill()
    origin.set("/feed", rss(*entries(6)))
    daemon.start()
    report = daemon.refresh(url)
    assert report["new"] == 0, "what went does not come back"
    assert len(daemon.titles()) == 2
    follower = daemon.follow(last_id=0)
    wait_until(lambda: len(follower.ids) == 2, what="the stream")
    follower.close()


def test_an_entry_waits_for_its_edition(origin, daemon):
    url = origin.set("/feed", rss(*entries(3)), rss(*entries(1, start=4)))
    daemon.start(url, digest={"daily": {"at": "00:00"}}, extra=retain(max_entries_per_feed=1))
    daemon.wait_checked()
    daemon.refresh(url)
    daemon.refresh(url)
    assert len(daemon.titles()) == 4
    status, made, _ = daemon.call("POST", "/v1/digests/daily")
    assert (status, made["entries"]) == (201, 4)
    refresh_until(daemon, url, ["Headline entry 4"])
