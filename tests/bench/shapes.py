#!/usr/bin/env python3
"""shapes.py DIR: writes one feed of each size and of each shape that could make reading slow out of proportion: what is compared is
the time a byte takes, and the memory of the process."""

import random
import sys
from pathlib import Path

from generate import rss

HEAD = '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>Shape</title><link>https://shape.example/</link>'
TAIL = "</channel></rss>\n"


def item(content, number=0):
    return f"<item><title>Entry {number}</title><guid>{number}</guid><description><![CDATA[{content}]]></description></item>\n"


def sized(size):
    """The items of generated feeds, until there are enough bytes."""
    head, items = None, []
    total = 0
    for i in range(10**6):
        text = rss(random.Random(i), f"https://site-{i}.example")
        start, end = text.index("<item>"), text.rindex("</channel>")
        head = head or text[:start]
        for one in text[start:end].split("</item>\n")[:-1]:
            if total < size:
                items.append(one + "</item>\n")
                total += len(items[-1].encode())
        if total >= size:
            return head + "".join(items) + TAIL
    return None


SHAPES = {
    "60KB": lambda: sized(60_000),
    "2MB": lambda: sized(2_000_000),
    "20MB": lambda: sized(20_000_000),
    "20000-entries": lambda: HEAD + "".join(item("<p>Short.</p>", i) for i in range(20_000)) + TAIL,
    "one-2MB-entry": lambda: HEAD + item("<p>Some words of a very long story.</p>\n" * 50_000) + TAIL,
    "one-2MB-paragraph": lambda: HEAD + item("words of a very long story " * 74_000) + TAIL,
    "100000-links": lambda: HEAD + item('<a href="/x">x</a> ' * 100_000) + TAIL,
    "100000-attributes": lambda: HEAD + item("<p " + " ".join(f'a{i}="x"' for i in range(100_000)) + ">x</p>") + TAIL,
    "100000-tag-attributes": lambda: HEAD + "<item " + " ".join(f'a{i}="x"' for i in range(100_000)) + "><title>t</title></item>" + TAIL,
    "many-namespaces": lambda: HEAD + "".join(f'<x xmlns:a{i}="u" xmlns:b{i}="u">' for i in range(200)) + "<a0:x/>" * 100_000 + TAIL,
    "100000-elements": lambda: HEAD + "<item><title>t</title>" + '<category>x</category><link>/y</link>' * 50_000 + "</item>" + TAIL,
    "100000-references": lambda: HEAD + "<item><title>t</title><description>" + "&amp;eacute;&lt;b&gt;x&lt;/b&gt;" * 25_000 + "</description></item>" + TAIL,
    "deep-html": lambda: HEAD + item("<b><i>" * 20_000 + "x") + TAIL,
}


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in SHAPES.items():
        (folder / f"{name}.xml").write_text(make(), encoding="utf-8")


if __name__ == "__main__":
    main()
