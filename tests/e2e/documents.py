"""Feeds as tests need them: small, valid, and made of the entries that a test names."""

from dataclasses import dataclass
from xml.sax.saxutils import escape


@dataclass
class Entry:
    title: str
    guid: str = None
    link: str = None
    text: str = "Text."
    date: str = "Mon, 02 Nov 2026 08:00:00 GMT"


def entries(n, start=1, prefix="entry"):
    """A higher number is younger by a minute."""
    return [Entry(f"Headline {prefix} {i}", f"{prefix}-{i}", f"https://news.example/{prefix}/{i}", f"<p>Body of {prefix} {i}.</p>",
                  f"Mon, 02 Nov 2026 08:{i:02d}:00 GMT")
            for i in range(start, start + n)]


def rss(*items, title="The Example Times"):
    out = ['<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel>',
           f"<title>{escape(title)}</title><link>https://news.example/</link><description>News</description>"]
    for e in items:
        out.append(f"<item><title>{escape(e.title)}</title>")
        if e.guid is not None:
            out.append(f'<guid isPermaLink="false">{escape(e.guid)}</guid>')
        if e.link is not None:
            out.append(f"<link>{escape(e.link)}</link>")
        if e.date is not None:
            out.append(f"<pubDate>{e.date}</pubDate>")
        out.append(f"<description>{escape(e.text)}</description></item>\n")
    out.append("</channel></rss>\n")
    return "".join(out).encode()
