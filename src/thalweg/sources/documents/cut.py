"""Says of documents that they were not read to their end: what stands after is not looked at, and may tell of more."""

from __future__ import annotations

from collections.abc import Iterable

from thalweg.nouns.news import Document


def cut_notes(documents: Iterable[Document], name: str = "") -> list[str]:
    """Return a line for each document that was cut, and for each feed that was cut or is broken, by the name of its file or its id."""
    found: list[str] = []
    for document in documents:
        if document.cut:
            size = f"{len(document.text):,} characters"
            found.append(f"{name or document.id}: goes on beyond what is read ({size}); what stands after that is not looked at")
        if note := document.facts.get("feed_note"):
            found.append(f"{name or document.source}: {note}")
    return list(dict.fromkeys(found))
