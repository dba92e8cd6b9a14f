"""What is coming: printed days, and switches with both branches, and what each watched draft would touch."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Literal

from thalweg.briefs.claims import acting, policies, sources
from thalweg.briefs.judge import Judge
from thalweg.briefs.model import Coming, DraftRow, LicenseRow, Touched
from thalweg.briefs.model_base import Source
from thalweg.briefs.words import usd
from thalweg.controls import decide, rulebook
from thalweg.evidence import nearest
from thalweg.pack.model import Pack
from thalweg.pack.order import matches
from thalweg.pack.overlay import drafts, overlay

_ENDS: Final = "ends on"


def coming(pack: Pack, licenses: Sequence[LicenseRow], date: dt.date, end: dt.date) -> list[Coming]:
    """Return the switches, the printed days and ends, and the ends of the licenses held, up to a day.

    It starts on the date or where verification ends, whichever is earlier. A day on which something starts is shown where it touches
    rules of the pack. An end that a switch spells out stands there only.
    """
    start = min(date, min(pack.verified_through.values()) + dt.timedelta(1))
    found = [
        Coming(
            on=on,
            due=on < date.isoformat(),
            title=str(event["title"]),
            effect=str(event.get("effect") or ""),
            jurisdiction=str(pack.places.get(place, {}).get("name", place)),
            printed=printed,
            expected=expected,
            sources=sources(event.get("sources", ())),
        )
        for event in pack.events
        for place in (str(event.get("jurisdiction", "")),)
        for on, printed, expected in _days(event, pack)
        if start.isoformat() <= on <= end.isoformat()
    ]
    switched = {c.on for c in found if c.expected}
    kept = [c for c in found if c.expected or not c.printed.startswith(_ENDS) or c.on not in switched]
    return sorted([*kept, *_ends(licenses, date, end)], key=lambda c: (c.on, c.title))


def _days(event: Mapping[str, Any], pack: Pack) -> Iterator[tuple[str, str, str]]:
    """Yield the days of an event, each with what is printed and what is expected for it."""
    if switch := event.get("switch"):
        yield str(switch["on"]), str(switch["printed"]), str(switch["expected"])
        return
    if event.get("ended"):
        yield str(event["ended"]), f"{_ENDS} {event['ended']} as printed", ""
    if any(matches(p, i) for p in event.get("rules") or () for i in pack.rules):
        days = dict.fromkeys(str(event[k]) for k in ("effective", "compliance") if event.get(k))
        yield from ((day, f"on {day} as printed", "") for day in days)


def _ends(licenses: Sequence[LicenseRow], date: dt.date, end: dt.date) -> list[Coming]:
    return [
        Coming(
            on=x.ends,
            due=False,
            title=f"License {x.license} ends",
            effect="" if x.left_after_usd is None else f"{usd(x.left_after_usd)} of it are left after the deals that it covers.",
            jurisdiction="",
            printed="good through this day",
            expected="",
            sources=[Source(citation=f"License {x.license}")],
        )
        for x in licenses
        if x.ends and date.isoformat() <= x.ends <= end.isoformat()
    ]


def watched(judge: Judge, names: Sequence[str], deals: Sequence[Mapping[str, Any]], date: dt.date) -> tuple[list[DraftRow], list[str]]:
    """Decide every deal by law under each draft, on its assumed first day or the date if later; return what cannot be watched too."""
    found, errors = [], []
    for name in dict.fromkeys(names):
        if name not in drafts():
            errors.append(f"watch: there is no draft {name!r}{nearest(name, drafts()) or ': the drafts are ' + ', '.join(drafts())}")
            continue
        laid = overlay(judge.law, name)
        head = laid.overlays[-1]
        on = max(date, dt.date.fromisoformat(str(head.get("assumed_from") or date)))
        touched = [t for deal in deals if (t := _touched(judge, laid, dict(deal) | {"date": on}))]
        found.append(
            DraftRow(
                draft=name,
                title=str(head["title"]),
                status=str(head.get("status") or "pending"),
                on=on.isoformat(),
                touched=touched,
                value_usd=sum(t.value_usd for t in touched),
                turned_usd=sum(t.value_usd for t in touched if t.kind == "verdict"),
                sources=sources(head.get("sources", ())),
                not_expressed=[str(x) for x in head.get("not_expressed", ())],
            )
        )
    return sorted(found, key=lambda d: (-d.turned_usd, -d.value_usd, d.title)), errors


def _touched(judge: Judge, laid: Pack, deal: Mapping[str, Any]) -> Touched | None:
    """Return how a draft would touch a deal: its verdict, the grounds of it, or the steps that it asks for."""
    old, new = decide(judge.book, deal), decide(rulebook(laid), deal)
    before, after = acting(old), acting(new)
    steps = [o.obligation for o in new.obligations if o.obligation not in {x.obligation for x in old.obligations}]
    if old.outcome != new.outcome:
        kind: Literal["verdict", "grounds", "steps"] = "verdict"
    elif before.keys() != after.keys() or policies(old) != policies(new):
        kind = "grounds"
    elif steps:
        kind = "steps"
    else:
        return None
    return Touched(
        deal=str(deal["id"]),
        value_usd=float(deal["value_usd"] or 0),
        kind=kind,
        before=old.outcome,
        before_policies=list(policies(old)),
        after=new.outcome,
        after_policies=list(policies(new)),
        adds=[*(r.title for i, r in after.items() if i not in before), *steps],
    )
