"""Tables of holdings: CSV and Parquet with the columns owner, owned and share, read into arrays."""

from __future__ import annotations

import csv
import datetime as dt
import io
from decimal import Decimal
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

import numpy as np

from thalweg.evidence import OPEN_END, OPEN_START, BadInput, nearest, parse_date
from thalweg.nouns.ownership import UNKNOWN_SHARE, EdgeTable, OwnedParty, OwnershipEdge, OwnershipGraph, Share
from thalweg.nouns.ownership_units import Units, decimals
from thalweg.sources.ownership.contract import MOST_CHARACTERS
from thalweg.sources.ownership.shares import cell, ranged

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

COLUMNS: Final = ("owner", "owned", "share", "min", "max", "from", "to", "owner_country", "owned_country")
PLACES: Final = 9
"""Decimals that every table keeps; a share with more makes the units smaller."""

_PLAIN: Final = r"^(?:0?\.\d{1,9}|0(?:\.\d{1,9})?|1(?:\.0{1,9})?)$"
_MOST_PLACES: Final = 15
_MOST_UNITS: Final = 1 << 62
_MOST_ROWS: Final = 20_000_000
"""Rows of a Parquet file: some bytes of one can stand for billions."""
_FIRST_LINE: Final = 2


class TooFine(Exception):
    """A share has more decimals than 64 bits can hold."""


def read_table(source: Path | IO[bytes], kind: str) -> EdgeTable:
    """Read a CSV or Parquet table of holdings.

    A row that cannot be read as it stands is a problem with its line. Its holding is kept as far as it can be: an unreadable share is
    unknown, and with an unreadable date the holding may or may not stand, so that a fault never clears a party.

    Raises:
        BadInput: the file as a whole is no such table.
        TooFine: a share has too many decimals for arrays.
    """
    return table_of(_frame(source, kind), first_line=1 if kind == "parquet" else _FIRST_LINE)


def read_rows(source: IO[bytes], kind: str) -> tuple[OwnershipGraph, tuple[tuple[int, str], ...]]:
    """Read a table row by row into a graph, for shares that are too fine for arrays; return what was wrong with each row as well.

    Raises:
        BadInput: the file as a whole is no such table.
    """
    frame = _named(_frame(source, kind))
    edges: list[OwnershipEdge] = []
    problems: list[tuple[int, str]] = []
    for line, row in enumerate(zip(*(_text(frame, c).to_list() for c in COLUMNS[:7]), strict=True), _FIRST_LINE):
        edge, faults = _row(*row)
        problems.extend((line, fault) for fault in faults)
        if edge is not None:
            edges.append(edge)
    return OwnershipGraph(tuple(edges), parties=_parties(frame)), tuple(problems)


def _row(owner: str, owned: str, share: str, least: str, most: str, start: str, end: str) -> tuple[OwnershipEdge | None, list[str]]:
    if not owner or not owned:
        return None, [f"{'owned' if owner else 'owner'}: should name a party; the row is left out"]
    found, fault = _range(share, least, most)
    faults = [f"{fault}; the share is taken as unknown"] if fault else []
    days: list[dt.date | None] = []
    for name, text in (("from", start), ("to", end)):
        try:
            days.append(parse_date(text, field=name) if text else None)
        except BadInput as error:
            days.append(None)
            faults.append(f"{error}; the holding may or may not stand")
            found = Share(Decimal(0), found.high, high_open=found.high_open)
    return OwnershipEdge(owner, owned, found, *days), faults


def _frame(source: Path | IO[bytes], kind: str) -> pl.DataFrame:
    import polars as pl

    try:
        if kind == "parquet":
            rows = pl.scan_parquet(source).select(pl.len()).collect().item()
            if rows > _MOST_ROWS:
                raise BadInput(f"has {rows:,} rows; {_MOST_ROWS:,} at most are read")
            if not isinstance(source, Path):
                source.seek(0)
            return pl.read_parquet(source)
        return pl.read_csv(source, infer_schema=False)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, ValueError) as error:
        said = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        if kind == "csv" and not isinstance(source, Path) and source.seekable():
            said = _first_fault(source) or said
        raise BadInput(said if said.startswith("line ") else f"not {'Parquet' if kind == 'parquet' else 'CSV'}: {said}") from None


def _first_fault(source: IO[bytes]) -> str:
    """Return the first line of a CSV file that has more fields than its header, or is none; empty where none is found."""
    source.seek(0)
    reader = csv.reader(io.TextIOWrapper(source, encoding="utf-8-sig", newline=""), strict=True)
    try:
        header = next(reader, [])
        for row in reader:
            if len(row) > len(header):
                return f"line {reader.line_num}: has {len(row)} fields; the header has {len(header)}"
    except (csv.Error, UnicodeDecodeError) as error:
        return f"line {reader.line_num + 1}: not CSV: {error}"
    return ""


def table_of(frame: pl.DataFrame, *, first_line: int = 1) -> EdgeTable:
    """Turn a frame with the columns of a table of holdings into arrays; see :func:`read_table`."""
    import polars as pl

    frame = _named(frame)
    frame = frame.with_columns(pl.col(c).cast(pl.String).str.strip_chars().fill_null("") for c in ("owner", "owned"))
    problems: list[tuple[int, str]] = []
    empty = (frame["owner"] == "") | (frame["owned"] == "")
    lines = np.arange(frame.height, dtype=np.int64) + first_line
    if empty.any():
        for row in np.flatnonzero(empty.to_numpy()).tolist():
            which = "owner" if frame["owner"][row] == "" else "owned"
            problems.append((int(lines[row]), f"{which}: should name a party; the row is left out"))
        lines = lines[~empty.to_numpy()]
        frame = frame.filter(~empty)
    owner, owned, names = _encoded(frame["owner"], frame["owned"])
    low, high, unstated, units = _shares(frame, lines, problems)
    start, end, unsure = _windows(frame, lines, problems)
    low[unsure] = 0
    return EdgeTable(names, owner, owned, low, high, unstated, units, start, end, parties=_parties(frame), problems=tuple(sorted(problems)))


def _named(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the columns that are read, under their names.

    Raises:
        BadInput: one that is needed is missing or stands twice, or one holds what is no text, or a name far too long.
    """
    import polars as pl

    found: dict[str, str] = {}
    for name in frame.columns:
        plain = name.strip().lstrip("\ufeff").casefold()
        if plain in found:
            raise BadInput(f"the column {plain!r} stands twice")
        found[plain] = name
    for needed in ("owner", "owned"):
        if needed not in found:
            raise BadInput(f"lacks the column {needed!r}; it has {', '.join(found) or 'none'}{nearest(needed, found)}")
    if "share" not in found and not {"min", "max"} & found.keys():
        raise BadInput(f"lacks the column 'share' (or min and max); it has {', '.join(found)}{nearest('share', found)}")
    kept = frame.select(**{c: found[c] for c in COLUMNS if c in found})
    for name in kept.columns:
        try:
            kept[name].cast(pl.String)
        except pl.exceptions.PolarsError:
            raise BadInput(f"the column {name!r} holds {kept[name].dtype}, which is no text, number or date") from None
    for name in ("owner", "owned"):
        if (longest := int(kept[name].cast(pl.String).str.len_chars().max() or 0)) > MOST_CHARACTERS:  # type: ignore[arg-type]
            raise BadInput(f"the column {name!r} has a name of {longest:,} characters; {MOST_CHARACTERS:,} at most")
    return kept


def _encoded(owner: pl.Series, owned: pl.Series) -> tuple[NDArray[np.int64], NDArray[np.int64], pl.Series]:
    """Give each name a number, by its hash; where a second hash tells apart what the first does not, by the name itself."""
    import polars as pl

    both = pl.concat([owner, owned])
    hashes, others = (both.hash(seed=seed).to_numpy() for seed in (0, 1))
    by_hash = np.argsort(hashes)
    hashes, others = hashes[by_hash], others[by_hash]
    begins = np.concatenate(([True], hashes[1:] != hashes[:-1])) if len(hashes) else np.zeros(0, dtype=bool)
    codes = np.empty(len(both), dtype=np.int64)
    codes[by_hash] = np.cumsum(begins) - 1
    names = both.gather(by_hash[begins])
    if (others[1:] != others[:-1])[~begins[1:]].any():
        names = both.unique(maintain_order=True)
        places = pl.DataFrame({"name": names, "at": np.arange(len(names), dtype=np.int64)})
        codes = both.to_frame("name").join(places, on="name", how="left", maintain_order="left")["at"].to_numpy()
    return codes[: len(owner)], codes[len(owner) :], names.alias("party")


def _shares(
    frame: pl.DataFrame, lines: NDArray[np.int64], problems: list[tuple[int, str]]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_], Units]:
    """Read the shares: plain decimals all at once, everything else once for each different text."""
    import polars as pl

    texts = [_text(frame, c) for c in ("share", "min", "max")]
    share, least, most = texts
    plain = share.str.contains(_PLAIN) & (least == "") & (most == "")
    simple = plain.to_numpy()
    # A decimal of at most nine places below 1 is nearer to its binary neighbor than to any other such decimal, so rounding restores it.
    parts = np.rint(pl.select(pl.when(plain).then(share).otherwise(pl.lit("0")).cast(pl.Float64)).to_series().to_numpy() * 10.0**PLACES)
    rest = np.flatnonzero(~simple)
    odd, which = _distinct([t.gather(rest) for t in texts])
    read = [_range(*text) for text in odd]
    shares = [found for found, _ in read]
    units = _units(shares, frame.height)
    scale = units.whole // 10**PLACES
    low = parts.astype(np.int64) * scale
    high = low.copy()
    unstated = np.zeros(frame.height, dtype=bool)
    if len(rest):
        low[rest] = np.array([units.low(s) for s in shares], dtype=np.int64)[which]
        high[rest] = np.array([units.high(s) for s in shares], dtype=np.int64)[which]
        unstated[rest] = np.array([s.unstated for s in shares], dtype=bool)[which]
        faults = np.array([bool(fault) for _, fault in read], dtype=bool)[which]
        wrong = zip(lines[rest[faults]].tolist(), which[faults].tolist(), strict=True)
        problems.extend((line, f"{read[w][1]}; the share is taken as unknown") for line, w in wrong)
    return low, high, unstated, units


def _text(frame: pl.DataFrame, name: str) -> pl.Series:
    import polars as pl

    if name not in frame.columns:
        return pl.repeat("", frame.height, eager=True)
    return frame[name].cast(pl.String).str.strip_chars().fill_null("")


def _distinct(columns: list[pl.Series]) -> tuple[list[tuple[str, ...]], NDArray[np.int64]]:
    """Return the different rows of some columns, and for each row which of them it is."""
    import polars as pl

    rows = pl.DataFrame({str(i): c for i, c in enumerate(columns)})
    known = rows.unique(maintain_order=True)
    places = known.with_columns(at=pl.Series(np.arange(known.height, dtype=np.int64)))
    which = rows.join(places, on=rows.columns, how="left", maintain_order="left")["at"].to_numpy()
    return list(known.iter_rows()), which


def _range(share: str, least: str, most: str) -> tuple[Share, str]:
    """Return what the cells of a row say of its share, and what is wrong with them."""
    try:
        if share and (least or most):
            raise BadInput("share: stands beside min or max; give the one or the others")
        if share or not (least or most):
            return cell(share), ""
        low = cell(least, "min").low if least else Decimal(0)
        high = cell(most, "max").high if most else Decimal(1)
        return ranged(low, high, "min, max"), ""
    except BadInput as error:
        return UNKNOWN_SHARE, str(error)


def _units(shares: list[Share], height: int) -> Units:
    places = max((decimals(n) for s in shares for n in (s.low, s.high)), default=0)
    units = Units(max(PLACES, places), 2 * height + 2 if any(s.low_open or s.high_open for s in shares) else 1)
    if places > _MOST_PLACES or units.whole > _MOST_UNITS:
        raise TooFine
    return units


def _windows(
    frame: pl.DataFrame, lines: NDArray[np.int64], problems: list[tuple[int, str]]
) -> tuple[NDArray[np.int64] | None, NDArray[np.int64] | None, NDArray[np.int64]]:
    """Return the first day of each holding, the day after its last, and the rows of which that cannot be told."""
    unsure: list[NDArray[np.int64]] = [np.zeros(0, dtype=np.int64)]
    start, wrong = _days(frame, "from", OPEN_START, lines, problems)
    unsure.append(wrong)
    end, wrong = _days(frame, "to", OPEN_END, lines, problems)
    unsure.append(wrong)
    if start is not None and end is not None:
        backward = np.flatnonzero(start >= end)
        problems.extend((int(lines[row]), "ends before it starts; it may or may not stand") for row in backward)
        start[backward], end[backward] = OPEN_START, OPEN_END
        unsure.append(backward)
    return start, end, np.concatenate(unsure)


def _days(
    frame: pl.DataFrame, name: str, otherwise: int, lines: NDArray[np.int64], problems: list[tuple[int, str]]
) -> tuple[NDArray[np.int64] | None, NDArray[np.int64]]:
    if name not in frame.columns:
        return None, np.zeros(0, dtype=np.int64)
    texts, which = _distinct([_text(frame, name)])
    days, faults = [], []
    for (text,) in texts:
        try:
            days.append(parse_date(text, field=name).toordinal() if text else otherwise)
            faults.append("")
        except BadInput as error:
            days.append(otherwise)
            faults.append(str(error))
    wrong = np.flatnonzero(np.array([bool(f) for f in faults], dtype=bool)[which]) if faults else np.zeros(0, dtype=np.int64)
    problems.extend((int(lines[row]), f"{faults[which[row]]}; the holding may or may not stand") for row in wrong)
    return np.array(days, dtype=np.int64)[which] if days else np.zeros(0, dtype=np.int64), wrong


def _parties(frame: pl.DataFrame) -> dict[str, OwnedParty]:
    """Return the countries that the columns beside owner and owned give."""
    import polars as pl

    found: dict[str, OwnedParty] = {}
    for column in ("owner", "owned"):
        country = f"{column}_country"
        if country in frame.columns:
            said = frame.select(column, pl.col(country).cast(pl.String).str.strip_chars().fill_null("")).filter(pl.col(country) != "")
            for name, place in said.unique(maintain_order=True).iter_rows():
                found.setdefault(name, OwnedParty(place))
    return found
