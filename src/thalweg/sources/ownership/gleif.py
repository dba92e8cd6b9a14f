"""Level 2 and level 1 data of the Global Legal Entity Identifier Foundation, in XML and JSON.

Relationship records say who consolidates whom in its accounts. That is not a share: a parent may consolidate what it owns less than
half of, and the format gives a percentage only sometimes. Formats: RR-CDF 2.1 and LEI-CDF 3.1,
https://www.gleif.org/en/about-lei/common-data-file-format; the JSON forms are those of the golden copy, with values plain or under "$".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import IO, Any, Final

from thalweg.evidence import BadInput
from thalweg.nouns.ownership import UNKNOWN_SHARE, OwnedParty, OwnershipEdge, OwnershipGraph, Share
from thalweg.sources.ownership.build import Builder, as_list, text_of
from thalweg.sources.ownership.days import day_after, first_day
from thalweg.sources.ownership.records import Record
from thalweg.sources.ownership.shares import within

DIRECT: Final = "IS_DIRECTLY_CONSOLIDATED_BY"
ULTIMATE: Final = "IS_ULTIMATELY_CONSOLIDATED_BY"
BRANCH: Final = "IS_INTERNATIONAL_BRANCH_OF"
_WITHDRAWN: Final = frozenset(["ANNULLED", "DUPLICATE"])
_HUNDRED: Final = Decimal(100)
_UNSTATED: Final = "consolidations without a percentage, whose share is unknown since consolidation is not ownership"


def graph_of(found: Iterable[Record]) -> OwnershipGraph:
    """Return the graph of relationship records, the party that is consolidated owned by the one that consolidates it.

    Fund relationships and withdrawn records are left out and counted. An ultimate parent that is the direct one too is one owner.
    """
    built = Builder()
    direct: set[tuple[str, str]] = set()
    ultimate: list[OwnershipEdge] = []
    for record in found:
        edge, kind = _edge(record.data, built) if not record.error else (None, "")
        if record.error:
            built.left_out["records that cannot be read"] += 1
        elif edge is not None and kind == ULTIMATE:
            ultimate.append(edge)
        elif edge is not None:
            direct.add((edge.owner, edge.owned))
            built.edges.append(edge)
    built.edges += [e for e in ultimate if (e.owner, e.owned) not in direct]
    if unstated := sum(e.share == UNKNOWN_SHARE for e in built.edges):
        built.left_out[_UNSTATED] = unstated
    return built.graph()


def _edge(data: Any, built: Builder) -> tuple[OwnershipEdge | None, str]:
    record = data.get("RelationshipRecord", data) if isinstance(data, Mapping) else {}
    relation, registration = _inner(record, "Relationship"), _inner(record, "Registration")
    kind = _value(relation.get("RelationshipType"))
    owned, owner = (_value(_inner(relation, node).get("NodeID")) for node in ("StartNode", "EndNode"))
    if not (owner and owned and kind):
        built.left_out["records without both parties and a type"] += 1
        return None, kind
    if kind not in (DIRECT, ULTIMATE, BRANCH):
        built.left_out[f"{kind} records, which are no ownership"] += 1
        return None, kind
    status = _value(registration.get("RegistrationStatus"))
    if status in _WITHDRAWN:
        built.left_out[f"records whose registration is {status}"] += 1
        return None, kind
    start, end = _window(relation)
    if _value(relation.get("RelationshipStatus")) == "INACTIVE" and end is None:
        built.left_out["inactive relationships without an end date"] += 1
        return None, kind
    if status == "LAPSED":
        built.left_out["records used although their registration has lapsed"] += 1
    if kind == BRANCH:
        built.left_out["branches, taken as wholly owned by their head office"] += 1
        return OwnershipEdge(owner, owned, Share(Decimal(1), Decimal(1)), start, end), kind
    return OwnershipEdge(owner, owned, _share(relation, kind, built), start, end), kind


def _share(relation: Mapping[str, Any], kind: str, built: Builder) -> Share:
    """Return the percentage of a direct relationship, where it has one that can be read in one way only."""
    for quantifier in _list(relation.get("RelationshipQuantifiers"), "RelationshipQuantifier"):
        if _value(quantifier.get("QuantifierUnits")) != "PERCENTAGE":
            continue
        amount = _amount(_value(quantifier.get("QuantifierAmount")))
        if kind != DIRECT:
            built.left_out["percentages of ultimate parents, which are no direct share"] += 1
        elif amount == 1:  # the foundation's own conversion to RDF takes 1.00 for the whole
            return Share(Decimal(1), Decimal(1))
        elif 1 < amount <= _HUNDRED:
            part = amount.scaleb(-2)
            return Share(part, part)
        else:
            built.left_out["percentages below 1 or above 100, which can be read in two ways or none"] += 1
    return UNKNOWN_SHARE


def _amount(text: str) -> Decimal:
    """Return a number that a share can be made of; -1 where it is none."""
    try:
        amount = Decimal(text)
        within(amount.scaleb(-2) if amount.is_finite() else amount, "percentage")
    except (InvalidOperation, BadInput):
        return Decimal(-1)
    return amount


def _window(relation: Mapping[str, Any]) -> tuple[Any, Any]:
    for period in _list(relation.get("RelationshipPeriods"), "RelationshipPeriod"):
        if _value(period.get("PeriodType")) == "RELATIONSHIP_PERIOD":
            start, end = first_day(_value(period.get("StartDate"))), day_after(_value(period.get("EndDate")))
            return (start, end) if not (start and end and start >= end) else (None, end)
    return None, None


def entities_of(found: Iterable[Record]) -> dict[str, OwnedParty]:
    """Return name and country of each entity of level 1 data, by its LEI; the country is that of its legal jurisdiction."""
    parties = {}
    for record in found:
        data = record.data if isinstance(record.data, Mapping) else {}
        entity = _inner(data, "Entity")
        name, lei = entity.get("LegalName"), _value(data.get("LEI"))
        if lei and not record.error:
            parties[lei] = OwnedParty(_value(entity.get("LegalJurisdiction")), _value(name))
    return parties


def _inner(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = data.get(key)
    return found if isinstance(found, Mapping) else {}


def _value(data: Any) -> str:
    """Return the text of a value, which stands plain or under "$"."""
    if isinstance(data, Mapping):
        data = data.get("$")
    return str(data).strip() if isinstance(data, str | int | Decimal) and not isinstance(data, bool) else text_of(data)


def _list(data: Any, name: str) -> Iterator[Mapping[str, Any]]:
    """Yield the members of a list that stands plain or under the name of its members."""
    if isinstance(data, Mapping):
        data = data.get(name)
    for item in as_list(data):
        if isinstance(item, Mapping):
            yield item


def xml_records(source: IO[bytes], tag: str) -> Iterator[Record]:
    """Yield the records of an XML file as JSON has them, one at a time; entities and document types are refused.

    Raises:
        BadInput: the file is no well-formed XML, or declares entities.
    """
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import iterparse

    number, inside = 0, 0
    around: list[Any] = []
    try:
        for event, element in iterparse(source, events=("start", "end"), forbid_dtd=True):
            its = element.tag.endswith(tag) and _local(element) == tag
            if event == "start":
                around.append(element)
                inside += its
                continue
            around.pop()
            if its:
                inside -= 1
                number += 1
                yield _record(number, element)
            if around and not inside:
                around[-1].clear()  # what has been read is not kept
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise BadInput(f"not XML that can be read: {type(error).__name__}: {error}") from None


def _record(number: int, element: Any) -> Record:
    try:
        return Record(number, _plain(element))
    except RecursionError:
        return Record(number, None, "is nested deeper than a record is")


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _plain(element: Any) -> Any:
    """Return an element as nested data: children under their names, several of one name as a list, a leaf as its text."""
    children = list(element)
    if not children:
        return (element.text or "").strip()
    found: dict[str, Any] = {}
    for child in children:
        name, value = _local(child), _plain(child)
        if name not in found:
            found[name] = value
        elif isinstance(held := found[name], list):
            held.append(value)
        else:
            found[name] = [held, value]
    return found


__all__ = ["entities_of", "graph_of", "xml_records"]
