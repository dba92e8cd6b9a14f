"""Names as lists print them, taken apart: the name, others it is known by, and the party it belongs to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from thalweg.evidence import BadInput
from thalweg.nouns.listing import PartyType
from thalweg.sources import cells

_AKA: Final = re.compile(r"(?<!\w)(?:[afn]\.?\s?/?k\.?\s?/?a\.?|(?:also|formerly|now) known as)(?:[.,:]+\s*|\s+)(?=\S)", re.IGNORECASE)
_OPEN_AKA: Final = re.compile(r"[(\[]\s*" + _AKA.pattern, re.IGNORECASE)
_EMPTY_AKA: Final = re.compile(r"\s*[(\[]?\s*(?:[afn]\.k\.a\.?),?\s*[)\]]?$", re.IGNORECASE)
_SEE: Final = re.compile(r"\s*\(\s*see (?:also |the )?(?:alternate|alternative|additional|address)[^)]*\)\s*\.?", re.IGNORECASE)
_PARENT_FIRST: Final = re.compile(
    r"^(?P<parent>.+?)(?:\.|,? and)?\s+(?:affiliated entity|subordinate institution|subordinate entity)\s*(?::|-|–)?\s*(?P<name>.*)$",
    re.IGNORECASE,
)
_PARENT_LAST: Final = re.compile(
    r"\s*\((?:parent organi[sz]ation:|an? subsidiary of|an? subordinate institut(?:e|ion) of)\s*(?P<parent>.+)\)\s*$", re.IGNORECASE
)
_SUCCESSORS: Final = re.compile(r",?\s+and (?:any successor|its sub-?units?|its successors?)\b.*$", re.IGNORECASE)
_KIND: Final = re.compile(r"\s*\((?P<place>[A-Z][\w .']*?) (?P<kind>individual|national|citizen|entity|company)\)\s*$", re.IGNORECASE)
_KINDS: Final[dict[str, PartyType]] = {
    "individual": "individual",
    "national": "individual",
    "citizen": "individual",
    "entity": "entity",
    "company": "entity",
}
_EDGE: Final = " \t,;:"
MOST_CHARACTERS: Final = 5_000


@dataclass(frozen=True, slots=True)
class Printed:
    """What one printed name says."""

    name: str
    aliases: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    note: str = ""
    kind: PartyType = ""
    place: str = ""


@lru_cache(maxsize=65_536)
def printed_name(text: str) -> Printed:
    """Take a printed name apart; what it was is noted where the name is not all of it.

    `X (a.k.a. Y; Z)` has the aliases Y and Z. `P. Affiliated Entity: X` and `P, and subordinate entity X` are X of P: P has an entry of
    its own, so that its name is no alias of X. `(See alternate address ...)` is no part of a name.

    Raises:
        BadInput: if it is far longer than a name.
    """
    whole = cells.clean(text)
    if len(whole) > MOST_CHARACTERS:
        raise BadInput(f"{whole[:40]!r}...: a name of {len(whole):,} characters; the form of the list has changed, so it is not read")
    name = _SEE.sub("", whole).strip()
    parents: tuple[str, ...] = ()
    if found := _PARENT_FIRST.match(name):
        if found["name"].strip(_EDGE):
            parents, name = (found["parent"].strip(_EDGE),), found["name"]
        else:
            name = found["parent"]
    if found := _PARENT_LAST.search(name):
        parents, name = (*parents, found["parent"].strip(_EDGE)), name[: found.start()]
    name = _EMPTY_AKA.sub("", _SUCCESSORS.sub("", name)).strip(_EDGE)
    kind, place = "", ""
    if found := _KIND.search(name):
        kind, place, name = found["kind"].casefold(), found["place"], name[: found.start()]
    name, aliases = _known_as(name)
    name = name.strip(_EDGE) or whole.strip(_EDGE) or whole
    note = f"printed as {whole!r}" if name != whole.strip(_EDGE) else ""
    return Printed(name, tuple(a for a in aliases if a != name), parents, note, _KINDS.get(kind, ""), place)


def _known_as(name: str) -> tuple[str, tuple[str, ...]]:
    """Split off what stands behind `a.k.a.`: in its parenthesis, closed or not, else to the end."""
    aliases: list[str] = []
    while found := _OPEN_AKA.search(name):
        end = _closing(name, found.start())
        aliases += _several(name[found.end() : end], bracket=name[found.start()] == "[")
        name = f"{name[: found.start()].rstrip()} {name[end + 1 :].lstrip()}".strip()
    if found := _AKA.search(name):
        if found.start() > 0:
            aliases += _several(name[found.end() :])
        name = name[: found.start()] if found.start() > 0 else name[found.end() :]
    return name, cells.unique(aliases)


def _closing(text: str, start: int) -> int:
    depth = 0
    for i in range(start, len(text)):
        if text[i] in "([":
            depth += 1
        elif text[i] in ")]":
            depth -= 1
            if depth == 0:
                return i
    return len(text)


def _several(text: str, *, bracket: bool = False) -> list[str]:
    pieces = _AKA.split(text)
    for separator in (";", *((",",) if bracket else ())):
        pieces = [p for piece in pieces for p in piece.split(separator)]
    return [p.strip(_EDGE) for p in pieces if p.strip(_EDGE)]


def printed_aliases(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Return aliases without marks of listing, each once; an alias that names another is both."""
    found: list[str] = []
    for text in texts:
        for piece in text.split(";"):
            bare = piece.strip(_EDGE).lstrip("-—–• ").removeprefix("and ").strip(_EDGE)
            if not bare or (bare.startswith("(") and bare.endswith(")")):
                continue
            read = printed_name(bare)
            found += [read.name, *read.aliases]
    return cells.unique(found)
