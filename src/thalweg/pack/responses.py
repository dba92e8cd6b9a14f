"""Strategies of Beijing and of allies, from ``policies/responses.yaml`` of the pack and of overlays."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from thalweg.evidence import PackError, nearest
from thalweg.pack import load
from thalweg.pack import policies_schema as s
from thalweg.pack.estimates_build import entries
from thalweg.pack.overlay import find_overlay
from thalweg.pack.policies import FOLDER, RESPONSES, cited_by, citer
from thalweg.pack.policies_model import Strategy, Words
from thalweg.pack.reader import Document, read_yaml

WHO = ("beijing", "allies")


@dataclass(frozen=True, slots=True)
class Strategies:
    """Strategies by who has them, the one that leaves everything as drawn first; with the hash of their files."""

    beijing: tuple[Strategy, ...]
    allies: tuple[Strategy, ...]
    sha256: str


def load_responses(words: Words, *, root: Path | None = None, overlays: Iterable[str | Path] = ()) -> Strategies | None:
    """Load the strategies of a knowledge folder and of overlays; an overlay adds to those of the pack. None where there are none.

    Args:
        words: the names that levers and estimates have.
        root: a knowledge folder; the embedded pack if left out.
        overlays: overlay folders.

    Raises:
        BadInput: if there is no such overlay.
        PackError: with file and line, for a strategy that does not hold to its format, stands twice, or moves what cannot be moved.
    """
    home = root or load.EMBEDDED
    found: dict[str, Strategy] = {}
    digest = hashlib.sha256()
    for folder in (home, *map(find_overlay, overlays)):
        path = folder / FOLDER / f"{RESPONSES}.yaml"
        if not path.is_file():
            continue
        digest.update(path.read_bytes())
        name = f"{FOLDER}/{path.name}" if folder == home else f"{folder.name}/{FOLDER}/{path.name}"
        for strategy, where in _read(read_yaml(path, name=name), home, folder, words):
            if strategy.id in found:
                raise PackError(f"id: the strategy {strategy.id!r} stands twice", file=where.file, line=where.line)
            found[strategy.id] = strategy
    if not found:
        return None
    by = {who: tuple(sorted((x for x in found.values() if x.who == who), key=lambda x: not x.drawn)) for who in WHO}
    for who, rows in by.items():
        if sum(x.drawn for x in rows) != 1:
            raise PackError(f"{who}: one strategy, and no more, leaves everything as drawn", file=f"{FOLDER}/{RESPONSES}.yaml", line=1)
    return Strategies(by["beijing"], by["allies"], digest.hexdigest())


@dataclass(frozen=True, slots=True)
class _Where:
    file: str
    line: int


def _read(document: Document, home: Path, folder: Path, words: Words) -> Iterator[tuple[Strategy, _Where]]:
    problems: list[PackError] = []
    cite = citer(home, folder) if folder != home else citer(home)
    for i, (x, line) in enumerate(entries(s.ResponseFile, document, problems)):
        for key, names, known in (("levers", x.levers, words.levers), ("raises", x.raises, words.raised)):
            for name in names:
                if name not in known:
                    what = "lever" if key == "levers" else "number that a strategy can raise"
                    which = "" if key == "levers" else f"; there are {', '.join(known)}"
                    message = f"{key}: there is no {what} {name!r}{which}{nearest(name, known)}"
                    raise PackError(message, file=document.file, line=document.line((i, key, name)))
        if x.basis != "judgement" and not x.sources:
            message = f"basis: {x.basis} needs a source; a strategy without one is an assumption"
            raise PackError(message, file=document.file, line=document.line((i, "basis")))
        yield (
            Strategy(
                x.id,
                x.who,
                x.title,
                x.meaning,
                x.imports or "",
                x.retaliation or "",
                x.deals or "",
                x.buys_ahead,
                x.raises,
                x.levers,
                x.basis,
                cited_by(cite, x.sources, document, (i,)),
                x.note,
            ),
            _Where(document.file, line),
        )
    if problems:
        raise problems[0]
