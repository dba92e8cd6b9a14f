"""How fast web pages are read: pages of about 1,000 words with the menus, scripts and links of a news site around them.

Run: python -m benchmarks.pages
"""

from __future__ import annotations

import json
import random
import time

from thalweg.sources.documents import read_document
from thalweg.watch.extract import extract, load_lexicon

PAGES = 60
WORDS = 1_000
_STOCK = """the export of advanced chips to China needs a license under the rule that the bureau published on Monday and suppliers said
that shipments of servers would stop until the agency answers while officials in Malaysia and Singapore opened an inquiry"""


def page(seed: int, words: int = WORDS) -> bytes:
    """Return a page: an article in some 20 paragraphs, 250 links, 60 kB of scripts and styles."""
    pick, stock = random.Random(seed), _STOCK.split()  # noqa: S311
    paragraphs = []
    for _ in range(20):
        text = " ".join(pick.choice(stock) for _ in range(words // 20))
        paragraphs.append(f"<p>{text[0].upper()}{text[1:]}. <a href='/topic/{pick.random()}'>More</a></p>")
    links = "".join(f"<li class='menu-item'><a href='/section/{n}'>Section {n}</a></li>" for n in range(250))
    script = f"<script>var data = {json.dumps([pick.random() for _ in range(2_500)])};</script>"
    style = "<style>" + "".join(f".c{n} {{ margin: {n}px; color: #00{n % 100:02d}ff }}" for n in range(400)) + "</style>"
    return (
        f"<!DOCTYPE html><html lang='en'><head><title>Story {seed}</title>"
        "<meta property='article:published_time' content='2026-05-21T10:00:00Z'>"
        f"<meta property='og:site_name' content='The Paper'>{style}{script}</head><body><header><nav><ul>{links}</ul></nav></header>"
        f"<main><article><h1>Story {seed}</h1>{''.join(paragraphs)}</article><aside><ul>{links[:4_000]}</ul></aside></main>"
        f"<footer>All rights reserved</footer>{script}</body></html>"
    ).encode()


def measure(count: int = PAGES) -> tuple[float, float, float, float]:
    """Return pages read a second of one core, those read and extracted, and their size in kB and words of body."""
    pages = [page(seed) for seed in range(count)]
    lexicon = load_lexicon()
    extract(read_document(pages[0])[0], lexicon)
    start = time.process_time()
    found = [read_document(data)[0] for data in pages]
    read = time.process_time() - start
    start = time.process_time()
    for data in pages:
        extract(read_document(data)[0], lexicon)
    both = time.process_time() - start
    words = sum(len(d.text.split()) for d in found) / count
    return count / read, count / both, sum(map(len, pages)) / count / 1_000, words


def main() -> None:
    read, both, size, words = measure()
    print(f"{PAGES} pages of {size:.0f} kB, {words:.0f} words of body found on each")
    print(f"read             {read:.0f} pages a second of one core ({1_000 / read:.1f} ms each)")
    print(f"read and extract {both:.0f} pages a second of one core ({1_000 / both:.1f} ms each)")


if __name__ == "__main__":
    main()
