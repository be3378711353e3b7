"""The etiquette score: 24 hours of the daemon's clock with a mixed set of feeds (publishers.py), restarts, a crash, a reload and refreshes by hand in
between, computed from what the origins saw.

The clock stands still while anything is under way and is then set on, so that every time is exact, no figure depends on how fast the machine is, and
"early" has no tolerance. `score.py` plays the whole set and prints the table of docs/etiquette.md; test_score.py plays a smaller one."""

import sys
import threading
import time
from collections import Counter

from daemon import Daemon, wait_until
from origin import Answer, Origin, Reset
from publishers import DAY, HOUR, KINDS, Publisher, Reply, redirect_of
from rehearsal import seconds

BEGIN = 1793610000  # 2026-11-02T09:00:00Z
MINUTE = 60
OWN_FLOOR = 15 * MINUTE
BY_HAND_FLOOR = 10 * MINUTE
FIELDS = {"host", "user-agent", "accept-encoding", "accept", "if-none-match", "if-modified-since"}


class Ledger:
    """What is known of one publisher's reader from the answers it was given."""

    def __init__(self):
        self.held = None  # the pair it was given last with a document that can be read: (ETag, Last-Modified)
        self.not_before = 0  # UTC: before it no request but by hand
        self.asked_at = None
        self.failures = 0
        self.first_gave = None  # whether the first answer gave validators to keep
        self.bare = self.requests = 0  # requests for the document: unconditional ones, all


class Retry:
    """One Retry-After: of a feed, or of its whole host."""

    def __init__(self, number, origin, until):
        self.number, self.origin, self.until, self.kept = number, origin, until, True


class Exchange:
    """One request, judged when it came, and its answer."""

    def __init__(self, score, origin, request):
        self.score, self.origin = score, origin
        with score.lock:
            self.publisher, self.reply = score.judge(origin, request)
            score.under_way[origin] += 1
            score.most_at_once = max(score.most_at_once, score.under_way[origin])
            score.count_connections(origin, request)

    def send(self, connection, request):
        time.sleep(self.publisher.kind.hold if self.publisher else 0)
        with self.score.lock:  # before the last byte leaves: who has it may ask again
            self.score.under_way[self.origin] -= 1
        if getattr(self.reply, "reset", False):
            Reset().send(connection, request)
        self.reply.send(connection, request)


class Score:
    def __init__(self, hosts=15, step=5 * MINUTE, each=None, pause="1s"):
        """`each`: so many feeds of a kind at most. `pause`: between two requests to a host."""
        self.lock, self.pause = threading.Lock(), pause
        self.step, self.daemon = step, Daemon()
        self.by_hand = False
        self.wrongs, self.requests, self.statuses, self.bad = [], [], Counter(), Counter()
        self.retries, self.by_hand_requests = [], 0
        self.under_way, self.most_at_once, self.most_connections, self.connections = Counter(), 0, 0, set()
        self.origins = []
        self.publishers = [Publisher(i, kind, None, BEGIN) for i, kind in enumerate(k for k in KINDS for _ in range(min(k.n, each or k.n)))]
        self.by_target, self.ledgers = {}, {}
        shared = [self.host() for _ in range(hosts - sum(p.kind.alone for p in self.publishers))]
        for p in self.publishers:
            p.origin = self.host() if p.kind.alone else shared[p.number % len(shared)]
            p.elsewhere = shared[(p.number + 1) % len(shared)] if p.kind.away else p.origin
            self.by_target[p.origin, p.path] = self.by_target[p.elsewhere, p.document] = p
            self.ledgers[p.number] = Ledger()

    def host(self):
        origin = Origin(address=f"127.0.0.{len(self.origins) + 2}")
        origin.default = lambda request: Exchange(self, origin, request)
        self.origins.append(origin)
        return origin

    def count_connections(self, origin, request):
        n = origin.established
        if n > max(self.most_connections, 1):
            self.wrongs.append(f"{n} connections to {origin.address} at {request.target}, {(self.daemon.now() - BEGIN) / HOUR:.2f} h, numbers "
                               f"{sorted(c for o, c in self.connections if o is origin)[-3:]} and {request.connection}")
        self.most_connections = max(self.most_connections, n)
        self.connections.add((origin, request.connection))

    # ---- what is wrong with a request

    def wrong(self, what, text):
        self.bad[what] += 1
        self.wrongs.append(f"{what}: {text}")

    def judge(self, origin, request):
        now = int(self.daemon.now())
        p = self.by_target.get((origin, request.target))
        self.requests.append(request)
        self.look_at_shape(request)
        if p is None:
            self.wrong("stranger", f"{request.method} {request.target}")
            return None, Answer(status=404)
        ledger, p.now = self.ledgers[p.number], now
        sent = (request.header("If-None-Match"), request.header("If-Modified-Since"))
        who = f"feed {p.number} ({p.kind.name}) at {(now - BEGIN) / HOUR:.2f} h"
        if request.target == p.path:
            self.look_at_time(p, ledger, now, who)
        for retry in self.retries:
            if now < retry.until and (retry.origin is origin or retry.number == p.number):
                retry.kept = False
                self.wrong("retry", f"{who}, {retry.until - now} s before its time")
        if request.target != p.document:
            if sent != (None, None):
                self.wrong("made up", f"{who} sends {sent} to a URL that gave none")
            return p, self.count(redirect_of(p))
        self.look_at_validators(ledger, sent, who)
        p.asked += 1
        return p, self.count(self.answer(p, ledger, request, now, origin))

    def count(self, reply):
        self.statuses["reset" if getattr(reply, "reset", False) else reply.status] += 1
        return reply

    def look_at_shape(self, request):
        others = set(request.names) - FIELDS
        if others or request.method != "GET" or not request.header("User-Agent").startswith("courant/"):
            self.wrong("shape", f"{request.method} {request.target} {sorted(others)}")

    def look_at_time(self, p, ledger, now, who):
        if self.by_hand:
            self.by_hand_requests += 1
            if ledger.asked_at is not None and now < ledger.asked_at + BY_HAND_FLOOR:
                self.wrong("early", f"{who}, by hand, {now - ledger.asked_at} s after the last")
        else:
            if now < ledger.not_before:
                self.wrong("early", f"{who}, {ledger.not_before - now} s before its time")
            if now // HOUR % 24 in p.skipped_hours() and ledger.asked_at is not None:
                self.wrong("early", f"{who}, in an hour to be skipped")
        ledger.asked_at = now

    def look_at_validators(self, ledger, sent, who):
        ledger.requests += 1
        ledger.bare += sent == (None, None)
        if ledger.held is not None and sent == (None, None):
            self.wrong("unconditional", f"{who}, though it was given {ledger.held}")
        elif sent != (ledger.held or (None, None)):
            self.wrong("made up", f"{who} sends {sent}, was given {ledger.held}")

    # ---- what its answer asks for

    def answer(self, p, ledger, request, now, origin):
        reply = p.kind.answer(p)
        if reply.matches(request):
            reply = Reply(status=304, etag=reply.etag, last_modified=reply.last_modified, headers=reply.headers, type=None,
                          fresh=reply.fresh, conditional=False)
        reply.headers = [*reply.headers, ("Set-Cookie", "track=me; Max-Age=99999999")]
        given = (reply.etag, reply.last_modified) if reply.etag or reply.last_modified else None
        well = not reply.reset and (reply.status == 304 or reply.status == 200 and reply.reads != "page")
        if well and reply.reads == "feed":
            ledger.held = given
        if ledger.first_gave is None:
            ledger.first_gave = ledger.held is not None
        ledger.failures = 0 if well else ledger.failures + 1
        ledger.not_before = now + max(OWN_FLOOR, self.floor_of(ledger, reply, well))
        if reply.retry is not None:
            self.retries.append(Retry(p.number, origin if reply.status == 429 else None, now + reply.retry))
        return reply

    @staticmethod
    def floor_of(ledger, reply, well):
        if well:
            return reply.fresh
        if reply.retry is not None:
            return reply.retry
        if reply.status == 410:
            return DAY
        longest = DAY if reply.reset or reply.status >= 500 else 7 * DAY
        return min(HOUR * 2 ** (ledger.failures - 1), longest)

    # ---- the day

    def settle(self):
        """Until all that is due was asked. The clock goes on when nothing is under way and somebody waits for his turn: of a crowd ten begin in a
        second (decision 71), and a host has a pause between two requests, a long one after a 429."""
        deadline, calm, tick = time.monotonic() + 300, 0, 1
        while True:
            assert time.monotonic() < deadline, f"the daemon does not come to rest:\n{self.daemon.log[-3000:]}"
            feeds = self.daemon.feeds()
            states = {f["state"] for f in feeds}
            if states - {"idle", "queued"}:
                calm, tick = 0, 1
            elif states == {"idle"} and not any(f["next_check_at"] and seconds(f["next_check_at"]) <= self.daemon.now() for f in feeds):
                return
            elif calm < 2:
                calm += 1
            else:
                self.daemon.set_clock(by=tick)
                calm, tick = 0, min(2 * tick, MINUTE)
            time.sleep(0.012)

    def until(self, hour):
        end = BEGIN + int(hour * HOUR)
        while self.daemon.now() < end:
            self.daemon.set_clock(utc=min(int(self.daemon.now()) + self.step, end))
            self.settle()

    def silently(self, action):
        """Nothing is due: what is asked now was asked by the action alone."""
        n = len(self.requests)
        action()
        self.settle()
        time.sleep(0.3)
        if len(self.requests) > n:
            self.wrong("unasked", f"{len(self.requests) - n} requests by {action.__name__}")

    def restart(self):
        self.daemon.stop()
        self.daemon.start()

    def crash(self):
        self.daemon.kill()
        for origin in self.origins:
            origin.disown()
        self.daemon.start()

    def reload(self):
        n = self.daemon.log.count("reloaded")
        self.configure(timeout="20s")
        self.daemon.reload()
        wait_until(lambda: self.daemon.log.count("reloaded") > n, what="the reload")

    def down(self, minutes):
        self.daemon.stop()
        self.daemon.set_clock(by=minutes * MINUTE)
        self.daemon.start()
        self.settle()

    def refresh(self):
        """Twice: what was just fetched is spared the second time."""
        with self.lock:
            self.by_hand = True
        for _ in range(2):
            self.daemon.courant("refresh", "--wait", expect=None, timeout=120)
        self.settle()
        with self.lock:
            self.by_hand = False

    def configure(self, timeout="30s"):
        feeds = [p.url for p in self.publishers if p not in self.added]
        self.daemon.configure(*feeds, poll={"interval": "1h", "min_interval": "15min", "per_host": 1, "host_delay": self.pause, "timeout": timeout})

    def play(self):
        self.added = self.publishers[:2]
        self.daemon.set_clock(utc=BEGIN, rate=0)
        self.configure()
        self.daemon.start()
        self.settle()
        self.until(1)
        for p in self.added:
            self.daemon.courant("add", "--allow-private", p.url)
        self.settle()
        self.until(3)
        self.silently(self.restart)
        self.until(5)
        self.refresh()
        self.until(8)
        self.silently(self.crash)
        self.down(90)
        self.until(12)
        self.silently(self.reload)
        self.until(17)
        self.refresh()
        self.until(20)
        self.down(20)
        self.until(24)
        return self

    # ---- what came of it

    def table(self):
        givers = [l for l in self.ledgers.values() if l.first_gave]
        others = [(p, self.ledgers[p.number]) for p in self.publishers if not self.ledgers[p.number].first_gave]
        bare = sorted({l.bare for l in givers})
        kept = sum(r.kept for r in self.retries)
        return [
            ("unconditional requests a feed that gives validators", "1", "–".join(map(str, bare[:1] + bare[1:][-1:]))),
            ("requests without validators though some were given", "0", self.bad["unconditional"]),
            ("early fetches", "0", self.bad["early"]),
            ("validators that the URL did not give last", "0", self.bad["made up"]),
            ("cookies, referrers, other fields, other methods", "0", self.bad["shape"]),
            ("parameters added or changed, paths nobody subscribed to", "0", self.bad["stranger"]),
            ("requests at a time to a host, at most", "1", self.most_at_once),
            ("connections open to a host, at most", "1", self.most_connections),
            ("`Retry-After` kept", "all", f"{kept} of {len(self.retries)}" if kept < len(self.retries) or not kept else f"all {kept}"),
            ("requests by a restart, a crash or a reload alone", "0", self.bad["unasked"]),
            (f"(unconditional requests of the {len(others)} feeds without validators to send)", "(by rule)", f"{sum(l.bare for _, l in others)}"),
        ]

    def show(self):
        codes = ", ".join(f"{n} × {code}" for code, n in sorted(self.statuses.items(), key=str))
        lines = [f"{len(self.publishers)} feeds of {len({p.kind.name for p in self.publishers})} kinds on {len(self.origins)} hosts, 24 hours, {len(self.requests)} requests "
                 f"on {len(self.connections)} connections, {self.by_hand_requests} by hand: {codes}", "",
                 "| what | asked | measured |", "|---|---|---|", *(f"| {what} | {asked} | {got} |" for what, asked, got in self.table())]
        return "\n".join(lines)

    def is_clean(self):
        return not self.wrongs and all(str(got).startswith(asked) for _, asked, got in self.table() if asked != "(by rule)")

    def close(self):
        try:
            self.daemon.stop()
        finally:
            self.daemon.remove()
            for origin in self.origins:
                origin.close()


def main():
    score = Score()
    try:
        print(score.play().show())
    finally:
        score.close()
    print("\n".join(score.wrongs))
    return 0 if score.is_clean() else 1


if __name__ == "__main__":
    sys.exit(main())
