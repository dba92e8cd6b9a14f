"""From a transaction to a case: every fact in its place, what is presumed marked, what is unknown left out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from pydantic import ValidationError

from thalweg.evidence import BadInput, nearest
from thalweg.hardware import ItemFacts, catalogue
from thalweg.hardware.measure import contradicts, largest_throughput, performance_density, total_processing_performance
from thalweg.nouns import Item, Party, Transaction, name_key
from thalweg.pack import Listing, Pack

SELF_CLASSED: Final = ("integrated_circuit", "computer", "hbm", "model_weights")
_OWNER_LISTS: Final = ("entity_list", "meu", "sdn")
_FLAGGED_LISTS: Final = ("entity_list", "meu")
_ITEM_FIELDS: Final = (
    "tpp",
    "performance_density",
    "io_bandwidth_gb_s",
    "dram_bandwidth_gb_s",
    "hbm_density_gb_s_mm2",
    "datacenter",
    "node_nm",
    "planar",
    "transistors_bn",
    "hbm_copackaged",
    "training_operations",
    "weights_published",
)
_PARTY_FIELDS: Final = {"role", "name", "country", "headquarters", "ultimate_parent_headquarters", "owners"}


@dataclass(slots=True)
class Case:
    """A transaction ready to be decided. In every mapping an absent fact is unknown."""

    id: str | None
    date: dt.date
    day: int
    tx: dict[str, Any]
    item: dict[str, Any]
    components: list[dict[str, Any]] | None
    parties: list[dict[str, Any]]
    presumed: set[tuple[str, str]] = field(default_factory=set)
    minimum: dict[tuple[str, str], float] = field(default_factory=dict)
    alternatives: tuple[tuple[dict[str, Any], str], ...] = ()
    alternatives_of: str = "item"
    disputed: str = ""
    assumptions: list[dict[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    screening: list[dict[str, Any]] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)

    def scope(self, where: str) -> dict[str, Any]:
        """Return the facts of ``tx``, ``item``, ``party:<i>`` or ``component:<i>``."""
        if where == "tx":
            return self.tx
        if where == "item":
            return self.item
        kind, _, index = where.partition(":")
        return self.parties[int(index)] if kind == "party" else (self.components or [])[int(index)]


def read_transaction(data: Mapping[str, Any] | Transaction) -> Transaction:
    """Validate a transaction.

    Raises:
        BadInput: with the field and the reason, in one line.
    """
    if isinstance(data, Transaction):
        return data
    if type(data) is not dict and not isinstance(data, Mapping):
        raise BadInput(f"a transaction is an object with item, to and date, not {type(data).__name__}")
    try:
        return Transaction.model_validate(dict(data))
    except ValidationError as error:
        raise BadInput(_first(error)) from None


def _first(error: ValidationError) -> str:
    details = error.errors()
    first = min(details, key=lambda d: (d["type"] == "string_type" and d["loc"][:1] == ("item",), -len(d["loc"])))
    loc = [str(p) for p in first["loc"] if p not in ("Item", "str", "function-after[_finite(), nullable[float]]")]
    where = ".".join(loc)
    message = first["msg"].removeprefix("Value error, ")
    if first["type"] == "extra_forbidden":
        known = {*Transaction.model_fields, "from"} if len(loc) == 1 else set(Item.model_fields)
        message = f"unknown key{nearest(loc[-1], known)}"
    elif first["type"] == "missing":
        message = "is missing"
    elif first["type"] in (
        "literal_error",
        "greater_than_equal",
        "less_than_equal",
        "float_parsing",
        "float_type",
        "greater_than",
        "date_from_datetime_parsing",
    ):
        given = str(first.get("input"))[:60]
        expected = first.get("ctx", {}).get("expected", "")
        message = f"{message} (given {given!r})"
        if expected:
            message += nearest(given, [e.strip().strip("'") for e in expected.replace(" or ", ",").split(",")])
    return f"{where}: {message}"


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
        "export_from": _place(pack, transaction.export_from, "from"),
        "destination": _place(pack, transaction.to, "to"),
        "quantity": transaction.quantity,
        "value_usd": transaction.value_usd,
    }
    case = Case(transaction.id, date, day, tx, dict(facts.values), None, [])
    case.minimum = {("item", k): v for k, v in facts.minimum.items()}
    if tx["export_from"] is None:
        if transaction.activity in ("export", "deemed_export"):
            tx["export_from"] = "US"
            _assume(case, "export_from", "US", "an export under the EAR leaves the United States; `from` was not stated", "15 CFR 734.13")
        elif transaction.activity == "transfer":
            tx["export_from"] = tx["destination"]
    if facts.components is not None:
        case.components = [dict(c.values) for c in _descendants(facts)]
        for i, component in enumerate(_descendants(facts)):
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
        _assume(
            case,
            "eccn",
            "",
            "no ECCN was stated: the item is taken as controlled for no reason beyond those that its specifications show",
            "",
        )
    _parties(pack, transaction, facts, case)
    case.tx = {k: v for k, v in case.tx.items() if v is not None}
    _stated(pack, transaction.facts, case)
    _presume(pack, case)
    return case


def _disputes(case: Case, facts: ItemFacts) -> None:
    for where, known in [("item", facts), *((f"component:{i}", c) for i, c in enumerate(_descendants(facts)))]:
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


def _descendants(facts: ItemFacts) -> list[ItemFacts]:
    found: list[ItemFacts] = []
    for component in facts.components or ():
        found.append(component)
        found.extend(_descendants(component))
    return found


def resolve_item(pack: Pack, item: str | Item) -> ItemFacts:
    """Return the facts of a catalogue name or of a described item.

    Raises:
        BadInput: if the name is unknown or the specifications contradict each other.
    """
    if isinstance(item, str):
        return catalogue(pack).find(item)
    return described(pack, item, "item", 0)


def described(pack: Pack, item: Item, where: str, depth: int) -> ItemFacts:
    """Return the facts of a described item; everything it contains is resolved too."""
    if depth > 8:
        message = f"{where}: items are nested deeper than 8 levels"
        raise BadInput(message)
    values: dict[str, Any] = {"item_name": item.name, "kind": item.kind}
    values |= {k: v for k in _ITEM_FIELDS if (v := getattr(item, k)) is not None}
    assumptions: list[str] = []
    if item.throughput:
        _from_throughput(item, values, where)
    _density(item, values, where, assumptions)
    for name in ("designer_headquarters", "designer_ultimate_parent_headquarters"):
        place = _place(pack, getattr(item, name), f"{where}.{name}")
        if place:
            values[name] = place
    if item.eccn:
        values["eccn"] = _eccn(pack, item.eccn, where)
    components = None
    if item.contains is not None:
        components = []
        for i, content in enumerate(item.contains):
            at = f"{where}.contains.{i}"
            components.append(
                catalogue(pack).find(content.item) if isinstance(content.item, str) else described(pack, content.item, at, depth + 1)
            )
    elif item.kind != "computer":
        components = []
    return ItemFacts(item.name, values, components=components, designer=item.designer, assumptions=tuple(assumptions))


def _from_throughput(item: Item, values: dict[str, Any], where: str) -> None:
    pairs = [(t.bits, t.dense_tops) for t in item.throughput or ()]
    tpp, tops = total_processing_performance(pairs), largest_throughput(pairs)
    if tops is not None:
        values["throughput_tops"] = tops
    if tpp is None:
        return
    if item.tpp is not None and contradicts(item.tpp, tpp):
        message = f"{where}.tpp: {item.tpp:g} is stated, but the throughput gives {tpp:g}; state one of them or make them agree"
        raise BadInput(message)
    values.setdefault("tpp", tpp)


def _density(item: Item, values: dict[str, Any], where: str, assumptions: list[str]) -> None:
    tpp = values.get("tpp")
    if item.planar:
        if item.performance_density is None:
            values["performance_density"] = 0.0
            assumptions.append(
                "No die is non-planar, so performance density has no area to be taken over and its tests are read as not met"
            )
        return
    computed = performance_density(tpp, item.die_area_mm2)
    if computed is None:
        return
    if item.performance_density is not None and contradicts(item.performance_density, computed):
        stated = item.performance_density
        message = f"{where}.performance_density: {stated:g} is stated, but TPP over die_area_mm2 gives {computed:g}; make them agree"
        raise BadInput(message)
    if item.performance_density is None:
        values["performance_density"] = computed
        if item.planar is None:
            assumptions.append("die_area_mm2 is taken as the area of all non-planar logic dies")


def _eccn(pack: Pack, text: str, where: str) -> str:
    eccn = text.strip()
    eccn = eccn[:5].upper() + eccn[5:]
    root = eccn.split(".")[0]
    if root != "EAR99" and pack.entries and root not in pack.entries and not pack.vocabulary.knows_class(root):
        message = f"{where}.eccn: {text!r} is neither EAR99 nor an entry of the Commerce Control List{nearest(root, pack.entries)}"
        raise BadInput(message)
    return eccn


@lru_cache(maxsize=4096)
def _fold_place(text: str) -> str:
    return " ".join(text.casefold().replace(".", "").replace(",", " ").split())


def _place(pack: Pack, text: str | None, where: str) -> str | None:
    """Return the place code that rules read; Hong Kong is China under the EAR."""
    if text is None:
        return None
    code = text.strip().upper()
    if code == "HK":
        return "CN"
    if code in pack.places:
        return code
    index = _place_names(pack)
    found = index.get(_fold_place(text))
    if found:
        return "CN" if found == "HK" else found
    names = [*pack.places, *(str(p["name"]) for p in pack.places.values())]
    message = f"{where}: {text!r} is not a place; use an ISO 3166-1 code such as CN{nearest(text, names)}"
    raise BadInput(message)


_PLACE_NAMES: dict[int, tuple[Any, dict[str, str]]] = {}


def _place_names(pack: Pack) -> dict[str, str]:
    found = _PLACE_NAMES.get(id(pack.places))
    if found is None or found[0] is not pack.places:
        index = {_fold_place(n): code for code, p in pack.places.items() for n in (p["name"], *p["aliases"])}
        found = _PLACE_NAMES[id(pack.places)] = (pack.places, index)
    return found[1]


def _parties(pack: Pack, transaction: Transaction, facts: ItemFacts, case: Case) -> None:
    stated = list(transaction.parties or ())
    if not stated:
        stated = [Party(role="end_user", country=case.tx["destination"])]
        case.assumptions.append(
            {"assumption": "No party was stated: one end user in the destination, of whom nothing else is known", "citation": ""}
        )
    for i, party in enumerate(stated):
        case.parties.append(_party(pack, party, f"parties.{i}", case))
    roles = {p.role for p in stated}
    if "exporter" not in roles:
        exporter = transaction.exporter
        name = exporter.name if exporter else None
        if name is None and facts.catalogued and facts.designer:
            name = facts.designer
            _assume(case, "exporter", name, "the exporter was not stated: the item's designer is taken, as the catalogue has it", "")
        case.parties.append(
            _party(pack, Party(role="exporter", name=name, country=exporter.country if exporter else None), "exporter", case)
        )
    if "designer" not in roles and facts.designer:
        designer = Party(
            role="designer",
            name=facts.designer,
            headquarters=facts.values.get("designer_headquarters"),
            ultimate_parent_headquarters=facts.values.get("designer_ultimate_parent_headquarters"),
        )
        case.parties.append(_party(pack, designer, "item.designer", case))


def _party(pack: Pack, party: Party, where: str, case: Case) -> dict[str, Any]:
    found: dict[str, Any] = {"role": party.role}
    for name in ("country", "headquarters", "ultimate_parent_headquarters"):
        place = _place(pack, getattr(party, name), f"{where}.{name}")
        if place:
            found[name] = place
    for name, value in (party.model_extra or {}).items():
        fact = pack.facts.get(name)
        if fact is None or fact.of != "party":
            known = sorted({f.name for f in pack.facts.values() if f.of == "party"} | _PARTY_FIELDS)
            message = f"{where}.{name}: unknown key{nearest(name, known)}"
            raise BadInput(message)
        if value is not None:
            found[name] = fact_value(pack, name, value, f"{where}.{name}")
    key = name_key(party.name) if party.name else ""
    listed: set[str] = set()
    if party.name:
        found["name"] = party.name
        found["#key"] = key
        listed = _listings(pack, key, party, case)
    found["#listed"] = frozenset(listed)
    _owned(pack, party, found, case)
    return found


def active_listings(pack: Pack, key: str, day: int) -> list[Listing]:
    """Return the entries that stand under a name on a day."""
    return [x for x in pack.listed_by_key.get(key, ()) if x.start <= day < x.end]


def _listings(pack: Pack, key: str, party: Party, case: Case) -> set[str]:
    listed: set[str] = set()
    for listing in active_listings(pack, key, case.day):
        if (
            party.country
            and listing.country
            and party.role != "designer"
            and listing.country not in (party.country, "")
            and party.country not in ("HK", "CN")
        ):
            case.notes.append(f"{party.name} has the name of an entry of {listing.list} in {listing.country}; it is treated as that entry")
        listed.add(listing.list)
        listed.update(f"{listing.list}:{n}" for n, since in listing.footnotes.items() if since <= case.day)
        case.screening.append(_hit(listing, party.name, party.role, case.day))
    return listed


def _owned(pack: Pack, party: Party, found: dict[str, Any], case: Case) -> None:
    """Sum the shares of owners that are listed on the day; an unknown share leaves the sum unknown unless the rest reaches half."""
    if "listed_owner_share" in found:
        return
    total, unknown, flagged = Decimal(0), False, False
    hits: list[dict[str, Any]] = []
    for owner in party.owners or ():
        entries = [x for x in active_listings(pack, name_key(owner.name), case.day) if x.list in _OWNER_LISTS]
        if not entries:
            continue
        hits += [_hit(x, owner.name, "owner", case.day) for x in entries]
        if owner.share is None:
            unknown = True
            flagged = flagged or any(x.list in _FLAGGED_LISTS for x in entries)
        else:
            total += Decimal(str(owner.share))
    covered = total >= Decimal("0.5")
    case.screening.extend(hit if covered else {**hit, "policy": None} for hit in hits)
    if flagged and "flag_owner_on_entity_or_meu_list" in pack.facts:
        found["flag_owner_on_entity_or_meu_list"] = True
    if party.owners is None:
        found["listed_owner_share"] = 0.0
        found["#owners_presumed"] = True
    elif not unknown or covered:
        found["listed_owner_share"] = float(total)


def _hit(listing: Listing, name: str | None, role: str, day: int) -> dict[str, Any]:
    """Return an entry that a party, or an owner of one, stands under; the strictest policy among entries is that of the answer."""
    return {
        "party": name,
        "role": role,
        "list": listing.list,
        "entry_id": listing.entry_id,
        "name": listing.name,
        "listed_on": dt.date.fromordinal(listing.start).isoformat() if listing.start else None,
        "policy": listing.policy or None,
        "citations": [{"citation": listing.citation, "url": listing.url}],
        "basis": listing.basis,
        "footnotes": sorted(n for n, since in listing.footnotes.items() if since <= day),
    }


def fact_value(pack: Pack, name: str, value: Any, where: str) -> Any:
    """Read the value of a declared fact.

    Raises:
        BadInput: if it does not fit the fact's type.
    """
    fact = pack.facts[name]
    if fact.type == "boolean":
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value.strip().lower() in ("true", "false", "yes", "no"):
            return value.strip().lower() in ("true", "yes")
        message = f"{where}: {value!r} should be true or false"
        raise BadInput(message)
    if fact.type == "number":
        return _number(value, where)
    if fact.type == "place":
        return _place(pack, str(value), where)
    if fact.type == "enum":
        if value not in fact.values:
            message = f"{where}: {value!r} is not one of {', '.join(fact.values)}{nearest(str(value), fact.values)}"
            raise BadInput(message)
        return value
    if fact.type == "date":
        from thalweg.evidence import parse_date

        return parse_date(value, field=where).toordinal()
    return str(value)


def _number(value: Any, where: str) -> float:
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            message = f"{where}: {value!r} is not a number"
            raise BadInput(message) from None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        message = f"{where}: {value!r} is not a number"
        raise BadInput(message)
    if not (0 <= value <= 1e32):
        message = f"{where}: {value!r} must lie between 0 and 1e32"
        raise BadInput(message)
    return float(value)


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


def _assume(case: Case, fact: str, value: str, because: str, citation: str) -> None:
    case.assumptions.append({"fact": fact, "value": value, "assumption": because[0].upper() + because[1:], "citation": citation})
