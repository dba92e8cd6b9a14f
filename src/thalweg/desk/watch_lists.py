"""What changed on the lists of parties, as documents: one for each two copies that follow one another and differ."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from thalweg.nouns.listing import LIST_IDS, ListEntry
from thalweg.nouns.news import Document

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from thalweg.store import ListDiff, Store

_MOST: Final = 500
"""Entries of one change that the text names; the counts are of all."""
_FACT: Final = 100


def changes_since(store: Store, first: dt.date, now: dt.datetime) -> tuple[tuple[Document, ...], str]:
    """Return a document for each change of a list whose later copy is of that day or after, and the day of the latest copy of any list.

    Raises:
        StoreError: if the store cannot be read.
    """
    found: list[Document] = []
    latest = ""
    for list_id in LIST_IDS:
        days = sorted({s.data_date for s in store.snapshots(list_id)})
        if days:
            latest = max(latest, days[-1].isoformat())
        for before, after in pairwise(days):
            if after >= first:
                diff = store.diff(list_id, before, after)
                if diff.added or diff.removed or diff.changed or diff.renamed:
                    found.append(change_document(diff, now))
    return tuple(found), latest


def change_document(diff: ListDiff, now: dt.datetime) -> Document:
    """Return the document of a difference: a sentence for each entry that came, went, or is worded otherwise."""
    title = LIST_IDS.get(diff.list, diff.list)
    day = diff.after.isoformat()
    parts = [
        ("added to", diff.added),
        ("removed from", diff.removed),
        ("changed on", [c.after for c in diff.changed]),
        ("renamed on", [r.after for r in diff.renamed]),
    ]
    counts = ", ".join(f"{len(entries)} {what.split()[0]}" for what, entries in parts if entries)
    lines = [f"Copies of {diff.before.isoformat()} and {day}: {diff.rows_before:,} and {diff.rows_after:,} entries."]
    for what, entries in parts:
        lines += [_sentence(e, what, title) for e in entries[:_MOST]]
        if len(entries) > _MOST:
            lines.append(f"{len(entries) - _MOST:,} more were {what} the {title}.")
    moved: Sequence[ListEntry] = (*diff.added, *diff.removed)
    facts = {
        "list": diff.list,
        "before": diff.before.isoformat(),
        "after": day,
        "added": str(len(diff.added)),
        "removed": str(len(diff.removed)),
        "changed": str(len(diff.changed)),
        "renamed": str(len(diff.renamed)),
        "added_names": _names(diff.added),
        "removed_names": _names(diff.removed),
        "countries": " ".join(sorted({c for e in moved for c in e.countries})),
        "notices": "; ".join(dict.fromkeys(n for e in diff.added for n in e.notices))[:2_000],
        "entries": " ".join(f"{e.list}:{e.entry_id}" for e in moved[:_FACT]),
        "not_compared": " ".join(diff.not_compared),
    }
    return Document(
        id=f"list_changes:{diff.list}:{day}",
        source="list_changes",
        url=next((e.url for e in moved if e.url), ""),
        title=f"{title}: {counts} as of {day}",
        text="\n".join(lines),
        published=diff.after,
        publisher=title,
        kind="list_change",
        language="en",
        fetched_at=now,
        reader="list-changes-1",
        facts={k: v for k, v in facts.items() if v and v != "0"},
    )


def _sentence(entry: ListEntry, what: str, title: str) -> str:
    where = f" ({', '.join(entry.countries)})" if entry.countries else ""
    notice = f", {entry.notices[-1]}" if entry.notices else ""
    return f"{entry.name}{where} was {what} the {title}{notice}."


def _names(entries: Iterable[ListEntry]) -> str:
    return "; ".join(e.name for _, e in zip(range(_FACT), entries, strict=False))
