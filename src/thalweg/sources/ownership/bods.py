"""Statements of the Beneficial Ownership Data Standard, versions 0.2 to 0.4 (https://standard.openownership.org).

A share of a statement is a percentage. Up to version 0.3 its bounds are marked open by true and false, and in 0.2 a maximum is open unless
it says otherwise; from 0.4 on an open bound is a number of its own. Only shares are ownership: votes, appointments and other control are
left out and counted. Where an indirect interest has components, these say who holds what, and it is left out itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from thalweg.evidence import BadInput
from thalweg.nouns.ownership import UNKNOWN_SHARE, OwnershipEdge, OwnershipGraph, Share
from thalweg.sources.ownership.build import Builder, as_list, text_of
from thalweg.sources.ownership.days import day_after, first_day
from thalweg.sources.ownership.records import Record
from thalweg.sources.ownership.shares import ranged, within

_SHARES: Final = frozenset(["shareholding"])
_UNSAID: Final = frozenset(["unknowninterest", "unpublishedinterest"])
_OPEN_BY_DEFAULT: Final = ("0.1", "0.2")
_HUNDRED: Final = Decimal(100)


def graph_of(found: Iterable[Record]) -> OwnershipGraph:
    """Return the graph of a file of statements: the last statement of each record that is not closed, none that another replaces."""
    built = Builder()
    statements: list[Mapping[str, Any]] = []
    for record in found:
        if record.error or not isinstance(record.data, Mapping):
            built.left_out["statements that cannot be read"] += 1
        else:
            statements.append(record.data)
    current, replaced = _current(statements)
    for statement in current:
        _party(statement, built)
    for statement in current:
        built.edges.extend(_edges(statement, replaced, built))
    return built.graph()


def _current(statements: list[Mapping[str, Any]]) -> tuple[list[Mapping[str, Any]], dict[str, str]]:
    """Return the statements that still hold, and for each replaced party the identifier of the one that replaces it."""
    replaced: dict[str, str] = {}
    last: dict[str, Mapping[str, Any]] = {}
    for statement in statements:
        identity = text_of(statement.get("statementID"))
        for old in as_list(statement.get("replacesStatements")):
            if identity and isinstance(old, str) and old != identity:
                replaced[old] = identity
        if record := text_of(statement.get("recordId")):
            held = last.get(record)
            if held is None or text_of(statement.get("statementDate")) >= text_of(held.get("statementDate")):
                last[record] = statement
    kept = [
        s
        for s in statements
        if (last.get(text_of(s.get("recordId")), s) is s)
        and text_of(s.get("recordStatus")) != "closed"
        and text_of(s.get("statementID")) not in replaced
    ]
    return kept, replaced


def _latest(identity: str, replaced: dict[str, str]) -> str:
    """Return what an identifier was replaced by in the end, and shorten the way there for the next who asks."""
    passed = {identity: None}
    last = identity
    while (after := replaced.get(last)) is not None and after not in passed:
        passed[last := after] = None
    replaced.update(dict.fromkeys(passed, last))
    replaced.pop(last, None)  # in a circle, where each replaces another, all are one
    return last


def _details(statement: Mapping[str, Any]) -> Mapping[str, Any]:
    found = statement.get("recordDetails", statement)
    return found if isinstance(found, Mapping) else {}


def _party(statement: Mapping[str, Any], built: Builder) -> None:
    identity = text_of(statement.get("recordId")) or text_of(statement.get("statementID"))
    details = _details(statement)
    names = [text_of(n.get("fullName")) for n in as_list(details.get("names")) if isinstance(n, Mapping)]
    if identity and (name := text_of(details.get("name")) or next(filter(None, names), "")):
        built.names[identity] = name
    place = details.get("jurisdiction") or details.get("incorporatedInJurisdiction")
    if identity and isinstance(place, Mapping) and (code := text_of(place.get("code"))):
        built.countries[identity] = code


def _edges(statement: Mapping[str, Any], replaced: dict[str, str], built: Builder) -> Iterator[OwnershipEdge]:
    details = _details(statement)
    if statement.get("statementType") != "ownershipOrControlStatement" and statement.get("recordType") != "relationship":
        return
    owned, owner = (_reference(details.get(key), replaced) for key in ("subject", "interestedParty"))
    if not owned or not owner:
        built.left_out["relationships whose owner or party is not specified"] += 1
        return
    if any(as_list(details.get(k) or statement.get(k)) for k in ("componentRecords", "componentStatementIDs")):
        built.left_out["indirect relationships whose components are stated, which say who holds what"] += 1
        return
    interests = [i for i in as_list(details.get("interests")) if isinstance(i, Mapping)]
    if not interests:
        built.left_out["relationships without an interest, whose share is unknown"] += 1
        yield OwnershipEdge(owner, owned)
    kinds = [text_of(i.get("type")).replace("-", "").casefold() for i in interests]
    if interests and not any(k in _SHARES or k in _UNSAID for k in kinds):
        built.left_out["relationships of control without shares, which are no ownership"] += 1
    for interest, kind in zip(interests, kinds, strict=True):
        if kind in _SHARES or kind in _UNSAID:
            yield _holding(owner, owned, interest, kind, _version(statement), built)


def _holding(owner: str, owned: str, interest: Mapping[str, Any], kind: str, version: str, built: Builder) -> OwnershipEdge:
    start, end = first_day(interest.get("startDate")), day_after(interest.get("endDate"))
    if start and end and start >= end:
        start = None
    level = text_of(interest.get("directOrIndirect") or interest.get("interestLevel"))
    if level == "indirect":
        built.left_out["indirect interests without components, whose share of the direct owners is unknown"] += 1
        return OwnershipEdge(owner, owned, UNKNOWN_SHARE, start, end)
    try:
        share = _share(interest.get("share"), version) if kind in _SHARES else UNKNOWN_SHARE
    except BadInput:
        built.left_out["shares that are no percentage, taken as unknown"] += 1
        share = UNKNOWN_SHARE
    return OwnershipEdge(owner, owned, share, start, end)


def _version(statement: Mapping[str, Any]) -> str:
    published = statement.get("publicationDetails")
    return text_of(published.get("bodsVersion")) if isinstance(published, Mapping) else ""


def _reference(value: Any, replaced: dict[str, str]) -> str:
    """Return the identifier of a party: a record from 0.4 on, before that the statement that describes it."""
    if isinstance(value, Mapping):
        value = value.get("describedByEntityStatement") or value.get("describedByPersonStatement")
    return _latest(text_of(value), replaced)


def _share(data: Any, version: str) -> Share:
    if not isinstance(data, Mapping):
        return UNKNOWN_SHARE
    if (exact := data.get("exact")) is not None:
        part = _part(exact)
        return Share(part, part)
    low, high = _part(data.get("minimum", 0)), _part(data.get("maximum", 100))
    above, below = data.get("exclusiveMinimum"), data.get("exclusiveMaximum")
    low_open = above is True
    high_open = below is True or (below is None and "maximum" in data and high < 1 and low < high and version.startswith(_OPEN_BY_DEFAULT))
    if above is not None and not isinstance(above, bool):
        low, low_open = _part(above), True
    if below is not None and not isinstance(below, bool):
        high, high_open = _part(below), True
    return ranged(low, high, "share", low_open=low_open, high_open=high_open)


def _part(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise BadInput("share: is not a number")
    number = value if isinstance(value, Decimal) else Decimal(str(value))
    if not number.is_finite() or number > _HUNDRED:
        raise BadInput("share: is not a percentage")
    return within(number.scaleb(-2), "share")
