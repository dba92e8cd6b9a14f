"""One graph under one regime on one day, worked out, and what an answer says of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

from thalweg.evidence import FALSE, TRUE, iso
from thalweg.nouns.ownership import ListedAs, OwnedParty
from thalweg.pack import Pack
from thalweg.pack.ownership import OwnershipRegime
from thalweg.parties.ownership.chains import Chains
from thalweg.parties.ownership.flags import beside, minority, not_acting, percent, unknown_share
from thalweg.parties.ownership.holdings import Holding, Holdings
from thalweg.parties.ownership.inherit import inherited, members, reach
from thalweg.parties.ownership.model import Bounds, Inherited, OwnerQuestion, Posture, RedFlag, Status
from thalweg.parties.ownership.regime import counts, duties, in_effect
from thalweg.parties.ownership.spread import NEVER, Marks

DORMANT: Final = ("stayed", "not_enforced", "not_in_force")


@dataclass(frozen=True, slots=True)
class Counted:
    """The listed parties of a graph whose entries count on the day: those that surely do, and with them those that may."""

    entries: Mapping[str, tuple[ListedAs, ...]]
    surely: frozenset[str]


def counted(regime: OwnershipRegime, listed: Mapping[str, Sequence[ListedAs]], date: dt.date) -> Counted:
    """Pick the entries that count under a regime on a day."""
    entries: dict[str, tuple[ListedAs, ...]] = {}
    surely = set()
    for name, given in listed.items():
        truths = [(entry, counts(regime, entry)) for entry in given if in_effect(entry, date)]
        if kept := tuple(entry for entry, truth in truths if truth != FALSE):
            entries[name] = kept
            if any(truth == TRUE for _, truth in truths):
                surely.add(name)
    return Counted(entries, frozenset(surely))


def standing(*, listed: bool, least: int, most: int) -> Status:
    """Return what the arithmetic gives for a party, from the rounds in which the two fixed points marked it."""
    if listed:
        return "listed"
    if least != NEVER:
        return "covered"
    return "not_covered" if most == NEVER else "unknown"


def acted(found: Status, posture: Posture) -> Status:
    """Return a status on a day on which the rule acts, does not, or may."""
    if found == "listed" or posture.state == "enforced":
        return found
    if posture.state == "unknown":
        return "not_covered" if found == "not_covered" else "unknown"
    return "not_covered"


@dataclass
class Case:
    """A graph worked out: `least` from the minima and what surely counts, `most` from the maxima and what may.

    `listed` are the places of parties whose entries surely count, `outside` of those in a country that the regime leaves out: these are not
    covered, and may pass on what they are owned by.
    """

    regime: OwnershipRegime
    posture: Posture
    holdings: Holdings
    entries: Mapping[str, tuple[ListedAs, ...]]
    listed: frozenset[int]
    least: Marks
    most: Marks
    outside: frozenset[int] = frozenset()
    related: Sequence[tuple[str, Literal["parent", "sister"], str, str]] = ()
    """Parties that are parents and sisters of listed ones, with the listed party and the parent, by name."""

    @cached_property
    def threshold(self) -> int:
        """What makes a party covered, in units."""
        return self.holdings.units.of(self.regime.threshold)

    @cached_property
    def roots(self) -> list[int]:
        """The listed parties whose entries surely count."""
        return sorted(self.listed)

    @cached_property
    def above(self) -> list[int]:
        """For each party the set of listed parties that it takes from, as bits by their place among the roots."""
        pairs = zip(self.least.round, self.least.held, strict=True)
        takes = [turn > 0 or (turn == 0 and held >= self.threshold) for turn, held in pairs]
        return reach(self.roots, self.holdings.owns, takes)

    def heads(self, party: int) -> list[str]:
        """Return the names of the listed parties that a party takes from."""
        return [self.holdings.names[self.roots[i]] for i in members(self.above[party])]

    def exempt(self, party: int) -> bool:
        """Say whether a party is not covered for where it is; an entry of its own counts wherever it is."""
        return party in self.outside and self.most.round[party] > 0

    def standing(self, party: int) -> Status:
        """Return what the arithmetic gives for a party."""
        if self.exempt(party):
            return "not_covered"
        return standing(listed=party in self.listed, least=self.least.round[party], most=self.most.round[party])


def chains(case: Case) -> dict[str, list[str]]:
    """Write the chains of every party that is covered, would be, or may be: one for each owner that counts, the largest first."""
    names = case.holdings.names
    found: dict[str, list[str]] = {}
    for marks in (case.least,) if case.most is case.least else (case.least, case.most):
        written = Chains(names, lambda owner, owned: case.holdings.of[owned][owner].said)
        owners: dict[int, list[int]] = {}
        for party in sorted((p for p, turn in enumerate(marks.round) if turn != NEVER), key=marks.round.__getitem__):
            if marks.round[party] == 0:
                written.root(party)
                continue
            owners[party] = _supporting(case, marks, party)
            written.settle(party, owners[party][0])
        for party, supporting in owners.items():
            if names[party] not in found:
                found[names[party]] = [written.through(owner, party) for owner in supporting]
    return {names[p]: found[names[p]] for p in case.holdings.owned if names[p] in found and p not in case.listed and not case.exempt(p)}


def _supporting(case: Case, marks: Marks, party: int) -> list[int]:
    """Return the marked owners of a party that do not themselves depend on it, the largest first.

    The first of them was marked in an earlier round, so that every chain leads back to a listed party.
    """
    held, turn = case.holdings.of[party], marks.round[party]
    names, least = case.holdings.names, marks is case.least
    owners = [o for o in held if marks.round[o] != NEVER and marks.round[o] <= turn]
    return sorted(owners, key=lambda o: (marks.round[o] == turn, -(held[o].low if least else held[o].high), names[o]))


def shares(case: Case) -> dict[str, Bounds]:
    """Return the least and the most that listed and covered owners hold of each party, where that is anything."""
    number, names = case.holdings.units.number, case.holdings.names
    return {
        names[p]: Bounds(min=float(number(case.least.held[p])), max=float(number(case.most.held[p])))
        for p in case.holdings.owned
        if case.most.held[p]
    }


def inherits(case: Case) -> dict[str, Inherited]:
    """Return what covered parties take on, and those that would be covered if the rule acted; nothing before there was a rule."""
    if case.posture.state == "not_in_force":
        return {}
    names = case.holdings.names
    known: dict[int, Inherited] = {}
    found: dict[str, Inherited] = {}
    for party in case.holdings.owned:
        if case.least.round[party] > 0:
            bits = case.above[party]
            if bits not in known:
                known[bits] = inherited(case.regime, case.heads(party), case.entries)
            found[names[party]] = known[bits]
    return found


def red_flags(case: Case) -> list[RedFlag]:
    """Return the red flags of every party that is not shown to be covered."""
    found: list[RedFlag] = []
    names = case.holdings.names
    for party in case.holdings.owned:
        if case.least.round[party] > 0 and case.posture.state in DORMANT:
            found.append(not_acting(names[party], case.posture, case.holdings.units.number(case.least.held[party])))
        if case.least.round[party] == NEVER and case.least.held[party] < case.threshold:
            for owner, holding in case.holdings.of[party].items():
                if case.least.round[owner] != NEVER:
                    found.extend(_flag(case, party, owner, holding))
    if case.regime.related is not None and case.posture.state != "not_in_force":
        found.extend(beside(case.regime.related.text, *related) for related in case.related)
    return found


def _flag(case: Case, party: int, owner: int, holding: Holding) -> Iterable[RedFlag]:
    """Yield the red flag that one listed or covered owner raises, if any."""
    names, units = case.holdings.names, case.holdings.units
    least = units.of(case.regime.minority.share or case.regime.threshold)
    where = ", ".join(e.code for e in case.entries[names[owner]]) if owner in case.listed else "covered"
    significant = holding.low >= least and (holding.low == holding.high or case.most.round[party] == NEVER)
    if holding.unstated or (holding.high >= least and not significant):
        duty = any(duties(case.regime, case.entries[head]) for head in case.heads(owner))
        yield unknown_share(case.regime, names[party], names[owner], where, holding.said, duty=duty)
    elif significant:
        share = percent(units.number(holding.low)) if holding.low == holding.high else holding.said
        yield minority(case.regime, names[party], names[owner], where, share)


def questions(case: Case) -> list[OwnerQuestion]:
    """Ask for what leaves parties unknown: shares that are not exact, and entries whose program is not stated."""
    names = case.holdings.names
    found: list[OwnerQuestion] = []
    for party in case.holdings.owned:
        if case.standing(party) != "unknown":
            continue
        for owner, holding in case.holdings.of[party].items():
            if case.most.round[owner] == NEVER:
                continue
            if case.exempt(owner):
                text = f"Do listed owners of {names[owner]}, which is not covered where it is, own {names[party]} indirectly? (for counsel)"
                found.append(OwnerQuestion(party=names[party], owner=names[owner], question=text))
            if holding.low != holding.high:
                said = "nothing is stated" if holding.unstated else f"stated: {holding.said}"
                text = f"What share of {names[party]} does {names[owner]} hold? ({said})"
                found.append(OwnerQuestion(party=names[party], owner=names[owner], question=text))
            if case.most.round[owner] == 0 and owner not in case.listed:
                codes = ", ".join(e.code for e in case.entries[names[owner]])
                text = f"Under which program is {names[owner]} listed? (stated: {codes})"
                found.append(OwnerQuestion(party=names[party], owner=names[owner], question=text))
    return found


def unused(regime: OwnershipRegime, listed: Mapping[str, Sequence[ListedAs]], held: Iterable[str], date: dt.date) -> list[str]:
    """Say which listings change nothing: parties in no holding, entries not in effect, lists that do not count."""
    known = set(held)
    found = []
    for name, entries in listed.items():
        if name not in known:
            found.append(f"{name} is listed and stands in no holding of the graph")
            continue
        for entry in entries:
            if not in_effect(entry, date):
                found.append(f"{name}: its entry on {entry.code} is not in effect on {date.isoformat()}")
            elif entry.address_only:
                found.append(f"{name}: {entry.code} does not count. {regime.address_only}")
            elif counts(regime, entry) == FALSE:
                why = regime.never.get(entry.list, "It is not among the lists and programs of the regime.")
                found.append(f"{name}: {entry.code} does not count. {why}")
    return found


def spared(case: Case) -> list[str]:
    """Say of each party that is not covered for where it is, though listed owners hold enough."""
    names, places = case.holdings.names, ", ".join(sorted(case.regime.not_in))
    held = [(p, case.least.held[p]) for p in case.holdings.owned if p in case.outside and p not in case.listed]
    return [
        f"{names[p]} is in {places}, where the rule covers nobody, though listed and covered owners hold {percent(number)} of it"
        for p, units in held
        if units >= case.threshold
        for number in (case.holdings.units.number(units),)
    ]


def assumptions(case: Case, parties: Mapping[str, OwnedParty]) -> list[str]:
    """Return what is taken as so: that the graph is complete, and that a party without a country is not in an excluded place."""
    found = ["The graph is complete: owners that it does not show are not listed."]
    if case.regime.not_in:
        names = (case.holdings.names[p] for p in case.holdings.owned if case.most.round[p] > 0)
        silent = [n for n in names if (known := parties.get(n)) is None or not known.country]
        if silent:
            places = ", ".join(sorted(case.regime.not_in))
            more = f" and {len(silent) - 3:,} more" if len(silent) > 3 else ""
            found.append(f"{', '.join(silent[:3])}{more}: no country is stated; taken as none of {places}.")
    return found


def caveats(case: Case, date: dt.date, pack: Pack) -> list[str]:
    """Return what the arithmetic does not see, and what is known of general licenses; nothing where no owner counts."""
    if not any(case.most.round[p] > 0 or case.most.held[p] for p in case.holdings.owned):
        return []
    found = [f"{text} ({'; '.join(str(s.get('citation')) for s in sources)})" for text, sources in case.regime.caveats]
    return [*found, *general_licenses(case.regime, date, pack)]


def general_licenses(regime: OwnershipRegime, date: dt.date, pack: Pack) -> list[str]:
    """Say of each general license that lifts the rule of a regime whether it holds on a day, and when it ends or ended."""
    day, found = date.toordinal(), []
    for rule in pack.rules.values():
        if not regime.rule or rule.keys.get("exception") != GENERAL or regime.rule not in (rule.keys.get("lifts") or ()):
            continue
        first = min(v.text[0] for v in rule.versions if v.text)
        end = max(v.text[1] for v in rule.versions if v.text)
        windows = [w for v in rule.versions for w in v.enforced]
        posture = next((p for start, last, p in windows if start <= day < last), "")
        cited = "; ".join(str(s.get("citation")) for s in rule.versions[-1].sources)
        if day < first:
            continue
        if posture == "enforced":
            said = f"it may lift the license requirement where its conditions hold, and by its text ends on {iso(end)}"
        elif day < end:
            said = f"it is {posture.replace('_', ' ') or 'not in force'} on {date}, and by its text ends on {iso(end)}"
        else:
            said = f"it ended on {iso(end)}; if the rule acts again there is none, unless a new one is issued"
        found.append(f"{rule.title} ({cited}): {said}. {rule.versions[-1].note}".rstrip())
    return found


GENERAL: Final = "TGL"
