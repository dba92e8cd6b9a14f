"""How near an account stands to the original: the authority, the firm to its regulator, the wire, the press, the commentator."""

from __future__ import annotations

import csv
import re
from functools import lru_cache
from importlib.resources import files
from typing import Final

from thalweg.nouns.fused import Account

ORIGINAL: Final = 0
FILING: Final = 1
WIRE: Final = 2
PRESS: Final = 3
COMMENT: Final = 4
UNKNOWN: Final = 5
WORDS: Final = {
    ORIGINAL: "the authority itself",
    FILING: "a filing with a regulator",
    WIRE: "a wire agency",
    PRESS: "the press",
    COMMENT: "a law firm or commentator",
    UNKNOWN: "a source of unknown standing",
}
_OF_KIND: Final = {"official": ORIGINAL, "list_change": ORIGINAL, "filing": FILING, "media": PRESS, "file": UNKNOWN}
_BY_HAND: Final = "file"
"""The source of a document that somebody gave as a file, which says itself whose it is."""
_BETWEEN: Final = re.compile(r"\s*(?:[/|;–—]| - |\bvia\b|\()\s*")
_ARTICLE: Final = re.compile(r"^(?:the|us|u\.s\.) ")
_ADDRESS: Final = re.compile(r"https?://([a-z0-9.-]+)(?::\d+)?(?:[/?#]|$)")
_COMMENTS: Final = re.compile(r"\b(?:law|llp|blog)\b")


def nearness(account: Account) -> int:
    """Return how near an account stands to the original; 0 is the original, 5 says that nothing is known of who speaks.

    What kind of source it comes from decides. The name of the publisher, which a document may give itself, tells a wire agency, a medium or
    a commentator where the kind says only that it is the press or unknown: by the whole name, and where the document has an address only on
    a host of that publisher. It never makes an original, but for a file given by hand whose address is on the host of the authority that
    it names.
    """
    by_hand = account.source == _BY_HAND
    of_kind = _OF_KIND[account.kind]
    if of_kind < PRESS:
        if not by_hand:
            return of_kind
        of_kind = UNKNOWN
    host = _host(account.url)
    found = []
    for name in _names(account.publisher):
        for rank, hosts in _publishers().get(name, ()):
            on = bool(host) and any(host == h or host.endswith(f".{h}") for h in hosts)
            if (rank >= WIRE and (on or not host)) or (rank < WIRE and on and by_hand):
                found.append(rank)
    if not found and _COMMENTS.search(account.publisher.casefold()):
        found.append(COMMENT)
    return min(found, default=of_kind)


def as_the_file_says(account: Account) -> bool:
    """Say whether an account counts as of the authority, or a filing, by what a file that was given by hand says of itself."""
    return account.source == _BY_HAND and nearness(account) <= FILING


def _names(publisher: str) -> set[str]:
    """Return the names in the line of a publisher, as in "Example Daily / AP", each whole."""
    parts = (p.strip(" .,)\"'") for p in _BETWEEN.split(publisher.casefold()))
    return {n for p in parts if (n := _ARTICLE.sub("", p).removeprefix("www."))}


def _host(url: str) -> str:
    """Return the host of an address, empty where there is no address; one that is written oddly, as with a user in it, is none."""
    if not url:
        return ""
    found = _ADDRESS.match(url.casefold())
    return found[1].rstrip(".") if found else "?"


@lru_cache(maxsize=1)
def _publishers() -> dict[str, tuple[tuple[int, tuple[str, ...]], ...]]:
    """Return the rank and the hosts of each publisher, by its name and by each of its hosts, which some sources give as the name."""
    ranks = {"original": ORIGINAL, "filing": FILING, "wire": WIRE, "press": PRESS, "comment": COMMENT}
    found: dict[str, tuple[tuple[int, tuple[str, ...]], ...]] = {}
    with (files("thalweg.watch") / "publishers.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            hosts = tuple(row["hosts"].split())
            for name in (row["name"].casefold(), *hosts):
                found[name] = tuple(dict.fromkeys((*found.get(name, ()), (ranks[row["standing"]], hosts))))
    return found
