"""Where accounts of one event differ: each reading stays visible, and an account that a nearer one gainsays is marked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Final

from thalweg.nouns.fused import Account, Conflict
from thalweg.nouns.names import name_key
from thalweg.watch.nearness import PRESS, nearness

_NAMED: Final = frozenset({"defendant", "alleged_violator", "listed_party", "target", "licensee", "buyer"})
"""Roles in which naming somebody else is naming the wrong party."""
_SAME_VALUE: Final = 0.02
_TOLD_WITHIN: Final = 3
"""Days by which accounts may differ on the day of an announcement: the press often means the day on which it writes."""


def conflicts_of(ordered: Sequence[Account]) -> tuple[tuple[Conflict, ...], frozenset[str]]:
    """Return where accounts, the nearest first, differ, and the keys of those that are contradicted.

    Contradicted is an account that names other parties in a role than a nearer one, or that a nearer one, or one of equal standing
    that is no original, denies. Where two of equal standing, neither of them an original, name different parties, both are.
    """
    doubted: set[str] = set()
    found = [*_parties(ordered, doubted), *_denied(ordered, doubted), *_amounts(ordered), *_dates(ordered)]
    return tuple(found), frozenset(doubted)


def _parties(ordered: Sequence[Account], doubted: set[str]) -> Iterator[Conflict]:
    roles = sorted({a.role for account in ordered for a in account.event.actors} & _NAMED)
    for role in roles:
        named = [(account, {k: a.name for a in account.event.actors if a.role == role and (k := name_key(a.name))}) for account in ordered]
        named = [(account, names) for account, names in named if names]
        first = named[0][0]
        others = [account for account, names in named[1:] if not _one_of(names, named[0][1])]
        if not others:
            continue
        doubted |= {a.event.key for a in others if nearness(a) > nearness(first) or nearness(a) >= PRESS}
        if nearness(first) >= PRESS and any(nearness(a) == nearness(first) for a in others):
            doubted.add(first.event.key)
        yield Conflict(
            f"actors as {role.replace('_', ' ')}",
            tuple((", ".join(sorted(names.values())), _who(account)) for account, names in named if account is first or account in others),
            "an account names somebody else",
        )


def _one_of(names: dict[str, str], others: dict[str, str]) -> bool:
    """Say whether two accounts name a party in common, a shorter form of a name included."""
    return any(a == b or {*a.split()} <= {*b.split()} or {*b.split()} <= {*a.split()} for a in names for b in others)


def _denied(ordered: Sequence[Account], doubted: set[str]) -> Iterator[Conflict]:
    for account in ordered:
        for denied in account.event.contradicts:
            rank = nearness(account)
            further = [
                a for a in ordered if nearness(a) > rank or (a is not account and not a.event.contradicts and nearness(a) == rank > 1)
            ]
            doubted |= {a.event.key for a in further}
            yield Conflict("denied", ((denied, _who(account)),), "an account denies what others report")


def _amounts(ordered: Sequence[Account]) -> Iterator[Conflict]:
    by_unit: dict[tuple[str, str], list[tuple[float, str, Account]]] = {}
    for account in ordered:
        for amount in account.event.amounts:
            by_unit.setdefault((f"amount in {amount.currency}", amount.what), []).append((amount.value, amount.qualifier, account))
        for q in account.event.quantities:
            by_unit.setdefault((f"quantity in {q.unit.replace('_', ' ')}", ""), []).append((q.value, q.qualifier, account))
    for (name, what), said in sorted(by_unit.items(), key=lambda e: e[0]):
        of = {a.event.key: [v for v, _, b in said if b is a] for _, _, a in said}
        if any(not any(_close(v, w) for v in one for w in other) for one, other in combinations(of.values(), 2)):
            values = tuple((f"{q.replace('_', ' ') + ' ' if q != 'exact' else ''}{v:,.10g}", _who(a)) for v, q, a in said)
            yield Conflict(f"{name}{f' ({what})' if what else ''}", tuple(dict.fromkeys(values)))


def _close(a: float, b: float) -> bool:
    return abs(a - b) <= _SAME_VALUE * max(abs(a), abs(b))


def _dates(ordered: Sequence[Account]) -> Iterator[Conflict]:
    keys = sorted({k for a in ordered for k in a.event.dates} - {"published"})
    for key in keys:
        said = [(a.event.dates[key], _who(a)) for a in ordered if key in a.event.dates]
        if any(_apart(one, other, _TOLD_WITHIN if key == "announced" else 0) for (one, _), (other, _) in combinations(said, 2)):
            yield Conflict(f"date {key.replace('_', ' ')}", tuple(dict.fromkeys(said)))


def _apart(one: str, other: str, days: int) -> bool:
    """Say whether two days differ: one that is stated less precisely does not differ from a day in it."""
    if one.startswith(other) or other.startswith(one):
        return False
    if len(one) == len(other) == 10:
        return abs((dt.date.fromisoformat(one) - dt.date.fromisoformat(other)).days) > days
    return True


def _who(account: Account) -> str:
    return account.publisher or account.source or account.url or account.event.document
