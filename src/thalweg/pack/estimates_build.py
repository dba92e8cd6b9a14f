"""From the files under ``estimates/`` to one compiled file: read and check."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from thalweg.evidence import PackError, Source, nearest
from thalweg.evidence.distribution_form import packed
from thalweg.pack import estimates_schema as s
from thalweg.pack.build import validated
from thalweg.pack.compile_rule import source_dict
from thalweg.pack.estimates import ESTIMATES
from thalweg.pack.estimates_checks import check_estimates
from thalweg.pack.estimates_history import kind_of_period, period_days
from thalweg.pack.files import write_atomically
from thalweg.pack.reader import Document, read_csv, read_yaml

M = TypeVar("M", bound=BaseModel)
SOURCES = "sources"
NAMED: dict[str, type[BaseModel]] = {
    "switches": s.SwitchFile,
    "chances": s.PathFile,
    "correlations": s.CorrelationFile,
    "anchors": s.AnchorFile,
    "history": s.SeriesFile,
}
"""Files that hold something else than estimates."""
HISTORY_COLUMNS = ("series", "period", "value", "p05", "p95", "complete", "scored", "note")


def build_estimates(root: Path, out: Path | None = None) -> dict[str, Any]:
    """Compile the estimates of a knowledge folder; write them to ``out`` if given.

    Raises:
        PackError: the first problem found, with file and line.
    """
    data, problems = compile_estimates(root)
    if problems:
        raise problems[0]
    if out is not None:
        write_atomically(out, ESTIMATES.packed(data))
    return data


def compile_estimates(root: Path) -> tuple[dict[str, Any], list[PackError]]:
    """Compile the estimates, gathering every problem; a folder without any compiles to none."""
    problems: list[PackError] = []
    data: dict[str, Any] = {"format": ESTIMATES.format, "sha256": "", "sources": {}, "estimates": [], **{name: [] for name in NAMED}}
    try:
        files = ESTIMATES.files(root)
        data["sha256"] = ESTIMATES.sha256(root)
        documents = {p.stem: read_yaml(p, name=f"{ESTIMATES.name}/{p.name}") for p in files if p.suffix == ".yaml"}
        strange = [p.name for p in files if p.suffix == ".csv" and p.name != "history.csv"]
    except PackError as error:
        return data, [error]
    problems += [
        PackError("there is no such table; history.csv is the only one", file=f"{ESTIMATES.name}/{name}", line=1) for name in strange
    ]
    if SOURCES in documents:
        data["sources"] = dict(read_sources(documents.pop(SOURCES), problems))
    cite = citing(data["sources"])
    for stem, document in documents.items():
        model = NAMED.get(stem, s.EstimateFile)
        for found, line in entries(model, document, problems):
            where: dict[str, Any] = {"file": document.file, "line": line}
            try:
                if isinstance(found, s.EstimateFile):
                    data["estimates"].append(estimate_data(found, cite) | {"block": stem, "where": where})
                else:
                    data[stem].append(plain(found, cite) | {"where": where})
            except ValueError as error:
                problems.append(PackError(str(error), **where))
    try:
        _points(root, data, problems)
    except PackError as error:
        problems.append(error)
    return data, [*problems, *check_estimates(data)]


def entries(model: type[M], document: Document, problems: list[PackError]) -> Iterator[tuple[M, int]]:
    """Yield each entry of a file that is a list of them, with its line."""
    if not isinstance(document.data, list):
        problems.append(PackError("should be a list of entries", file=document.file, line=1))
        return
    for i, item in enumerate(document.data):
        try:
            yield validated(model, document, item, (i,)), document.line((i,))
        except PackError as error:
            problems.append(error)


def read_sources(document: Document, problems: list[PackError]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each work of a file of sources by its id."""
    if not isinstance(document.data, dict):
        problems.append(PackError("should be a mapping of ids to sources", file=document.file, line=1))
        return
    for name, item in document.data.items():
        try:
            found = validated(Source, document, item, (name,))
            if found.accessed is None:
                raise PackError("accessed: say when it was read", file=document.file, line=document.line((name,)))
            yield name, source_dict(found)
        except PackError as error:
            problems.append(error)


Citer = Callable[[s.Cited], dict[str, Any]]


def citing(sources: Mapping[str, Mapping[str, Any]]) -> Citer:
    """Return what turns a citation into a source: an id of a work with a place in it behind, or a source in full."""

    def cite(cited: s.Cited) -> dict[str, Any]:
        if isinstance(cited, Source):
            return source_dict(cited)
        name, _, where = cited.partition(" ")
        if name not in sources:
            message = f"source: {name!r} is no id of sources.yaml{nearest(name, sources)}"
            raise ValueError(message)
        return {"id": name, **sources[name]} | ({"where": where.strip()} if where.strip() else {})

    return cite


def estimate_data(found: s.EstimateFile, cite: Citer) -> dict[str, Any]:
    """Return an estimate as plain data."""
    return {
        "id": found.id,
        "title": found.title,
        "meaning": found.meaning,
        "unit": found.unit,
        "symbol": found.symbol,
        "support": [None if abs(x) == float("inf") else x for x in s.support_of(found.support)],
        "positive": found.support == "positive",
        "extensive": found.extensive,
        "value": value_data(found, cite),
        "rivals": [value_data(r, cite) | {"by": r.by, "anchor": r.anchor or ""} for r in found.rivals],
        "vintages": [value_data(v, cite) | {"until": v.until.isoformat()} for v in found.vintages],
    }


def value_data(found: s.ValueFile, cite: Citer) -> dict[str, Any]:
    """Return a distribution with its evidence as plain data."""
    sources = [cite(c) for c in found.sources]
    return {
        "distribution": packed(found.distribution.made()),
        "basis": found.basis,
        "period_end": None if found.period_end == "timeless" else found.period_end.isoformat(),
        "sources": sources,
        "read": max((x["accessed"] for x in sources if "accessed" in x), default=None),
        "note": found.note,
    }


def plain(found: BaseModel, cite: Citer) -> dict[str, Any]:
    """Return an entry of another file as plain data."""
    data = found.model_dump(mode="json")
    if cited := getattr(found, "sources", None):
        data["sources"] = [cite(c) for c in cited]
    return data


def _points(root: Path, data: dict[str, Any], problems: list[PackError]) -> None:
    """Add to each series its points."""
    series = {x["id"]: x for x in data["history"]}
    for x in series.values():
        x["points"] = []
    path = root / ESTIMATES.name / "history.csv"
    if not path.exists():
        return
    file = f"{ESTIMATES.name}/history.csv"
    for row in read_csv(path, name=file, required=HISTORY_COLUMNS):
        line = int(row["#"])
        try:
            of = series.get(row["series"])
            if of is None:
                message = f"series: {row['series']!r} is not declared in history.yaml{nearest(row['series'], series)}"
                raise ValueError(message)
            point = _point(row, of["period"])
            if any(p["period"] == point["period"] for p in of["points"]):
                message = f"{row['series']} {row['period']} stands twice"
                raise ValueError(message)
            of["points"].append(point)
        except ValueError as error:
            problems.append(PackError(str(error), file=file, line=line))


def _point(row: Mapping[str, str], period: str) -> dict[str, Any]:
    start, end = period_days(row["period"])
    kind = kind_of_period(row["period"])
    if period not in ("mixed", kind) and (period, kind) != ("quarter_end", "quarter"):
        message = f"period: {row['period']!r} is a {kind}, and the series is by {period}"
        raise ValueError(message)
    value, p05, p95 = (_cell(row, name) for name in ("value", "p05", "p95"))
    if value is None or (p05 is None) != (p95 is None):
        message = "value is needed, and p05 and p95 stand together"
        raise ValueError(message)
    if p05 is not None and p95 is not None and not p05 <= value <= p95:
        message = f"the range is inverted: p05 {p05:g}, value {value:g}, p95 {p95:g}"
        raise ValueError(message)
    flags = {}
    for name in ("complete", "scored"):
        if row[name] not in ("yes", "no"):
            message = f"{name}: should be 'yes' or 'no', not {row[name]!r}"
            raise ValueError(message)
        flags[name] = row[name] == "yes"
    return {
        "period": row["period"],
        "start": start.isoformat(),
        "end": end.isoformat(),
        "value": value,
        "p05": p05,
        "p95": p95,
        **flags,
        "note": row["note"],
    }


def _cell(row: Mapping[str, str], name: str) -> float | None:
    if not row[name]:
        return None
    try:
        value = float(row[name])
    except ValueError:
        message = f"{name}: {row[name]!r} is not a number"
        raise ValueError(message) from None
    if not 0 <= value < float("inf"):
        message = f"{name}: {row[name]} is below zero or not finite"
        raise ValueError(message)
    return value
