"""Supplements of Part 744 as the eCFR gives them in XML: tables of HTML elements in capitals, a row for each entry.

The service is https://www.ecfr.gov/api/versioner/v1/full/{date}/title-15.xml?part=744; a supplement is a `DIV9` whose `N` is its
title. A blank country cell stands for the country of the row above.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from thalweg.evidence import BadInput
from thalweg.sources import cells
from thalweg.sources.extract import addresses
from thalweg.sources.files import RawFile, xml_root
from thalweg.sources.names import Printed, printed_aliases, printed_name

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_LONGEST: Final = 20_000
_RESERVED: Final = re.compile(r"\[?reserved\]?\.?$", re.IGNORECASE)
_DASH: Final = ("—", "–", "- ")
_MARKER: Final = re.compile(r"(?:subordinate institu\w*|affiliated entit\w+|addresses for\b.*|the following .*)[:.]?$", re.IGNORECASE)
_FOLLOWING: Final = re.compile(
    r",?\s*(?:[afn]\.k\.a\.?,?\s*)?,?\s*(?:and\s+)?(?:to include\s+)?the following\b",
    re.IGNORECASE,
)
_ANNOUNCED: Final = re.compile(r"\b(?:alias(?:es)?|names?|entit\w+|institut\w+)\b", re.IGNORECASE)
_AKA: Final = re.compile(r",?\s+[afn]\.k\.a\.?,?\s+", re.IGNORECASE)
_FORMS: Final = re.compile(
    r"(?:ltd|ltda|limited|inc|incorporated|l\.?l\.?c|llp|l\.?p|co|corp|corporation|company|s\.?a|s\.?l|s\.?r\.?l|s\.?r\.?o|s\.?p\.?a|gmbh|a\.?g|b\.?v|n\.?v|"
    r"pte|pvt|pty|sdn|bhd|jsc|pjsc|ojsc|cjsc|ooo|oao|ao|pao|zao|fze|fzc|fzco|fz|plc|jr|sr|ii|iii|iv|d\.?o\.?o|a\.?s|lda|k\.?k|sas|sarl|mmc|oy|kg)"
    r"\b\.?",
    re.IGNORECASE,
)
_ABBREVIATION: Final = re.compile(r"(?:\b(?:ltd|inc|corp|co|ltda|jr|sr|no|st|bros|pvt|pte|bhd)|\b\w|[a-z]\.[a-z])\.$", re.IGNORECASE)


def holds(file: RawFile, number: int) -> bool:
    """Tell whether a file is XML of the eCFR with a supplement of Part 744."""
    head = file.head(512).lstrip()
    title = f"Supplement No. {number} to Part 744".encode()
    return head.startswith("<") and ("<DIV" in file.head() or "<ECFR" in head) and title in file.data and b"<TR" in file.data


def supplement_rows(file: RawFile, number: int, columns: Sequence[str]) -> Iterator[tuple[list[str], ...]]:
    """Yield the cells of each row of a supplement's table, each as its lines; the country is filled in, reserved rows are left out.

    Raises:
        BadInput: naming the column that is missing, or the row that has another number of cells.
    """
    title = f"Supplement No. {number} to Part 744"
    root = xml_root(file)
    supplement = next((e for e in root.iter() if (e.get("N") or "").startswith(title)), None)
    if supplement is None:
        raise BadInput(f"{file.name}: holds no {title}")
    country: list[str] = []
    for table in supplement.iter("TABLE"):
        _check_columns(file, title, table, columns)
        for count, row in enumerate(table.iter("TR"), 1):
            try:
                found = [_lines(cell) for cell in row.findall("TD")]
            except RecursionError:
                raise BadInput(f"{file.name}: {title}: row {count:,} is nested deeper than a list is; it is not read") from None
            if longest := next((line for cell in found for line in cell if len(line) > _LONGEST), ""):
                raise BadInput(f"{file.name}: {title}: row {count:,} has a line of {len(longest):,} characters; the form has changed")
            if len(found) <= 1:
                continue
            if len(found) != len(columns):
                raise BadInput(
                    f"{file.name}: {title}: row {count:,} has {len(found)} cells where {len(columns)} are due; the form has changed"
                )
            country = found[0] or country
            if found[1] and not _RESERVED.match(" ".join(found[1])):
                yield (country, *found[1:])


def _check_columns(file: RawFile, title: str, table: Element, columns: Sequence[str]) -> None:
    header = [" ".join("".join(h.itertext()).split()).casefold() for h in table.iter("TH")]
    if missing := [c for c in columns if not any(h.startswith(c.casefold()) for h in header)]:
        raise BadInput(
            f"{file.name}: {title}: column {', '.join(map(repr, missing))} is missing; it has {', '.join(map(repr, header)) or 'none'}; "
            "the form of the list has changed, so it is not read"
        )


def _lines(cell: Element) -> list[str]:
    pieces: list[str] = []

    def walk(element: Element) -> None:
        pieces.append(element.text or "")
        for child in element:
            if isinstance(child.tag, str):
                if child.tag.casefold() in {"br", "p", "fp"}:
                    pieces.append("\n")
                walk(child)
            pieces.append(child.tail or "")

    walk(cell)
    return [line for raw in "".join(pieces).split("\n") if (line := cells.clean(raw))]


# ---------------------------------------------------------------- the cell of an entity


@dataclass(frozen=True, slots=True)
class Party:
    """What the cell of an entity says: name, aliases and addresses."""

    printed: Printed
    aliases: tuple[str, ...]
    addresses: tuple[str, ...]


def party(lines: Sequence[str]) -> Party:
    """Take the cell of an entity apart: name, then `a.k.a.` and aliases in lines that begin with a dash, then addresses."""
    first, *others = lines
    aliases: list[str] = []
    where: list[str] = []
    if any(line.startswith(_DASH) for line in others) and (found := _following(first)):
        name = first[: found.start()]
    elif mark := _AKA.search(first):
        name = first[: mark.start()]
        alias, rest = split_address(first[mark.end() :])
        aliases.append(alias)
        where.append(rest)
    else:
        name, rest = split_address(first)
        where.append(rest)
    for line in others:
        if line.startswith(_DASH):
            aliases.append(_alias(line))
        elif not _MARKER.match(line):
            where.append(line)
    return Party(printed_name(_without_stop(name)), printed_aliases(tuple(aliases)), addresses(" ".join(w for w in where if w)))


def _following(text: str) -> re.Match[str] | None:
    """Find the announcement of aliases that a line ends with, such as `a.k.a., the following two aliases:`."""
    said = text.rstrip().removesuffix(":")
    start = said.rfind(":") + 1
    last = max((mark.start() for mark in _ANNOUNCED.finditer(said, start)), default=-1)
    return next((mark for mark in _FOLLOWING.finditer(said, start) if mark.end() <= last), None)


def split_address(text: str) -> tuple[str, str]:
    """Split `Name, Co., Ltd., street, town` at the first comma that no legal form follows; without one it is all name."""
    head, semicolon, tail = text.partition("; ")
    position = text.find(",")
    while position >= 0:
        if not _FORMS.match(text[position + 1 :].lstrip()):
            break
        position = text.find(",", position + 1)
    if semicolon and (position < 0 or len(head) < position):
        return head.strip(), tail.strip()
    return (text.strip(), "") if position < 0 else (text[:position].strip(), text[position + 1 :].strip())


def _alias(line: str) -> str:
    bare = line.lstrip("—–- ").strip()
    bare = re.sub(r"[;,]?\s*\band$", "", bare).rstrip(";, ")
    return _without_stop(bare)


def _without_stop(text: str) -> str:
    bare = text.strip(" ,;")
    return bare if not bare.endswith(".") or _ABBREVIATION.search(bare) else bare[:-1]
