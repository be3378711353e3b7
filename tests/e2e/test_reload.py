"""SIGHUP applies the difference, or changes nothing and says why."""

from daemon import wait_until
from documents import entries, rss


def test_a_feed_is_added(origin, daemon):
    one, two = origin.set("/1", rss(*entries(1, prefix="one"))), origin.set("/2", rss(*entries(1, prefix="two")))
    daemon.start(one)
    daemon.wait_checked()
    daemon.configure(one, two)
    daemon.reload()
    wait_until(lambda: sorted(daemon.titles()) == ["Headline one 1", "Headline two 1"], what="the second feed's entry")
    assert len(origin.requests("/1")) == 1, "a reload fetches nothing that was not due"


def test_a_feed_is_taken_out(origin, daemon):
    one, two = origin.set("/1", rss(*entries(1, prefix="one"))), origin.set("/2", rss(*entries(1, prefix="two")))
    daemon.start(one, two)
    daemon.wait_checked()
    daemon.configure(one)
    daemon.reload()
    wait_until(lambda: [f["disabled"] for f in daemon.feeds() if f["feed_url"] == two] in ([True], []), what="the feed to go")
    assert "Headline two 1" in daemon.titles(), "its entries stay"


def test_a_feed_changes(origin, daemon):
    url = origin.set("/1", rss(*entries(1)))
    daemon.start({"url": url, "name": "old", "category": "a"})
    daemon.wait_checked()
    daemon.configure({"url": url, "name": "new", "category": "b"})
    daemon.reload()
    wait_until(lambda: daemon.feed(url)["title"] == "new" and daemon.feed(url)["category"]["title"] == "b", what="the new name")
    assert len(daemon.titles()) == 1


def test_a_bad_file_keeps_the_old_configuration(origin, daemon):
    url = origin.set("/1", rss(*entries(1)))
    daemon.start(url)
    daemon.wait_checked()
    daemon.configure(url, {"url": "not a url"})
    daemon.reload()
    wait_until(lambda: "courant.conf" in daemon.log, what="the reason in the log")
    assert [f["feed_url"] for f in daemon.feeds()] == [url]
    daemon.configure(url, origin.set("/2", rss(*entries(1, prefix="two"))))
    daemon.reload()
    wait_until(lambda: len(daemon.feeds()) == 2, what="the next good file")
