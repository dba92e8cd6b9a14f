"""From a transaction to a case: every fact gathered, and what is presumed filled in and marked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from thalweg.controls.case import Case, assume
from thalweg.controls.items import descendants, resolve_item
from thalweg.controls.party_facts import add_parties
from thalweg.controls.reading import fact_value, place_code
from thalweg.evidence import BadInput, nearest
from thalweg.hardware import ItemFacts
from thalweg.hardware.measure import contradicts
from thalweg.nouns import Transaction
from thalweg.pack import Pack

SELF_CLASSED: Final = ("integrated_circuit", "computer", "hbm", "model_weights")


def assemble(pack: Pack, transaction: Transaction) -> Case:
    """Gather every fact that the rules may read.

    Raises:
        BadInput: for unknown names, places or facts, dates before the pack starts, and specifications that contradict each other.
    """
    date = transaction.date
    if date < pack.covers_from:
        message = f"date: {date} is before {pack.covers_from}, the first day that the pack {pack.stamp.name} covers"
        raise BadInput(message)
    day = date.toordinal()
    facts = resolve_item(pack, transaction.item)
    tx: dict[str, Any] = {
        "transaction_date": day,
        "activity": transaction.activity,
        "export_from": place_code(pack, transaction.export_from, "from"),
        "destination": place_code(pack, transaction.to, "to"),
        "quantity": transaction.quantity,
        "value_usd": transaction.value_usd,
    }
    case = Case(transaction.id, date, day, tx, dict(facts.values), None, [])
    case.minimum = {("item", k): v for k, v in facts.minimum.items()}
    if tx["export_from"] is None:
        if transaction.activity in ("export", "deemed_export"):
            tx["export_from"] = "US"
            assume(case, "export_from", "US", "an export under the EAR leaves the United States; `from` was not stated", "15 CFR 734.13")
        elif transaction.activity == "transfer":
            tx["export_from"] = tx["destination"]
    if facts.components is not None:
        case.components = [dict(c.values) for c in descendants(facts)]
        for i, component in enumerate(descendants(facts)):
            case.minimum |= {(f"component:{i}", k): v for k, v in component.minimum.items()}
    _disputes(case, facts)
    case.sources = list(facts.sources)
    case.notes = list(facts.notes)
    for text in facts.assumptions:
        case.assumptions.append({"assumption": text, "citation": ""})
    _components_set_datacenter(case)
    if "eccn" not in case.item and case.item["kind"] in SELF_CLASSED:
        case.item["#eccn_presumed"] = True
        for part in case.components or ():
            if "eccn" not in part and part.get("kind") in SELF_CLASSED:
                part["#eccn_presumed"] = True
        assume(
            case,
            "eccn",
            "",
            "no ECCN was stated: the item is taken as controlled for no reason beyond those that its specifications show",
            "",
        )
    add_parties(pack, transaction, facts, case)
    case.tx = {k: v for k, v in case.tx.items() if v is not None}
    _stated(pack, transaction.facts, case)
    _presume(pack, case)
    return case


def _disputes(case: Case, facts: ItemFacts) -> None:
    for where, known in [("item", facts), *((f"component:{i}", c) for i, c in enumerate(descendants(facts)))]:
        if known.alternatives and not case.alternatives:
            case.alternatives = tuple((a.facts, a.source) for a in known.alternatives)
            case.alternatives_of = where
            case.disputed = known.disputed


def _components_set_datacenter(case: Case) -> None:
    """A computer is for datacenters if one of its chips is (742.6 and 740.8 look at the integrated circuits)."""
    if "datacenter" in case.item or not case.components:
        return
    seen = [c.get("datacenter") for c in case.components]
    if True in seen:
        case.item["datacenter"] = True
    elif None not in seen:
        case.item["datacenter"] = False


def _stated(pack: Pack, facts: Mapping[str, Any], case: Case) -> None:
    for name, value in facts.items():
        fact = pack.facts.get(name)
        if fact is None:
            message = f"facts.{name}: is not a declared fact{nearest(name, pack.facts)}"
            raise BadInput(message)
        if value is None:
            continue
        read = fact_value(pack, name, value, f"facts.{name}")
        if fact.of == "transaction":
            if name in ("transaction_date", "activity", "destination", "export_from"):
                message = f"facts.{name}: state it as a key of the transaction"
                raise BadInput(message)
            case.tx[name] = read
        elif fact.of == "item":
            stated = case.item.get(name)
            if stated is not None and stated != read and not (fact.type == "number" and not contradicts(stated, read)):
                message = f"facts.{name}: {value!r} contradicts {stated!r}, which the item states; give one of them"
                if isinstance(stated, bool) and name == "datacenter":
                    case.notes.append(f"datacenter: stated as {read}; the catalogue has {stated}")
                else:
                    raise BadInput(message)
            case.item[name] = read
            case.minimum.pop(("item", name), None)
            if case.alternatives_of == "item" and name in case.disputed:
                case.alternatives = ()
            if name == "datacenter":
                for component in case.components or ():
                    component[name] = read
        else:
            for party in case.parties:
                if party["role"] not in ("exporter", "designer"):
                    party.setdefault(name, read)


_DEFAULTS: dict[int, tuple[Any, dict[str, dict[str, Any]]]] = {}


def presumptions(pack: Pack) -> dict[str, dict[str, Any]]:
    """Return the presumed value of each fact that declares one, by what it is a fact of."""
    found = _DEFAULTS.get(id(pack.facts))
    if found is None or found[0] is not pack.facts:
        values: dict[str, dict[str, Any]] = {"transaction": {}, "item": {}, "party": {}}
        for fact in pack.facts.values():
            if fact.if_unstated is not None:
                values[fact.of][fact.name] = fact.if_unstated["value"]
        found = _DEFAULTS[id(pack.facts)] = (pack.facts, values)
    return found[1]


def _presume(pack: Pack, case: Case) -> None:
    """Fill in what is presumed where nothing is said, and mark it."""
    values = presumptions(pack)
    case.presumed = {("tx", name) for name in values["transaction"].keys() - case.tx.keys()}
    case.stated = case.tx
    case.tx = {**values["transaction"], **case.tx}
    for name, value in values["item"].items():
        if name not in case.item:
            case.item[name] = value
            case.presumed.add(("item", name))
            for component in case.components or ():
                component.setdefault(name, value)
    for name, value in values["party"].items():
        for i, party in enumerate(case.parties):
            if name not in party:
                party[name] = value
                case.presumed.add((f"party:{i}", name))
