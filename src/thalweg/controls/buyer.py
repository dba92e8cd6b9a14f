"""The declared default buyer of commands that take no party: local, with a local parent, not listed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

LOCAL_BUYER: Final = "(a local buyer)"
ASSUMPTION: Final = "The buyer is local, has a local ultimate parent and is on no list"


def to_local_buyer(item: Any, to: str, date: dt.date, more: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return an export from the United States to the default buyer."""
    party = {"role": "end_user", "name": LOCAL_BUYER, "country": to, "headquarters": to, "ultimate_parent_headquarters": to}
    return {"date": date, "activity": "export", "item": item, "from": "US", "to": to, "parties": [party], **(more or {})}


def item_label(item: Any) -> str:
    """Return how an item is called in tables."""
    return item if isinstance(item, str) else str(item.get("name", "item") if isinstance(item, Mapping) else getattr(item, "name", "item"))
