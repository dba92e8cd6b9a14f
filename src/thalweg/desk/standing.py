"""What a screened entry means to a decision: the list it is on, what it asks for, and the review that comes with it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Final, Literal

from thalweg.evidence import OPEN_END, OPEN_START
from thalweg.nouns import ListEntry
from thalweg.pack import Doubtful, Listing

_ALL_ITEMS: Final = re.compile(r"(for )?all items subject to the ear\b", re.IGNORECASE)
_NARROWER: Final = re.compile(r"\b(when|except|excluding|only|other than|apart from)\b", re.IGNORECASE)
_POLICY: Final = re.compile(
    r"(?P<policy>policy) of denial|(?P<presumption>presumption) (?:of|for) denial|(?P<case>case)-by-?case|presumption of approval",
    re.IGNORECASE,
)
_FOOD: Final = re.compile(
    r"\s+for all items subject to the ear apart from food and medicine designated as ear99,?"
    r" which will be reviewed on a case-by-?\s?case basis",
    re.IGNORECASE,
)
_DENIALS: Final = {"policy": "policy_of_denial", "presumption": "presumption_of_denial", "case": "case_by_case"}


def policy_of(text: str) -> str:
    """Read the review policy that an entry states for every item; empty where it states none, refers to a section, or states several.

    Food and medicine, which entries of the Entity List set apart from a policy of denial, are left aside.
    """
    found = list(_POLICY.finditer(_FOOD.sub("", " ".join(text.split()))))
    kinds = {m.lastgroup for m in found}
    return _DENIALS.get(str(found[0].lastgroup), "") if len(kinds) == 1 else ""


def covers_all_items(entry: ListEntry) -> bool:
    """Say whether what an entry of the Entity List requires holds for every item, or the entry must be read."""
    said = " ".join(entry.license_requirement.split())
    return entry.list != "entity_list" or (_ALL_ITEMS.match(said) is not None and _NARROWER.search(said) is None)


def as_listing(
    entry: ListEntry,
    key: str,
    level: Literal["strong", "possible"],
    score: float,
    why: Sequence[str],
    *,
    undated: bool = False,
    known: str = "",
    since: dt.date | None = None,
) -> Listing:
    """Return an entry as one that stands under the name of a party.

    Args:
        entry: the entry.
        key: the exact-match key of the party's name as it was stated.
        level: how surely the party is that of the entry; a possible one leaves the answer open.
        score: the calibrated probability behind the level.
        why: what makes the two alike, in words.
        undated: whether nothing says if the entry stood on the day of the case.
        known: what is known of when an undated entry stood.
        since: the day before which an undated entry cannot have stood.
    """
    first = entry.listed_on or since
    start = first.toordinal() if first else OPEN_START
    doubt: Doubtful = "party" if level == "possible" else ""
    if entry.address_only:
        doubt = "address"
    elif not doubt and undated:
        doubt = "day"
    elif not doubt and not covers_all_items(entry):
        doubt = "items"
    return Listing(
        list=entry.list,
        entry_id=entry.entry_id,
        name=entry.name,
        aliases=entry.aliases,
        keys=(key,),
        country=entry.countries[0] if len(entry.countries) == 1 else "",
        start=start,
        end=entry.ends_on.toordinal() if entry.ends_on else OPEN_END,
        citation="; ".join(entry.notices),
        url=entry.url,
        footnotes=dict.fromkeys((*entry.footnotes, *entry.programs), start),
        policy=policy_of(entry.license_policy),
        requirement=entry.license_requirement,
        basis="primary",
        note=known or entry.note,
        level=level,
        score=score,
        why=tuple(why),
        doubt=doubt,
        dated=entry.listed_on is not None,
    )
