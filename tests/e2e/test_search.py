"""Searching with the real programs: found at once however written, marked, and wrong queries explained."""

import pytest
from urllib.parse import quote

from documents import Entry, rss
from daemon import wait_until

NEWS = (Entry("Les États-Unis annoncent un accord", "g1", "https://news.example/1", "<p>Un accord <b>historique</b>.</p>"),
        Entry("東京で新しい鉄道が開業", "g2", "https://news.example/2", "<p>日本の首都</p>"),
        Entry("Linux kernel released", "g3", "https://news.example/3", "<p>The kernel &amp;amp; its &lt;friends&gt;.</p>"),
        Entry("A walk in the park", "g4", "https://news.example/4", "<p>Linux is mentioned once.</p>"))


@pytest.fixture
def news(origin, daemon):
    url = origin.set("/feed", rss(*NEWS))
    daemon.start(url)
    daemon.wait_checked()
    wait_until(lambda: found(daemon, "linux")["total"] == 2, what="the index")
    return daemon


def found(daemon, query, more=""):
    return daemon.get(f"/v1/entries?search={quote(query)}{more}")


def titles(daemon, query):
    return [e["title"] for e in found(daemon, query)["entries"]]


def test_words_are_found_however_they_are_written(news):
    assert titles(news, "etats unis") == [NEWS[0].title]
    assert titles(news, "新しい鉄道") == [NEWS[1].title]
    assert titles(news, "kern*") == [NEWS[2].title]
    assert titles(news, "linux -kernel") == [NEWS[3].title]
    assert titles(news, "linux is:read") == []


def test_the_best_comes_first_or_the_newest(news):
    assert titles(news, "linux") == [NEWS[2].title, NEWS[3].title]
    ids = [e["id"] for e in found(news, "linux", "&order=id&direction=desc")["entries"]]
    assert ids == sorted(ids, reverse=True) and len(ids) == 2


def test_snippets_are_html_with_marks(news):
    entry, = found(news, "friends")["entries"]
    assert entry["snippet"].strip() == "The kernel &amp;amp; its &lt;<mark>friends</mark>&gt;."


def test_a_wrong_query_names_the_place(news):
    for query, words in (('x "open', "position 3: this quote has no end"), ("été foo:bar", "position 5: there is no filter")):
        status, body, _ = news.call("GET", f"/v1/entries?search={quote(query)}")
        assert status == 400 and words in body["error_message"], body
    status, body, _ = news.call("GET", "/v1/entries?order=relevance")
    assert status == 400


def test_a_changed_entry_is_found_by_its_new_words_only(origin, daemon):
    url = origin.set("/feed", rss(Entry("Old words", "g", text="<p>oak</p>")), rss(Entry("New words", "g", text="<p>birch</p>")))
    daemon.start(url)
    daemon.wait_checked()
    wait_until(lambda: titles(daemon, "oak"), what="the index")
    daemon.refresh(url)
    assert titles(daemon, "oak") == []
    assert titles(daemon, "birch") == ["New words"]


def test_the_client_shows_where(news):
    result = news.courant("search", "etats", "unis")
    assert result.returncode == 0
    assert "Les États-Unis annoncent un accord" in result.stdout
    assert "Un accord historique" in result.stdout
    assert news.courant("search", "--newest", "--tsv", "--fields", "title", "linux").stdout == f"{NEWS[2].title}\n{NEWS[3].title}\n"
    nothing = news.courant("search", "nosuchword")
    assert (nothing.returncode, nothing.stdout) == (0, "")
    wrong = news.courant("search", "foo:bar", expect=1)
    assert wrong.returncode == 1 and "position 1" in wrong.stderr


def test_stars_narrow_a_search(news):
    entry = found(news, "linux")["entries"][-1]["id"]
    assert found(news, "linux is:starred")["total"] == 0
    assert news.call("PUT", f"/v1/entries/{entry}/bookmark")[0] == 204
    page = found(news, "linux is:starred")
    assert page["total"] == 1 and [e["id"] for e in page["entries"]] == [entry]
    assert found(news, "kernel is:starred")["total"] == (1 if "kernel" in page["entries"][0]["title"] else 0)


def test_the_total_is_that_of_all_pages(news):
    for more, n in (("&limit=1", 1), ("&limit=1&offset=1", 1), ("&offset=2", 0)):
        page = found(news, "linux", more)
        assert page["total"] == 2 and len(page["entries"]) == n, more


def test_removed_entries_are_not_found(news):
    entry = found(news, "linux")["entries"][0]["id"]
    assert news.call("PUT", "/v1/entries", {"entry_ids": [entry], "status": "removed"})[0] == 204
    assert found(news, "linux")["total"] == 1
