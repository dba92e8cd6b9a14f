"""Names of tables and columns that need no quotes in any of the dialects."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

LIMIT: Final = 56
"""PostgreSQL cuts names off at 63 bytes; the rest is for a suffix."""

TRANSACTIONS: Final = "transactions"
PARTIES: Final = "parties"
COMPONENTS: Final = "components"
GROUP_MEMBERS: Final = "thalweg_group_members"
SET_MEMBERS: Final = "thalweg_set_members"
LISTINGS: Final = "thalweg_listings"
RULES: Final = "thalweg_rules"
CHART: Final = "thalweg_chart"
REASONS: Final = "thalweg_reasons"
REASON_SCOPES: Final = "thalweg_reason_scopes"
PLACE_CODES: Final = "thalweg_place_codes"
PLACES: Final = "thalweg_places"
NAMES: Final = "thalweg_names"
TRUTHS: Final = "thalweg_truths"
OUTCOMES: Final = "thalweg_outcomes"


def plain(text: str) -> str:
    """Return a text as a name of small letters, digits and underscores."""
    found = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_") or "x"
    return found if found[0].isalpha() else f"n_{found}"


def group_flag(group: str) -> str:
    """Return the column of the table of places that says whether a place is in a group."""
    return plain(f"in {group}")


def chart_flag(chart_column: str) -> str:
    """Return the column of the table of places that says whether the chart marks a column for a place."""
    return plain(f"chart {chart_column}")


def name_flag(kind: str, identity: str) -> str:
    """Return the column of the table of names that says whether a name is on a list (``listed``) or in a set."""
    return plain(f"{'on' if kind == 'listed' else 'in'} {identity}")


def distinct(texts: Iterable[str], *, prefix: str = "") -> Mapping[str, str]:
    """Return a name for each text, cut to what every dialect takes, no two alike."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for text in texts:
        base = (prefix + plain(text))[:LIMIT].rstrip("_")
        name, number = base, 1
        while name in taken:
            number += 1
            name = f"{base[: LIMIT - len(str(number)) - 1]}_{number}"
        taken.add(name)
        found[text] = name
    return found
