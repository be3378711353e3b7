"""Followers see every entry exactly once, after it is stored."""

from daemon import wait_until
from documents import entries, rss


def test_a_follower_sees_what_comes(origin, daemon):
    url = origin.set("/feed", rss(*entries(1)), rss(*entries(3)))
    daemon.start(url)
    daemon.wait_checked()
    follower = daemon.follow()
    daemon.refresh(url)
    wait_until(lambda: len(follower.events) == 2, what="two events")
    assert sorted(follower.titles) == ["Headline entry 2", "Headline entry 3"]
    assert follower.ids == sorted(follower.ids)
    for number, kind, entry in follower.events:
        assert kind == "entry" and entry["id"] == number
        assert daemon.get(f"/v1/entries/{number}")["title"] == entry["title"], "it is stored already"
    follower.close()


def test_last_event_id_resumes(origin, daemon):
    daemon.start(origin.set("/feed", rss(*entries(5))))
    daemon.wait_checked()
    ids = [e["id"] for e in daemon.entries()]
    follower = daemon.follow(last_id=ids[1])
    wait_until(lambda: follower.ids == ids[2:], what="the last three")
    follower.close()
    everything = daemon.follow(query="?last_event_id=0")
    wait_until(lambda: everything.ids == ids, what="all")
    everything.close()


def test_a_follower_across_a_restart(origin, daemon):
    url = origin.set("/feed", rss(*entries(2)), rss(*entries(4)))
    daemon.start(url)
    daemon.wait_checked()
    first = daemon.follow(query="?last_event_id=0")
    wait_until(lambda: len(first.ids) == 2, what="the first two")
    daemon.stop()
    wait_until(lambda: first.ended, what="the stream's end")
    daemon.start()
    daemon.refresh(url)
    second = daemon.follow(last_id=first.ids[-1])
    wait_until(lambda: len(second.ids) == 2, what="the other two")
    assert first.ids + second.ids == [e["id"] for e in daemon.entries()]
    second.close()


def test_a_stream_of_one_feed(origin, daemon):
    one, two = origin.set("/1", rss(*entries(1, prefix="one"))), origin.set("/2", rss(*entries(1, prefix="two")))
    daemon.start(one, two)
    daemon.wait_checked()
    follower = daemon.follow(query=f"?last_event_id=0&feed_id={daemon.feed(two)['id']}")
    wait_until(lambda: follower.titles == ["Headline two 1"], what="its entry")
    follower.close()


def test_many_followers(origin, daemon):
    url = origin.set("/feed", rss(), rss(*entries(20)))
    daemon.start(url)
    daemon.wait_checked()
    followers = [daemon.follow() for _ in range(10)]
    wait_until(lambda: daemon.get("/v1/status")["followers"] == 10, what="ten followers")
    daemon.refresh(url)
    for follower in followers:
        wait_until(lambda: len(follower.ids) == 20, what="all events")
        follower.close()
    wait_until(lambda: daemon.get("/v1/status")["followers"] == 0, what="no followers")


def test_the_client_follows(origin, daemon):
    url = origin.set("/feed", rss(), rss(*entries(1)))
    daemon.start(url)
    daemon.wait_checked()
    import subprocess
    from daemon import BUILD
    client = subprocess.Popen([BUILD / "courant", "follow", "-n", "1"], env=daemon.environment(), stdout=subprocess.PIPE, text=True)
    wait_until(lambda: daemon.get("/v1/status")["followers"] == 1, what="the follower")
    daemon.refresh(url)
    out, _ = client.communicate(timeout=20)
    assert client.returncode == 0 and "Headline entry 1" in out
