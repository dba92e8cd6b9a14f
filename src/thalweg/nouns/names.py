"""The key under which two spellings of one organization's name are equal.

Exact matching only: case, punctuation, width and the legal form at the end do not count. Anything looser is screening.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_LEGAL_FORMS = frozenset(
    [
        "ag",
        "bhd",
        "bv",
        "co",
        "company",
        "corp",
        "corporation",
        "corporate",
        "gmbh",
        "inc",
        "incorporated",
        "kk",
        "limited",
        "liability",
        "llc",
        "llp",
        "ltd",
        "nv",
        "oy",
        "pbc",
        "plc",
        "pte",
        "pty",
        "sa",
        "sae",
        "sarl",
        "sdn",
        "spa",
        "srl",
    ]
)
_CHINESE_FORMS = ("股份有限公司", "有限责任公司", "有限公司", "股份公司", "集团公司", "公司")
_SPLIT = re.compile(r"[^\w]+", re.UNICODE)


@lru_cache(maxsize=65_536)
def name_key(name: str) -> str:
    """Return the matching key of a name; empty if nothing but a legal form is left."""
    folded = unicodedata.normalize("NFKC", name).casefold().replace("&", " and ").replace("'", "").replace("’", "")
    words = [w for w in _SPLIT.split(folded) if w]
    if words and words[0] == "the":
        words = words[1:]
    while len(words) > 1 and words[-1] in _LEGAL_FORMS:
        words.pop()
    key = " ".join(words)
    for form in _CHINESE_FORMS:
        if key.endswith(form) and len(key) > len(form):
            return key[: -len(form)]
    return key


_ACRONYM = re.compile(r"\s*\(([A-Z][A-Z0-9&-]{1,11})\)\s*$")


def name_keys(name: str) -> set[str]:
    """Return the keys of a listed name: as it stands; where it ends in an acronym in parentheses, also without that, and the acronym."""
    acronym = _ACRONYM.search(name)
    names = [name] if acronym is None else [name, name[: acronym.start()], acronym.group(1)]
    return {key for key in map(name_key, names) if key}
