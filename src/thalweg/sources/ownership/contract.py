"""Graphs in the shape of the contract: an object with `owns`, and `listed`, `parties`, `regime`, `date` and `id` where they are known."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from thalweg.evidence import BadInput, nearest, parse_date
from thalweg.nouns.listing import LIST_IDS
from thalweg.nouns.ownership import ADDRESS_ONLY, ListedAs, OwnedParty, OwnershipEdge, OwnershipGraph
from thalweg.sources.ownership.shares import share_of

MOST_CHARACTERS: Final = 1_000
_GRAPH: Final = ("id", "regime", "date", "listed", "owns", "parties")
_EDGE: Final = ("owner", "owned", "share", "from", "to")
_ENTRY: Final = ("list", "program", ADDRESS_ONLY, "from", "to", "footnotes", "policy", "citation", "url")
_PARTY: Final = ("country", "name")
_COMMENT: Final = frozenset(["expect", "red_flags", "why", "source", "note", "title"])
_ALIKE: Final = 0.7
_MUCH_LONGER: Final = 24
"""Characters of a key beyond which it is like none that is known."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A graph with the regime and the day that it names, where it names them."""

    graph: OwnershipGraph
    regime: str | None
    date: dt.date | None


def asked(data: Any) -> Asked:
    """Read one graph of the contract.

    Raises:
        BadInput: it does not hold to the shape; the message says which key.
    """
    if not isinstance(data, Mapping):
        raise BadInput(f"a graph is an object with owns, not {type(data).__name__}")
    _misspelt(data, _GRAPH, "")
    if "owns" not in data:
        raise BadInput("owns: is missing; it lists the holdings, each with owner, owned and share")
    owns = data["owns"]
    if not isinstance(owns, list | tuple):
        raise BadInput(f"owns: should be a list of holdings, not {type(owns).__name__}")
    identity = data.get("id")
    graph = OwnershipGraph(
        edges=tuple(_edge(edge, f"owns[{i}]") for i, edge in enumerate(owns)),
        listed=listed_from(data.get("listed")),
        parties=_parties(data.get("parties")),
        id=identity if isinstance(identity, str) or identity is None else str(identity),
    )
    regime, date = data.get("regime"), data.get("date")
    if regime is not None and not isinstance(regime, str):
        raise BadInput(f"regime: should be the name of one, not {type(regime).__name__}")
    return Asked(graph, regime, None if date is None else parse_date(date))


def _misspelt(data: Mapping[Any, Any], known: tuple[str, ...], field: str) -> None:
    """Refuse a key that is almost one that would be read: left unread, it would change the answer in silence."""
    for key in data:
        if key in known or key in _COMMENT or not isinstance(key, str) or len(key) > _MUCH_LONGER:
            continue
        close = difflib.get_close_matches(key.casefold(), known, n=1, cutoff=_ALIKE)
        if close:
            raise BadInput(f"{field}{'.' if field else ''}{key}: unknown key; did you mean {close[0]!r}?")


def party_name(value: Any, field: str) -> str:
    """Return the name of a party.

    Raises:
        BadInput: it is no text, or empty, or too long.
    """
    if not isinstance(value, str) or not value.strip():
        raise BadInput(f"{field}: should name a party")
    name = value.strip()
    if len(name) > MOST_CHARACTERS:
        raise BadInput(f"{field}: a name of {len(name):,} characters; {MOST_CHARACTERS:,} at most")
    return name


def _edge(data: Any, field: str) -> OwnershipEdge:
    if not isinstance(data, Mapping):
        raise BadInput(f"{field}: a holding is an object with owner, owned and share, not {type(data).__name__}")
    _misspelt(data, _EDGE, field)
    start, end = _window(data, field)
    return OwnershipEdge(
        party_name(data.get("owner"), f"{field}.owner"),
        party_name(data.get("owned"), f"{field}.owned"),
        share_of(data.get("share"), f"{field}.share"),
        start,
        end,
    )


def _window(data: Mapping[Any, Any], field: str) -> tuple[dt.date | None, dt.date | None]:
    start, end = (None if data.get(key) is None else parse_date(data[key], field=f"{field}.{key}") for key in ("from", "to"))
    if start and end and start >= end:
        raise BadInput(f"{field}: starts on {start} and ends on {end}; it must end later than it starts")
    return start, end


def listed_from(data: Any) -> dict[str, tuple[ListedAs, ...]]:
    """Read the `listed` object of the contract: the entries of each party by its name.

    Raises:
        BadInput: it does not hold to the shape.
    """
    if data is None:
        return {}
    if not isinstance(data, Mapping):
        raise BadInput(f"listed: should give the lists of each party by its name, not {type(data).__name__}")
    found: dict[str, tuple[ListedAs, ...]] = {}
    for key, given in data.items():
        field = f"listed.{str(key)[:60]}"
        entries = [given] if isinstance(given, str) else given
        if not isinstance(entries, list | tuple):
            raise BadInput(f'{field}: should be a list of lists, such as ["entity_list"], not {type(entries).__name__}')
        name = party_name(key, "listed")
        found[name] = (*found.get(name, ()), *(listed_as(entry, f"{field}[{i}]") for i, entry in enumerate(entries)))
    return found


def listed_as(entry: Any, field: str = "list") -> ListedAs:
    """Read an entry of a list: its code (``sdn:NPWMD``, ``entity_list:address_only``), or an object with more.

    Raises:
        BadInput: there is no such list, or the object does not hold to the shape.
    """
    if isinstance(entry, str):
        name, program, address_only = _code(entry, field)
        return ListedAs(name, program, address_only)
    if not isinstance(entry, Mapping):
        raise BadInput(f"{field}: an entry is the code of a list or an object with list, not {type(entry).__name__}")
    _misspelt(entry, _ENTRY, field)
    name, program, address_only = _code(entry.get("list"), f"{field}.list")
    start, end = _window(entry, field)
    footnotes = entry.get("footnotes") or ()
    if isinstance(footnotes, str | int):
        footnotes = [footnotes]
    if not isinstance(footnotes, list | tuple):
        raise BadInput(f"{field}.footnotes: should be a list of them, such as [1, 4], not {type(footnotes).__name__}")
    return ListedAs(
        name,
        str(entry.get("program") or program),
        bool(entry.get(ADDRESS_ONLY)) or address_only,
        start,
        end,
        tuple(str(f) for f in footnotes),
        str(entry.get("policy") or ""),
        str(entry.get("citation") or ""),
        str(entry.get("url") or ""),
    )


def _code(text: Any, field: str) -> tuple[str, str, bool]:
    if not isinstance(text, str) or not text.strip():
        raise BadInput(f"{field}: should be the code of a list, such as entity_list or sdn:NPWMD")
    name, *marks = (part.strip() for part in text.strip().split(":"))
    if name not in LIST_IDS:
        raise BadInput(f"{field}: there is no list {name[:60]!r}{nearest(name[:60], LIST_IDS)}; the lists are {', '.join(LIST_IDS)}")
    address_only = ADDRESS_ONLY in marks
    programs = [m for m in marks if m and m != ADDRESS_ONLY]
    if len(programs) > 1:
        raise BadInput(f"{field}: {text[:60]!r} has two programs; give one entry for each")
    return name, programs[0] if programs else "", address_only


def _parties(data: Any) -> dict[str, OwnedParty]:
    if data is None:
        return {}
    if not isinstance(data, Mapping):
        raise BadInput(f"parties: should give what is known of each party by its name, not {type(data).__name__}")
    found = {}
    for name, known in data.items():
        field = f"parties.{str(name)[:60]}"
        if not isinstance(known, Mapping):
            raise BadInput(f'{field}: should be an object, such as {{"country": "JP"}}')
        _misspelt(known, _PARTY, field)
        country = known.get("country")
        if country is not None and not isinstance(country, str):
            raise BadInput(f"{field}.country: should be a code, such as JP")
        found[party_name(name, "parties")] = OwnedParty(country or "", str(known.get("name") or ""))
    return found
