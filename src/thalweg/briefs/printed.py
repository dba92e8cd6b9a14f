"""The verdict by the text as printed, where it differs from the verdict as enforced."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, Final

from thalweg.briefs.claims import claim, obligations, sources
from thalweg.briefs.model import Printed
from thalweg.briefs.model_base import Claim
from thalweg.controls import Determination, decide, rulebook
from thalweg.pack.model import Pack
from thalweg.pack.order import matches

_ANNOUNCED: Final = "policy_announced_uncodified"


def as_printed(pack: Pack, transaction: Mapping[str, Any], enforced: Determination) -> Printed:
    """Return the verdict if what is printed were enforced, and nothing else; ``pack`` comes from :func:`enforced_as_printed`."""
    found = decide(rulebook(pack), transaction)
    here, there = ({r.rule: r for r in x.requirements} for x in (found, enforced))
    why = {i: r for i, r in here.items() if i not in there}
    absent = [] if why else [r for i, r in there.items() if i not in here]
    usable = [e for e in found.exceptions if e.available]
    shown = why if why or absent else here
    acts = {*shown, *(e.rule for e in usable)}
    return Printed(
        outcome=found.outcome,
        why=[claim(r) for r in shown.values()],
        absent=[claim(r) for r in absent],
        exceptions=[Claim(text=e.exception, sources=sources(e.citations)) for e in usable],
        conditions=[*(c.text for c in obligations(found)), *(m.question for m in found.missing_facts if "outcome" in m.decides)],
        statements=[
            Claim(text=str(e["effect"]), sources=sources(e.get("sources", ())))
            for e in pack.events
            if e.get("status") == _ANNOUNCED and any(matches(p, i) for p in e.get("rules") or () for i in acts)
        ],
    )


def enforced_as_printed(pack: Pack) -> Pack:
    """Return a pack whose rules are enforced in the days in which they are printed, and in no others."""
    rules = {
        i: dataclasses.replace(
            r, versions=tuple(dataclasses.replace(v, enforced=((*v.text, "enforced"),) if v.text else ()) for v in r.versions)
        )
        for i, r in pack.rules.items()
    }
    return dataclasses.replace(pack, rules=rules)
