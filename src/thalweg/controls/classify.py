"""The classes of an item on a day, with the measures they rest on."""

from __future__ import annotations

import datetime as dt
from typing import Any

from thalweg.controls.buyer import item_label, to_local_buyer
from thalweg.controls.decide import decide
from thalweg.controls.explain import render
from thalweg.controls.model import Classification
from thalweg.controls.program import Rulebook
from thalweg.controls.resting import notices


def classify(book: Rulebook, item: Any, date: dt.date, *, facts: dict[str, Any] | None = None) -> Classification:
    """Classify a catalogue name or a described item on a day."""
    answer = decide(book, to_local_buyer(item, "US", date, {"facts": facts or {}}))
    trace = answer.trace
    rules = [
        {
            "rule": identity,
            "truth": ("false", "unknown", "true")[truth],
            "citations": [s.get("citation", "") for s in sources],
            "clauses": render(clause),
            "note": note,
        }
        for identity, kind, truth, sources, clause, note in trace["rules"]
        if kind in ("classification", "presumption")
    ]
    return Classification(
        item=item_label(item),
        as_of=date.isoformat(),
        classification=answer.classification,
        possible=sorted({c for c in trace["possible_classes"] if c not in answer.classification}),
        measures=trace["item"],
        at_least=trace["at_least"],
        rules=rules,
        missing_facts=[m for m in answer.missing_facts if "classification" in m.decides],
        sources=trace["sources"],
        notes=answer.notes,
        conflict=answer.conflict,
        beyond_verified=answer.beyond_verified,
        pack=answer.pack,
        may_be_stale=notices(book.pack, [r["rule"] for r in rules if r["truth"] != "false"], date),
    )
