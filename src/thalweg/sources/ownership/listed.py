"""Which parties are listed, and what is known of parties, from files beside a file of holdings."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import IO, Any, Final

from thalweg.evidence import BadInput, nearest
from thalweg.nouns.ownership import ListedAs, OwnedParty
from thalweg.sources.ownership.contract import listed_as, listed_from, party_name
from thalweg.sources.ownership.read import HEAD, read_parties
from thalweg.sources.ownership.records import records

_LISTED: Final = ("party", "list", "program", "from", "to", "footnotes", "policy", "citation", "url")
_KNOWN: Final = ("party", "country", "name")
MOST_BYTES: Final = 256 * 1_048_576


def read_listed(source: IO[bytes]) -> dict[str, tuple[ListedAs, ...]]:
    """Read listings: CSV with the columns party and list, or the `listed` object of the contract as JSON.

    Raises:
        BadInput: the file does not hold to its shape; the message says which line.
    """
    if _is_json(source):
        data = _one_object(source)
        return listed_from(data.get("listed", data))
    found: dict[str, list[ListedAs]] = {}
    for number, row in _rows(source, _LISTED, ("party", "list")):
        entry: dict[str, Any] = {k: v for k, v in row.items() if v and k != "party"}
        if marks := entry.pop("footnotes", ""):
            entry["footnotes"] = [m.strip() for m in marks.replace(",", ";").split(";") if m.strip()]
        try:
            found.setdefault(party_name(row["party"], "party"), []).append(listed_as(entry))
        except BadInput as error:
            raise BadInput(f"line {number}: {error}") from None
    return {name: tuple(entries) for name, entries in found.items()}


def read_known(source: IO[bytes]) -> dict[str, OwnedParty]:
    """Read what is known of parties: CSV with the columns party, country and name, or level 1 data of GLEIF in XML or JSON.

    Raises:
        BadInput: the file does not hold to its shape; the message says which line.
    """
    if _is_json(source) or _head(source).startswith(b"<"):
        return read_parties(source)
    found = {}
    for number, row in _rows(source, _KNOWN, ("party",)):
        try:
            found[party_name(row["party"], "party")] = OwnedParty(row.get("country", ""), row.get("name", ""))
        except BadInput as error:
            raise BadInput(f"line {number}: {error}") from None
    return found


def _head(source: IO[bytes]) -> bytes:
    peeked: bytes = source.peek(HEAD)  # type: ignore[attr-defined]
    return peeked.removeprefix(b"\xef\xbb\xbf").lstrip()


def _is_json(source: IO[bytes]) -> bool:
    return _head(source)[:1] in (b"{", b"[")


def _one_object(source: IO[bytes]) -> Mapping[str, Any]:
    for record in records(source):
        if record.error:
            raise BadInput(f"line {record.number}: {record.error}")
        if isinstance(record.data, dict):
            return record.data
        break
    raise BadInput('should hold one object that gives the lists of each party, such as {"A": ["entity_list"]}')


def _rows(source: IO[bytes], known: tuple[str, ...], needed: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the rows of a CSV file with their lines.

    Raises:
        BadInput: it is no such CSV file.
    """
    raw = source.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise BadInput(f"is larger than {MOST_BYTES:,} bytes")
    try:
        reader = csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""), strict=True)
        header = [h.strip().casefold() for h in next(reader, [])]
        for name in needed:
            if name not in header:
                raise BadInput(f"lacks the column {name!r}; it has {', '.join(header) or 'none'}{nearest(name, header)}")
        for name in header:
            if name not in known:
                raise BadInput(f"unknown column {name!r}{nearest(name, known)}; the columns are {', '.join(known)}")
        for row in reader:
            if row:
                if len(row) != len(header):
                    raise BadInput(f"line {reader.line_num}: has {len(row)} fields; the header has {len(header)}")
                yield reader.line_num, {k: v.strip() for k, v in zip(header, row, strict=True)}
    except UnicodeDecodeError as error:
        raise BadInput(f"is not UTF-8 at byte {error.start}") from None
    except csv.Error as error:
        raise BadInput(f"line {reader.line_num}: not CSV: {error}") from None
