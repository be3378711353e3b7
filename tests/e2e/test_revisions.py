"""What a changed entry said before: through the API, and as the client shows it."""

from documents import Entry, rss


def changed(origin, daemon, *entries, etags=None):
    url = origin.set("/feed", *[rss(e) for e in entries])
    daemon.start(url)
    daemon.wait_checked()
    for _ in entries[1:]:
        daemon.refresh(url)
    entry, = daemon.entries()
    return entry["id"]


FIRST = Entry("Two hurt in fire", "f", "https://news.example/f", "<p>A house <b>burns</b>.</p><p>The cause is unknown.</p>")
SECOND = Entry("Three hurt in fire", "f", "https://news.example/f", "<p>A house <b>burns</b>.</p><p>The cause is unknown.</p>")
THIRD = Entry("Three hurt in fire", "f", "https://news.example/f", "<p>A house burned down.</p><p>The cause is unknown.</p>")


def test_the_api_lists_them(origin, daemon):
    number = changed(origin, daemon, FIRST, SECOND, THIRD)
    one, two = daemon.get(f"/v1/entries/{number}/revisions")
    assert (one["number"], one["title"], two["number"], two["title"]) == (1, "Two hurt in fire", 2, "Three hurt in fire")
    assert one["replaced_at"] <= two["replaced_at"] and one["whole"] and one["alike"] == 0
    assert "<b>burns</b>" in two["content"]
    assert daemon.call("GET", "/v1/entries/999/revisions")[0] == 404


def test_the_client_lists_what_changed(origin, daemon):
    number = changed(origin, daemon, FIRST, SECOND, THIRD)
    head, one, two = daemon.courant("show", str(number), "--revisions").stdout.splitlines()
    assert "title" in one and "Two hurt" in one and "text" not in one
    assert "text (-1 +2 words)" in two
    assert len(daemon.courant("show", str(number), "--revisions", "--jsonl").stdout.splitlines()) >= 1


def test_the_client_marks_words(origin, daemon):
    number = changed(origin, daemon, FIRST, SECOND, THIRD)
    last = daemon.courant("show", str(number), "--diff").stdout
    assert "[-burns.-]{+burned down.+}" in last.replace(" {+", "{+") and "The cause is unknown." in last
    assert "[-Two-]" not in last
    first = daemon.courant(str(number), "--diff=1").stdout
    assert "[-Two-]{+Three+} hurt in fire" in first
    coloured = daemon.courant("show", str(number), "--diff=1", "--color", "always").stdout
    assert "\033[31m" in coloured or "\033[0;31m" in coloured or "31" in coloured
    daemon.courant("show", str(number), "--diff=7", expect=4)


def test_an_entry_that_was_never_changed(origin, daemon):
    number = changed(origin, daemon, FIRST)
    assert "not changed" in daemon.courant("show", str(number), "--diff").stdout
    assert daemon.get(f"/v1/entries/{number}/revisions") == []


def test_a_counter_in_the_text_does_not_fill_the_disk(origin, daemon):
    number = changed(origin, daemon, *[Entry("A", "a", None, f"<p>{i * 7} comments</p>") for i in range(12)])
    one, = daemon.get(f"/v1/entries/{number}/revisions")
    assert one["content"] == "<p>0 comments</p>" and one["alike"] == 10
    assert "10 more times" in daemon.courant("show", str(number), "--revisions").stdout


def test_nothing_of_a_feed_reaches_the_terminal_unsafe(origin, daemon):
    number = changed(origin, daemon, Entry("A", "a", None, "x"), Entry("B&#x9b;2J", "a", None, "y \u202e z"))
    shown = daemon.courant("show", str(number), "--revisions", "--diff").stdout
    assert not any(c in shown for c in "\x1b\x9b\u202e")
