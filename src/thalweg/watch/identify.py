"""Numbers by which authorities name what they do: two accounts that give the same one tell of the same thing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from thalweg.nouns.fused import Account

_PATTERNS: Final = (
    ("frcite", re.compile(r"\b(\d{2,3}) (?:FR|Fed\. ?Reg\.) (\d{3,6})\b")),
    ("fr", re.compile(r"\b((?:19|20)\d{2}-\d{5})\b")),
    ("docket", re.compile(r"\bDocket No\.? ?(\d{6}-\d{4})\b")),
    ("rin", re.compile(r"\bRIN:? ?(\d{4}-[A-Z]{2}\d{2})\b")),
    ("bill", re.compile(r"\b(H\.? ?R\.?|S\.) ?(\d{2,5})\b(?! million| billion)")),
    ("case", re.compile(r"\b(\d{1,2}[:-]\d{2}-(?:cr|mj|cv)-\d{3,5})\b", re.IGNORECASE)),
    ("mofcom", re.compile(r"\bNo\.? ?(\d{1,3}) of ((?:20)\d{2})\b")),
    ("mofcom", re.compile(r"(?P<year>20\d{2})年第(?P<number>\d{1,3})号")),
    ("eo", re.compile(r"\bExecutive Order (?:No\. )?(\d{5})\b")),
)
_OF_ONE_ACT: Final = frozenset({"fr", "frcite", "docket", "case", "mofcom", "eo"})
"""Numbers of one act; a RIN or a bill names a matter that goes through several."""


def identifiers(account: Account) -> tuple[str, ...]:
    """Return the numbers that an account gives for its event, as `kind:number`, in order.

    From the Federal Register's own facts where there are some; from the title and the sentences that support the event otherwise.
    """
    facts = account.facts
    found: set[str] = set()
    if number := facts.get("number"):
        found.add(f"fr:{number}" if account.source in ("federal_register", "") or re.fullmatch(r"20\d\d-\d{5}", number) else f"no:{number}")
    for key, kind in (("citation", "frcite"), ("docket", "docket"), ("rin", "rin")):
        found |= {f"{kind}:{v}" for v in _values(facts.get(key, ""), kind)}
    for number in re.findall(r"20\d\d-\d{5}", facts.get("corrects", "")):
        found.add(f"fr:{number}")
    said = [account.title, account.event.headline, *(s for group in account.event.evidence.values() for s in group)]
    return tuple(sorted(found | in_text(said)))


def in_text(texts: Iterable[str]) -> set[str]:
    """Return the numbers that texts give, as `kind:number`."""
    found: set[str] = set()
    for text in dict.fromkeys(texts):
        for kind, pattern in _PATTERNS:
            for m in pattern.finditer(text):
                parts: tuple[str, ...]
                if "year" in m.groupdict():
                    parts = (m["number"], m["year"])
                else:
                    parts = tuple(re.sub(r"[. ]", "", g).upper() if kind in ("bill", "rin") else g.casefold() for g in m.groups())
                found.add(f"{kind}:{' '.join(parts)}")
    return found


def of_one_act(identifier: str) -> bool:
    """Say whether a number names one act, and not a matter that goes through several."""
    return identifier.partition(":")[0] in _OF_ONE_ACT


def _values(text: str, kind: str) -> set[str]:
    if kind == "frcite":
        return {" ".join(m) for m in re.findall(r"(\d{2,3}) FR (\d{3,6})", text)}
    if kind == "docket":
        return set(re.findall(r"\d{6}-\d{4}", text))
    return set(re.findall(r"\d{4}-[A-Z]{2}\d{2}", text))
