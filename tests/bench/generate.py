#!/usr/bin/env python3
"""generate.py DIR N: writes N feeds as publishers write them (RSS 2.0, Atom, JSON Feed), the same on every run: 25 entries each."""

import json
import random
import sys
from pathlib import Path
from xml.sax.saxutils import escape

WORDS = """harbour ferry council bridge winter market tide lamp engine letter garden river station morning paper window island
price school forest summer road museum storm doctor music coffee theatre lighthouse concert budget camera
für über straße größe zurück été déjà où naïve señor año corazón""".split()
ENTRIES = 25


def sentence(dice, least=6, most=18):
    words = dice.choices(WORDS, k=dice.randint(least, most))
    return " ".join(words).capitalize() + "."


def html(dice):
    out = []
    for _ in range(dice.randint(3, 7)):
        text = " ".join(sentence(dice) for _ in range(dice.randint(1, 4)))
        link = f' <a href="https://example.org/{dice.randint(1, 10**6)}?a=1&amp;b=2" class="more" onclick="track()">{dice.choice(WORDS)}</a>'
        out.append(f'<p style="margin:0">{text}{link if dice.random() < 0.5 else ""}</p>')
    if dice.random() < 0.3:
        out.append("<ul>" + "".join(f"<li>{sentence(dice, 3, 8)}</li>" for _ in range(4)) + "</ul>")
    if dice.random() < 0.4:
        out.append('<img src="https://img.example.org/%d.jpg" width="600" alt="&quot;A&quot; picture">' % dice.randint(1, 10**6))
    return "\n".join(out)


def entries(dice, site):
    for i in range(ENTRIES):
        yield {"title": sentence(dice, 4, 10)[:-1] + dice.choice(["", " & more", " – a “first”"]), "id": f"{site}/{dice.randint(1, 10**9)}",
               "link": f"{site}/2026/{i}", "html": html(dice), "day": 1 + i % 28, "author": dice.choice(WORDS).title(),
               "category": dice.choice(WORDS), "summary": sentence(dice)}


def rss(dice, site, make=entries):
    cdata = dice.random() < 0.5
    out = ['<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
           'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>', f"<title>{dice.choice(WORDS).title()} News</title><link>{site}</link>"
           "<description>Generated</description><language>en</language>"]
    for e in make(dice, site):
        body = f"<![CDATA[{e['html']}]]>" if cdata else escape(e["html"])
        out.append(f"<item><title>{escape(e['title'])}</title><link>{e['link']}</link><guid>{e['id']}</guid>"
                   f"<pubDate>{e['day']:02d} Nov 2026 08:{e['day']:02d}:00 +0000</pubDate><dc:creator>{e['author']}</dc:creator>"
                   f"<category>{e['category']}</category><description>{escape(e['summary'])}</description>"
                   f"<content:encoded>{body}</content:encoded></item>\n")
    return "".join(out) + "</channel></rss>\n"


def atom(dice, site, make=entries):
    out = ['<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Generated</title>',
           f'<id>{site}</id><link href="{site}/"/><updated>2026-11-20T08:00:00Z</updated>']
    for e in make(dice, site):
        out.append(f'<entry><title type="html">{escape(escape(e["title"]))}</title><link rel="alternate" href="{e["link"]}"/><id>{e["id"]}</id>'
                   f'<updated>2026-11-{e["day"]:02d}T08:00:00Z</updated><author><name>{e["author"]}</name></author>'
                   f'<content type="html">{escape(e["html"])}</content></entry>\n')
    return "".join(out) + "</feed>\n"


def json_feed(dice, site):
    items = [{"id": e["id"], "url": e["link"], "title": e["title"], "content_html": e["html"],
              "date_published": f"2026-11-{e['day']:02d}T08:00:00Z"} for e in entries(dice, site)]
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "Generated", "home_page_url": site, "items": items})


MIX = [("rss", rss)] * 7 + [("atom", atom)] * 2 + [("json", json_feed)]


def main():
    folder, count = Path(sys.argv[1]), int(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    for i in range(count):
        suffix, make = MIX[i % len(MIX)]
        (folder / f"feed-{i:05d}.{suffix}").write_text(make(random.Random(i), f"https://site-{i}.example"), encoding="utf-8")


if __name__ == "__main__":
    main()
