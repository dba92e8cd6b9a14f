"""Facts of the parties: where they are, which entries stand under their names, and what listed owners hold."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal
from typing import Any, Final

from thalweg.controls.case import Case, Doubt, assume
from thalweg.controls.reading import fact_value, place_code
from thalweg.controls.unknown import Unknown
from thalweg.evidence import BadInput, nearest
from thalweg.hardware import ItemFacts
from thalweg.nouns import Party, Transaction, name_key
from thalweg.pack import Listing, Pack

_OWNER_LISTS: Final = ("entity_list", "meu", "sdn")
_FLAGGED_LISTS: Final = ("entity_list", "meu")
_RESEMBLES: Final = "flag_resembles_listed_party"
_REGIME: Final = "bis_affiliates"
_IS_SDN: Final = "listed_owner_is_sdn"
_BLOCKED_SHARE: Final = "blocked_owner_share"
_HALF: Final = Decimal("0.5")
_PARTY_FIELDS: Final = frozenset(Party.model_fields)


def add_parties(pack: Pack, transaction: Transaction, facts: ItemFacts, case: Case) -> None:
    """Add the stated parties, the exporter and the designer; no party stated is one end user of whom only the destination is known."""
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
            assume(case, "exporter", name, "the exporter was not stated: the item's designer is taken, as the catalogue has it", "")
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
    if any(d.entry.doubt != "posture" for d in case.doubts.values()) and _RESEMBLES in pack.facts:
        case.tx[_RESEMBLES] = True


def _party(pack: Pack, party: Party, where: str, case: Case) -> dict[str, Any]:
    found: dict[str, Any] = {"role": party.role}
    for name in ("country", "headquarters", "ultimate_parent_headquarters"):
        place = place_code(pack, getattr(party, name), f"{where}.{name}")
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
        if doubts := _doubts(pack, key, party, case):
            found["#doubts"] = doubts
    found["#listed"] = frozenset(listed)
    _owned(pack, party, found, case)
    return found


def active_listings(pack: Pack, key: str, day: int) -> list[Listing]:
    """Return the entries that stand under a name on a day."""
    return [x for x in pack.listed_by_key.get(key, ()) if x.start <= day < x.end]


def _listings(pack: Pack, key: str, party: Party, case: Case) -> set[str]:
    listed: set[str] = set()
    for listing in active_listings(pack, key, case.day):
        said = f"{listing.list}:{listing.entry_id}"
        if said in party.not_same_as:
            case.notes.append(f"{party.name} is taken not to be {listing.name} ({said}): so it was stated, or decided in a review")
            continue
        if listing.doubt and said not in party.same_as:
            continue
        if (
            party.country
            and listing.country
            and party.role != "designer"
            and listing.country not in (party.country, "")
            and party.country not in ("HK", "CN")
        ):
            case.notes.append(f"{party.name} has the name of an entry of {listing.list} in {listing.country}; it is treated as that entry")
        listed |= _codes(listing, case.day)
        case.screening.append(_hit(listing, party.name, party.role, case.day))
    return listed


def _codes(listing: Listing, day: int) -> set[str]:
    """Return the names under which rules ask for an entry: its list, and each footnote or program of it."""
    codes = {f"{listing.list}:{n}" for n, since in listing.footnotes.items() if since <= day}
    return codes if listing.owned else {listing.list, *codes}


def _doubts(pack: Pack, key: str, party: Party, case: Case) -> tuple[tuple[Unknown, frozenset[str]], ...]:
    """Return the entries that a party may stand under, each as an unknown with the names under which rules ask for it."""
    found: list[tuple[Unknown, frozenset[str]]] = []
    for listing in active_listings(pack, key, case.day):
        if listing.doubt and f"{listing.list}:{listing.entry_id}" not in (*party.same_as, *party.not_same_as):
            found.append(_doubt(listing, party, case))
            case.screening.append({**_hit(listing, party.name, party.role, case.day), "policy": None})
    _perhaps_blocked(str(party.name), [case.doubts[unknown].entry for unknown, _ in found], case)
    return tuple(found)


def _doubt(listing: Listing, party: Party, case: Case) -> tuple[Unknown, frozenset[str]]:
    unknown = ("entry", str(len(case.parties)), f"{listing.list}:{listing.entry_id}")
    case.doubts[unknown] = Doubt(str(party.name), party.role, listing)
    return unknown, frozenset(_codes(listing, case.day))


def _perhaps_blocked(party: str, entries: list[Listing], case: Case) -> None:
    """Note that a party may be one whose property is blocked, whether or not the outcome hangs on it."""
    blocked = [x for x in entries if x.list == "sdn"]
    if not blocked:
        return
    named = ", ".join(f"{x.name} ({x.entry_id})" for x in blocked[:3]) + (f" and {len(blocked) - 3} more" if len(blocked) > 3 else "")
    days = " ".join(dict.fromkeys(x.note for x in blocked if x.doubt == "day"))
    case.notes.append(
        f"{party} may stand on the SDN List as {named}: if it does, its property is blocked and US persons may not deal with it, whatever"
        f" the export rules say. Find out who it is, and state same_as or not_same_as.{f' {days}' if days else ''}"
    )


def _owned(pack: Pack, party: Party, found: dict[str, Any], case: Case) -> None:
    """Sum the shares of owners that are listed on the day; an unknown share leaves the sum unknown unless the rest reaches half."""
    _blocked(pack, party, found, case)
    if "listed_owner_share" in found or "listed_owner_share" in (party.model_extra or {}):
        return
    total, unknown, flagged = Decimal(0), False, False
    hits: list[dict[str, Any]] = []
    counted: list[tuple[str, Listing]] = []
    for owner in party.owners or ():
        entries = [x for x in _entries(pack, owner.name, case) if x.list in _OWNER_LISTS]
        if not entries:
            continue
        hits += [_hit(x, owner.name, "owner", case.day) for x in entries]
        counts = [(x, _counts(pack, x)) for x in entries]
        if all(truth is False for _, truth in counts):
            continue
        if owner.share is None or all(x.doubt or truth is not True for x, truth in counts):
            unknown = True
            flagged = flagged or any(x.list in _FLAGGED_LISTS for x in entries)
        else:
            total += Decimal(str(owner.share))
            counted += [(owner.name, x) for x, truth in counts if truth and not x.doubt]
            if any(x.list == "sdn" and truth and not x.doubt for x, truth in counts) and _IS_SDN in pack.facts:
                found.setdefault(_IS_SDN, True)
    covered = total >= _HALF
    if covered:
        _passed_down(pack, party, counted, found, case)
    case.screening.extend(hit if covered else {**hit, "policy": None} for hit in hits)
    if flagged and "flag_owner_on_entity_or_meu_list" in pack.facts:
        found["flag_owner_on_entity_or_meu_list"] = True
    if party.owners is None:
        found["listed_owner_share"] = 0.0
        found["#owners_presumed"] = True
    elif not unknown or covered:
        found["listed_owner_share"] = float(total)


def _passed_down(pack: Pack, party: Party, owners: list[tuple[str, Listing]], found: dict[str, Any], case: Case) -> None:
    """Let the footnotes of listed owners reach a party that they own by half or more: while the rule acts; as a question where it may."""
    marked = [(name, x) for name, x in owners if x.list in _FLAGGED_LISTS and any(since <= case.day for since in x.footnotes.values())]
    posture = _posture(pack, case.day) if marked else ""
    if posture not in ("enforced", "unknown"):
        return
    names = ", ".join(dict.fromkeys(name for name, _ in marked))
    footnotes = {n: since for _, x in marked for n, since in x.footnotes.items() if since <= case.day}
    if posture == "enforced":
        codes = {f"{x.list}:{n}" for _, x in marked for n in x.footnotes if n in footnotes}
        found["#listed"] = frozenset({*found["#listed"], *codes})
        case.notes.append(f"{party.name or party.role} takes on footnote {', '.join(sorted(footnotes))} of its listed owners ({names})")
        return
    first = marked[0][1]
    owned = dataclasses.replace(
        first, entry_id=f"owners of {party.name or party.role}", name=names, footnotes=footnotes, note="", owned=True, doubt="posture"
    )
    if f"{owned.list}:{owned.entry_id}" not in (*party.same_as, *party.not_same_as):
        found["#doubts"] = (*found.get("#doubts", ()), _doubt(owned, party, case))


def _posture(pack: Pack, day: int) -> str:
    """Return whether the affiliates rule acts on a day; empty where it does not stand."""
    rule = pack.rules.get(pack.ownership[_REGIME].rule) if _REGIME in pack.ownership else None
    windows = [w for v in rule.versions for w in v.enforced] if rule else []
    return next((posture for start, end, posture in windows if start <= day < end), "")


def _entries(pack: Pack, name: str, case: Case) -> list[Listing]:
    return [x for x in active_listings(pack, name_key(name), case.day) if not x.owned]


def _counts(pack: Pack, entry: Listing) -> bool | None:
    """Say whether an owner counts for the affiliates rule under an entry: of the SDN List some programs do; None where none is stated."""
    counted = pack.ownership[_REGIME].counts.get(entry.list) if _REGIME in pack.ownership else None
    if counted is None or counted.programs is None:
        return True
    if not entry.footnotes:
        return None
    return not counted.programs.isdisjoint(p.upper() for p in entry.footnotes)


def _blocked(pack: Pack, party: Party, found: dict[str, Any], case: Case) -> None:
    """Sum the shares of owners that surely stand on the SDN List, under whatever program."""
    if _BLOCKED_SHARE not in pack.facts or _BLOCKED_SHARE in found or not party.owners:
        return
    blocked = [o for o in party.owners if any(x.list == "sdn" and not x.doubt for x in _entries(pack, o.name, case))]
    if blocked:
        found[_BLOCKED_SHARE] = float(sum((Decimal(str(o.share)) for o in blocked if o.share is not None), Decimal(0)))


def _hit(listing: Listing, name: str | None, role: str, day: int) -> dict[str, Any]:
    """Return an entry that a party, or an owner of one, stands under; the strictest policy among entries is that of the answer."""
    return {
        "party": name,
        "role": role,
        "list": listing.list,
        "entry_id": listing.entry_id,
        "name": listing.name,
        "listed_on": dt.date.fromordinal(listing.start).isoformat() if listing.start and listing.dated else None,
        "policy": listing.policy or None,
        "citations": [{"citation": listing.citation, "url": listing.url}],
        "basis": listing.basis,
        **({"through": "owners"} if listing.owned else {}),
        "footnotes": sorted(n for n, since in listing.footnotes.items() if since <= day),
        **({"level": listing.level, "score": listing.score, "why": list(listing.why), "open": listing.doubt} if listing.level else {}),
    }
