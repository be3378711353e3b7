"""What the plays of days and weeks share: a daemon whose clock stands still, and is set on from one fetch to the next."""

from datetime import datetime

from daemon import wait_until

HOUR = 3600
DAY = 24 * HOUR


def seconds(time):
    return datetime.fromisoformat(time).timestamp()


def by_id(daemon, feed_id):
    return daemon.get(f"/v1/feeds/{feed_id}")


def begin(daemon, *feeds, **options):
    """Starts with a clock that stands still; returns the feeds after their first fetch, in the order they were given."""
    daemon.start(*feeds, clock_rate=0, **options)
    daemon.wait_checked()
    return [daemon.feed(f if isinstance(f, str) else f["url"]) for f in feeds]


def idle(daemon):
    return all(f["state"] == "idle" for f in daemon.feeds())


def settle(daemon):
    """Until the daemon has seen what the clock says, so that nothing is due, and whatever that began has ended."""
    def nothing_is_due():
        due = daemon.get("/v1/status")["next_due"]
        return due is None or seconds(due) > daemon.now()
    wait_until(nothing_is_due, 30, "all that is due to begin")
    wait_until(lambda: idle(daemon), 30, "the end of all refreshes")


def step(daemon, time):
    daemon.set_clock(by=time)
    settle(daemon)


def next_fetch(daemon, feed):
    """Sets the clock on to when the feed is due, waits for that fetch, and returns the feed after it."""
    before = by_id(daemon, feed["id"])
    daemon.set_clock(utc=max(seconds(before["next_check_at"]), daemon.now()) + 1)

    def fetched():
        now = by_id(daemon, feed["id"])
        return now if now["checked_at"] != before["checked_at"] and now["state"] == "idle" else None
    return wait_until(fetched, 20, "the next fetch")


def fetch_for(daemon, feed, time):
    """Fetches whenever it is due, until `time` seconds of the daemon's clock are over."""
    end = daemon.now() + time
    while daemon.now() < end:
        feed = next_fetch(daemon, feed)
    return feed
