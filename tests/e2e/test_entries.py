"""What is one entry: nothing comes twice, nothing is lost, a change is a change."""

from documents import Entry, entries, rss


def play(origin, daemon, *bodies):
    """Serves the documents one after another; returns the entries after the last and the reports."""
    url = origin.set("/feed", *bodies)
    daemon.start(url)
    daemon.wait_checked()
    return [daemon.refresh(url) for _ in bodies[1:]]


def test_a_changed_entry_stays_one(origin, daemon):
    old = Entry("Bridge closed", "b1", "https://news.example/b1", "For a week.")
    new = Entry("Bridge closed for a month", "b1", "https://news.example/b1", "For a month.")
    report, = play(origin, daemon, rss(old), rss(new))
    assert (report["new"], report["changed"]) == (0, 1)
    assert daemon.titles() == ["Bridge closed for a month"]


def test_a_changed_date_alone_is_nothing(origin, daemon):
    before = Entry("Bridge closed", "b1", date="Mon, 02 Nov 2026 08:00:00 GMT")
    after = Entry("Bridge closed", "b1", date="Tue, 03 Nov 2026 08:00:00 GMT")
    report, = play(origin, daemon, rss(before), rss(after))
    assert (report["new"], report["changed"]) == (0, 0)


def test_a_guid_that_moves_to_https_is_the_same(origin, daemon):
    report, = play(origin, daemon, rss(Entry("A", "http://news.example/a", "http://news.example/a")),
                   rss(Entry("A", "https://news.example/a", "https://news.example/a")))
    assert report["new"] == 0
    assert daemon.titles() == ["A"]


def test_one_guid_on_different_entries_is_not_trusted(origin, daemon):
    play(origin, daemon, rss(Entry("One", "same", "https://news.example/1", "1"), Entry("Two", "same", "https://news.example/2", "2"),
                             Entry("Three", "same", "https://news.example/3", "3")))
    assert sorted(daemon.titles()) == ["One", "Three", "Two"]


def test_the_same_entry_twice_in_one_document_is_one(origin, daemon):
    entry = Entry("One", "g1", "https://news.example/1")
    play(origin, daemon, rss(entry, entry))
    assert daemon.titles() == ["One"]


def test_entries_without_guid_and_link(origin, daemon):
    first = Entry("Just a title", text="and a text")
    report, = play(origin, daemon, rss(first), rss(Entry("Another title", text="and another text"), first))
    assert report["new"] == 1
    assert sorted(daemon.titles()) == ["Another title", "Just a title"]


def test_what_left_the_document_stays_stored(origin, daemon):
    play(origin, daemon, rss(*entries(3)), rss(*entries(1, start=4)))
    assert len(daemon.titles()) == 4


def test_a_feed_without_entries_is_a_feed(origin, daemon):
    play(origin, daemon, rss())
    assert daemon.feeds()[0]["error"] is None
    assert daemon.titles() == []


def test_two_feeds_with_one_entry_keep_it_each(origin, daemon):
    daemon.start(origin.set("/a", rss(*entries(1))), origin.set("/b", rss(*entries(1), title="Other")))
    daemon.wait_checked()
    assert len(daemon.titles()) == 2
