"""How near an account stands to the original: the authority, the firm to its regulator, the wire, the press, the commentator."""

from __future__ import annotations

import csv
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


def nearness(account: Account) -> int:
    """Return how near an account stands to the original; 0 is the original, 5 says that nothing is known of who speaks.

    What kind of source it comes from decides; a publisher in the table of publishers decides where the kind says only that it is the press,
    or a file of unknown origin.
    """
    of_kind = _OF_KIND[account.kind]
    if of_kind < PRESS:
        return of_kind
    named = [rank for word, rank in _publishers() if word in f" {account.publisher.casefold()} "]
    return min(named, default=of_kind)


@lru_cache(maxsize=1)
def _publishers() -> tuple[tuple[str, int], ...]:
    ranks = {"original": ORIGINAL, "filing": FILING, "wire": WIRE, "press": PRESS, "comment": COMMENT}
    with (files("thalweg.watch") / "publishers.csv").open(encoding="utf-8") as file:
        return tuple((f"{row['name'].casefold()}", ranks[row["standing"]]) for row in csv.DictReader(file))
