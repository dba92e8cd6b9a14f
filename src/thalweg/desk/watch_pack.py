"""The pack as the watch looks things up in it, and what a portfolio deals with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from thalweg.evidence import BadInput
from thalweg.nouns.names import name_key

if TYPE_CHECKING:
    from thalweg.briefs import Portfolio
    from thalweg.pack import Pack
    from thalweg.watch.index import PackIndex
    from thalweg.watch.model import Interests

_INDEXES: dict[int, tuple[Pack, PackIndex]] = {}


def indexed(pack: Pack) -> PackIndex:
    """Return a pack looked up by what news names; it is made once."""
    from thalweg.watch.index import index

    found = _INDEXES.get(id(pack))
    if found is None or found[0] is not pack:
        found = _INDEXES[id(pack)] = (pack, index(pack, _heads(), partial(classes_named, pack)))
    return found[1]


@lru_cache(maxsize=1)
def _heads() -> dict[str, dict[str, Any]]:
    """Return the heads of the shipped drafts, by id."""
    import yaml

    from thalweg.pack.overlay import drafts

    return {i: yaml.load((folder / "overlay.yaml").read_text("utf-8"), yaml.CSafeLoader) for i, folder in drafts().items()}


def interests(portfolio: Portfolio, pack: Pack, date: dt.date) -> Interests:
    """Return what a portfolio deals with: its catalogue names and their classes, places, customers and watched drafts.

    A product that cannot be classified as it stands counts by its name alone.
    """
    from thalweg.watch.model import Interests

    chips, eccns = products((p.item for p in portfolio.products if p.item), pack, date)
    for p in portfolio.products:
        if p.specification:
            eccns |= dict.fromkeys(_classes(dict(p.specification), pack, date), p.id)
    codes = [
        *(d.place for d in portfolio.destinations),
        *(d.to for d in portfolio.deals if d.to),
        *(c.country for c in portfolio.customers),
    ]
    places = {c: str(pack.places[c]["name"]) for c in map(str.upper, codes) if c in pack.places}
    heads = _heads()
    return Interests(
        chips=chips,
        eccns=eccns,
        places=places,
        parties={key: c.name for c in portfolio.customers if (key := name_key(c.name))},
        drafts={d: str(heads[d]["title"]) for d in portfolio.watch if d in heads},
        home=portfolio.firm.country,
    )


def products(names: Iterable[str], pack: Pack, date: dt.date) -> tuple[dict[str, str], dict[str, str]]:
    """Return the catalogue names, folded, and the classes of products, each with the name shown.

    Raises:
        BadInput: if a name is neither in the catalogue nor a class of the pack.
    """
    from thalweg.hardware.catalogue import catalogue

    known = catalogue(pack)
    chips: dict[str, str] = {}
    eccns: dict[str, str] = {}
    for name in names:
        if name[:5].upper() in pack.entries or name in pack.vocabulary.classes:
            eccns[name] = name
            continue
        row = known.row(name)
        chips[row["name"].casefold()] = row["name"]
        chips |= {short.casefold(): row["name"] for short in _shorter(row["name"], pack)}
        for each in _classes(row["name"], pack, date):
            eccns.setdefault(each, row["name"])
            eccns.setdefault(each[:5], row["name"])
    return chips, eccns


def _shorter(name: str, pack: Pack) -> list[str]:
    """Return the names under which news may mean an entry of the catalogue without saying which of several."""
    rows = pack.hardware["ambiguous"]
    return [row["name"] for row in rows if name in (c.strip() for c in row["candidates"].split(";"))]


def classes_named(pack: Pack, name: str, date: dt.date) -> tuple[str, ...]:
    """Return the classes of a catalogue name on a day; of a name that several entries may be meant by, those that all of them have."""
    several = [c.strip() for row in pack.hardware["ambiguous"] if row["name"] == name for c in row["candidates"].split(";")]
    found = [_classes(each, pack, date) for each in several or [name]]
    return tuple(c for c in found[0] if all(c in other for other in found))


@lru_cache(maxsize=4096)
def _named_classes(name: str, key: int, date: dt.date) -> tuple[str, ...]:
    from thalweg.controls.classify import classify
    from thalweg.controls.decide import rulebook

    return tuple(classify(rulebook(_INDEXES[key][0]), name, date).classification)


def _classes(item: Any, pack: Pack, date: dt.date) -> tuple[str, ...]:
    from thalweg.controls.classify import classify
    from thalweg.controls.decide import rulebook

    try:
        if isinstance(item, str):
            indexed(pack)
            return _named_classes(item, id(pack), date)
        return tuple(classify(rulebook(pack), item, date).classification)
    except BadInput:
        return ()


def rules_of(mine: Interests, pack: Pack) -> frozenset[str]:
    """Return the rules that classify the products, and those that name one of their classes in their condition or keys."""
    classes = tuple(mine.eccns)
    found = {
        i
        for i, rule in pack.rules.items()
        if any(c in f"{v.when_text} {v.unless_text}" for v in rule.versions for c in classes)
        or any(str(rule.keys.get("assigns", "")).startswith(c) for c in classes)
    }
    return frozenset(found)


def read_interests(portfolio: str | Path, pack: Pack, date: dt.date) -> Interests:
    """Return what the portfolio at a path deals with.

    Raises:
        BadInput: if it cannot be read.
    """
    from thalweg.briefs import read_portfolio

    if not Path(portfolio).exists():
        raise BadInput(f"{portfolio}: there is no such portfolio; give a .toml file, a folder of CSV files, or an .xlsx workbook")
    return interests(read_portfolio(portfolio), pack, date)
