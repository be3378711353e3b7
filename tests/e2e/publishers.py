"""A mixed set of publishers for the etiquette score (score.py): what each kind of feed answers, and what it asks of a reader by that answer."""

from dataclasses import dataclass, field
from datetime import datetime, timezone
from email.utils import format_datetime

from documents import entries, rss
from origin import Answer, Redirect

HOUR = 3600
DAY = 24 * HOUR
SHOWN = 8  # entries in a document


def http_date(utc):
    return format_datetime(datetime.fromtimestamp(utc, timezone.utc), usegmt=True)


@dataclass
class Reply(Answer):
    """An answer, and what follows from it for the reader."""

    reads: str = "feed"  # what the document is: feed, mended (a feed that has to be mended), page
    fresh: int = 0  # seconds that the answer or its document asks to be left alone
    retry: int = None  # seconds of Retry-After
    reset: bool = False  # no answer but a TCP reset

    def asking(self, fresh, *headers):
        self.fresh, self.headers = fresh, [*self.headers, *headers]
        return self


@dataclass
class Publisher:
    number: int
    kind: "Kind"
    origin: object
    started: int  # UTC, when the play began
    elsewhere: object = None  # the origin of the document, for those who send readers to another
    asked: int = 0  # how often its document was asked for, this time included
    now: int = 0
    lock: object = None
    path: str = field(init=False)
    document: str = field(init=False)  # path of the document: another one when the first redirects

    def __post_init__(self):
        self.path = f"/{self.number}{self.kind.query}"
        self.document = f"/{self.number}/moved" if self.kind.redirect else self.path

    @property
    def url(self):
        return self.origin.url(self.path)

    @property
    def version(self):
        return (self.now - self.started) // self.kind.period if self.kind.period else 0

    @property
    def name(self):
        return f"{self.number}-{self.version}"

    @property
    def date(self):
        return f"Mon, 02 Nov 2026 08:{self.version:02d}:00 GMT"

    def body(self, channel=""):
        document = rss(*entries(SHOWN, start=1 + self.version, prefix=f"f{self.number}"), title=f"Feed {self.number}")
        return document.replace(b"</description>", b"</description>" + channel.encode(), 1)

    def skipped_hours(self):
        """GMT; the fourth to the sixth hour of the play."""
        return [(self.started // HOUR + h) % 24 for h in (4, 5, 6)] if self.kind.answer is skipping else []


def both(p):
    return Reply(p.body(), etag=f'"{p.name}"', last_modified=p.date)


def odd_etag(p):
    return Reply(p.body(), etag=f'W/ "{p.name}  \'; \\ é,"" x')


def no_date(p):
    return Reply(p.body(), last_modified=f"about {p.name}  o'clock, GMT+0060")


def date_only(p):
    return Reply(p.body(), last_modified=p.date)


def gzipped(p):
    return Reply(p.body(), etag=f'"{p.name}-gzip"', gzip=True)


def renewing(p):
    """Each 304 brings another ETag, and the next request has to have that one."""
    first = p.asked == 1
    return Reply(p.body() if first else b"", status=200 if first else 304, etag=f'"{p.number}.{p.asked}"', last_modified=p.date, conditional=False)


def retagging(p):
    """The same bytes and the same date, and another ETag each time."""
    return Reply(p.body(), etag=f'"{p.number}/{p.asked}"', last_modified=p.date, conditional=False)


def bare(p):
    return Reply(p.body())


def fresh(p):
    said = 'public, Max-Age="10800"' if p.number % 2 else "max-age=10800, s-maxage=60"
    return both(p).asking(3 * HOUR - 600, ("Cache-Control", said), ("Age", "600"))


def expiring(p):
    return both(p).asking(2 * HOUR, ("Date", http_date(p.now)), ("Expires", http_date(p.now + 2 * HOUR)))


def uncached(p):
    return both(p).asking(0, ("Cache-Control", "no-store, max-age=99999"))


def resting(status, seconds, every):
    """Every so often the reader is asked to come back later, in seconds or by a date."""
    def answer(p):
        if p.asked % every:
            return both(p)
        value = str(seconds) if p.asked // every % 2 else http_date(p.now + seconds)
        return Reply(b"later", status=status, type="text/plain", retry=seconds, headers=[("Retry-After", value)])
    return answer


def failing(p):
    return Reply(b"", status=500, etag='"never"') if p.asked % 6 in (3, 4) else both(p)


def always(status):
    return lambda p: Reply(b"no", status=status, type="text/plain", etag='"never"')


def resetting(p):
    return Reply(reset=True)


def broken(p):
    return Reply(p.body()[:-40], etag=f'"{p.name}-torn"', conditional=False, reads="mended")


def broken_at_times(p):
    return broken(p) if p.asked % 5 == 3 else both(p)


def page_at_times(p):
    return Reply(b"<!doctype html><title>Sign in</title>", type="text/html", etag='"page"', conditional=False, reads="page") if p.asked == 4 else both(p)


def skipping(p):
    reply = both(p)
    reply.body = p.body("<skipHours>" + "".join(f"<hour>{h or 24}</hour>" for h in p.skipped_hours()) + "</skipHours>")
    return reply


def ttl(p):
    reply = both(p)
    reply.body, reply.fresh = p.body("<ttl>180</ttl>"), 3 * HOUR
    return reply


def update_period(p):
    reply = both(p)
    module = '<u:updatePeriod xmlns:u="http://purl.org/rss/1.0/modules/syndication/">daily</u:updatePeriod>'
    reply.body = p.body(module + module.replace("Period", "Frequency").replace("daily", "6"))
    reply.fresh = 4 * HOUR
    return reply


@dataclass
class Kind:
    name: str
    n: int  # how many of them in the whole set
    answer: object  # (Publisher) -> Reply
    period: int = None  # seconds between two entries; None: nothing new all day
    redirect: int = None  # status that leads from its URL to that of the document
    away: bool = False  # which is on another host
    query: str = ""
    alone: bool = False  # on a host of its own
    hold: float = 0.01  # seconds (real) before it answers


KINDS = [
    Kind("ETag and Last-Modified", 6, both, 5 * HOUR),
    Kind("the same, with nothing new", 4, both),
    Kind("ETag of odd bytes", 5, odd_etag, 7 * HOUR),
    Kind("Last-Modified that is no date", 4, no_date, 7 * HOUR),
    Kind("Last-Modified only", 3, date_only, 3 * HOUR),
    Kind("gzip", 4, gzipped, 4 * HOUR),
    Kind("304 with new validators", 4, renewing),
    Kind("same bytes, new ETag", 3, retagging),
    Kind("no validators", 3, bare),
    Kind("no validators, much news", 2, bare, HOUR),
    Kind("max-age", 3, fresh, 5 * HOUR),
    Kind("Expires", 2, expiring, 5 * HOUR),
    Kind("no-store", 1, uncached, 5 * HOUR),
    Kind("429 at times", 2, resting(429, 2 * HOUR, 10), 2 * HOUR),
    Kind("503 with Retry-After at times", 3, resting(503, 5 * HOUR, 4), 2 * HOUR),
    Kind("500 at times", 2, failing, 2 * HOUR),
    Kind("moved for now", 2, both, 5 * HOUR, redirect=302),
    Kind("moved for good", 2, both, 5 * HOUR, redirect=301),
    Kind("moved to another host", 2, both, 5 * HOUR, redirect=307, away=True),
    Kind("403", 1, always(403)),
    Kind("404", 1, always(404)),
    Kind("410", 1, always(410)),
    Kind("host that is gone", 1, resetting, alone=True),
    Kind("broken document", 2, broken, 6 * HOUR),
    Kind("broken document at times", 2, broken_at_times, 6 * HOUR),
    Kind("page instead of a feed at times", 1, page_at_times, 3 * HOUR),
    Kind("skipHours", 2, skipping, 2 * HOUR),
    Kind("ttl", 2, ttl, HOUR),
    Kind("sy:updatePeriod", 1, update_period, HOUR),
    Kind("slow", 2, both, 2 * HOUR, hold=0.2),
    Kind("query string", 2, both, 5 * HOUR, query="?b=2&a=%7Ex&&utm_source=y"),
]


def redirect_of(p):
    target = (p.elsewhere or p.origin).url(p.document)
    return Redirect(status=p.kind.redirect, to=target, etag='"of the redirect"')
