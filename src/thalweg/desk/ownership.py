"""Questions of ownership: a graph, a file of graphs, a table of holdings or a register in, the status of every owned party out."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from thalweg.desk.packs import Overlays, the_pack
from thalweg.evidence import BadInput, parse_date
from thalweg.nouns.ownership import ListedAs, OwnedParty, OwnershipEdge, OwnershipGraph
from thalweg.pack import Pack
from thalweg.parties.ownership import OwnershipStatus
from thalweg.parties.ownership import attribute_ownership as attribute
from thalweg.parties.ownership.regime import place_code, regime_of
from thalweg.sources import ownership as forms

if TYPE_CHECKING:
    import polars as pl

    from thalweg.nouns.ownership import EdgeTable
    from thalweg.parties.ownership.many import Attributed

Listed = Mapping[str, tuple[ListedAs, ...]]
MOST_PIPED: Final = 1 << 31


def attribute_ownership(
    graph: Mapping[str, Any],
    *,
    regime: str | None = None,
    date: str | dt.date | None = None,
    pack: str | Path | None = None,
    overlays: Overlays = (),
) -> OwnershipStatus:
    """Say who is covered by a rule because of who owns it.

    Args:
        graph: an object with `owns`, and `listed` and `parties` where they are known, in the shape of an ownership graph.
        regime: the rule, such as bis_affiliates or ofac_50; that of the graph if left out.
        date: the day; that of the graph if left out.
        pack: a knowledge folder; the embedded pack if left out.
        overlays: drafts by id, or overlay folders, laid in order.

    Raises:
        BadInput: the graph cannot be read, or neither it nor the call names the regime and the day.
    """
    asked = forms.asked(graph)
    name, day = regime or asked.regime, asked.date if date is None else parse_date(date)
    found = the_pack(pack, overlays)
    if name is None:
        raise BadInput(f"regime: is missing; name one of {', '.join(found.ownership)}")
    if day is None:
        raise BadInput("date: is missing; write it as YYYY-MM-DD")
    return attribute(_placed(asked.graph, found), regime_of(found, name), day, found)


def attribute_edges(
    edges: str | Path | pl.DataFrame,
    *,
    regime: str,
    date: str | dt.date,
    listed: Mapping[str, Sequence[Any]],
    pack: str | Path | None = None,
    overlays: Overlays = (),
) -> pl.DataFrame:
    """Say who is covered in a table of holdings: a CSV or Parquet file, or a Polars frame, with the columns owner, owned and share.

    Returns:
        A row for each owned party: status, what listed and covered owners hold of it, chains, what it inherits, red flags.

    Raises:
        BadInput: the table cannot be read, or a row of it.
    """
    from thalweg.sources.ownership.tables import read_table, table_of

    found = the_pack(pack, overlays)
    if isinstance(edges, str | Path):
        with Path(edges).open("rb") as source:
            head, whole = forms.begun(source)
            table = read_table(whole if whole.seekable() else _held(whole), forms.kind_of(head))
    else:
        table = table_of(edges)
    if table.problems:
        line, fault = table.problems[0]
        raise BadInput(f"line {line}: {fault}")
    question = Question(found, [regime], parse_date(date), forms.listed_from(listed))
    return next(question.in_table(table)).frame()


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of one graph, or one line: an answer, or what was wrong. ``number`` is the line, or the place in a list."""

    number: int
    id: str | None = None
    answer: OwnershipStatus | None = None
    table: Attributed | None = None
    graph: OwnershipGraph | None = None
    error: str = ""


@dataclass(frozen=True)
class Question:
    """What is asked of a file: regimes, a day where the file's own does not count, and what stands in files beside it."""

    pack: Pack
    regimes: Sequence[str]
    date: dt.date | None
    listed: Listed = field(default_factory=dict)
    known: Mapping[str, OwnedParty] = field(default_factory=dict)
    today: dt.date = field(default_factory=dt.date.today)

    def of(self, source: IO[bytes]) -> Iterator[Answered]:
        """Answer a file, told by its content, graph by graph.

        Raises:
            BadInput: the file as a whole cannot be read, or it needs listings that were not given.
        """
        head, source = forms.begun(source)
        kind = forms.kind_of(head)
        if kind == "contract":
            yield from self._lines(source)
        elif kind in ("csv", "parquet"):
            yield from self._table(source, kind)
        elif kind in ("gleif", "bods", "ftm"):
            graph = self._known(forms.read_graph(source, kind))
            self._needs_listings()
            yield from self._graph(1, self._with_listings(graph), self.regimes or list(self.pack.ownership), self.date or self.today)
        else:
            what = {"gleif-entities": "names entities", "gleif-exceptions": "says why parents are not reported"}[kind]
            raise BadInput(f"{what} and has no holdings; give a file of relationship records, and names with --parties")

    def in_table(self, table: EdgeTable) -> Iterator[Attributed]:
        """Attribute a table under each regime; see :func:`thalweg.parties.ownership.many.attribute_table`."""
        from thalweg.parties.ownership.many import attribute_table

        table = replace(table, parties=_coded({**table.parties, **self.known}, self.pack, strict=True))
        for name in self.regimes or list(self.pack.ownership):
            yield attribute_table(table, self.listed, regime_of(self.pack, name), self.date or self.today, self.pack)

    def _lines(self, source: IO[bytes]) -> Iterator[Answered]:
        for record in forms.records(source):
            if record.error:
                yield Answered(record.number, error=record.error)
                continue
            identity = record.data.get("id") if isinstance(record.data, dict) else None
            identity = identity if isinstance(identity, str) else None
            try:
                asked = forms.asked(record.data)
                regimes = self.regimes or ([asked.regime] if asked.regime else list(self.pack.ownership))
                day = self.date or asked.date or self.today
                graph = self._with_listings(self._known(asked.graph))
                yield from list(self._graph(record.number, graph, regimes, day))
            except BadInput as error:
                yield Answered(record.number, identity, error=str(error))

    def _graph(self, number: int, graph: OwnershipGraph, regimes: Sequence[str], date: dt.date) -> Iterator[Answered]:
        placed = _placed(graph, self.pack)
        for name in regimes:
            answer = attribute(placed, regime_of(self.pack, name), date, self.pack)
            yield Answered(number, graph.id, answer, graph=placed)

    def _table(self, source: IO[bytes], kind: str) -> Iterator[Answered]:
        from thalweg.parties.ownership.arrays import fits
        from thalweg.sources.ownership.tables import TooFine, read_rows, read_table

        if not source.seekable():
            source = _held(source)
        try:
            table: EdgeTable | None = read_table(source, kind)
        except TooFine:
            table = None
        self._needs_listings()
        if table is not None and fits(table):
            yield from (Answered(line, error=fault) for line, fault in table.problems)
            yield from (Answered(0, table=found) for found in self.in_table(table))
            return
        source.seek(0)
        graph, problems = read_rows(source, kind)
        yield from (Answered(line, error=fault) for line, fault in problems)
        graph = self._with_listings(self._known(graph))
        yield from self._graph(0, graph, self.regimes or list(self.pack.ownership), self.date or self.today)

    def _needs_listings(self) -> None:
        if not self.listed:
            raise BadInput("says who owns whom and not who is listed; give the listings with --listed FILE")

    def _with_listings(self, graph: OwnershipGraph) -> OwnershipGraph:
        """Add the listings that stand in a file of their own, under the names that the graph uses."""
        if not self.listed:
            return graph
        listed = dict(graph.listed)
        for name, entries in self.listed.items():
            called = graph.ids.get(name, name)
            listed[called] = (*listed.get(called, ()), *entries)
        return replace(graph, listed=listed)

    def _known(self, graph: OwnershipGraph) -> OwnershipGraph:
        """Call parties by the names that stand in a file of their own, and add their countries."""
        if not self.known:
            return graph
        called, parties = {}, dict(graph.parties)
        for party in dict.fromkeys(n for e in graph.edges for n in (e.owner, e.owned)):
            if (known := self.known.get(party)) is None:
                continue
            before = parties.pop(party, OwnedParty())
            called[party] = f"{known.name} ({party})" if known.name and not before.name else party
            parties[called[party]] = OwnedParty(known.country or before.country, before.name or known.name)
        edges = (OwnershipEdge(called.get(e.owner, e.owner), called.get(e.owned, e.owned), e.share, e.start, e.end) for e in graph.edges)
        listed = {called.get(name, name): entries for name, entries in graph.listed.items()}
        return replace(graph, edges=tuple(edges), listed=listed, parties=parties, ids={**graph.ids, **called})


def one_graph(source: IO[bytes], pack: Pack) -> OwnershipGraph:
    """Read a file that holds one graph: an object, a table of holdings, or a register.

    Raises:
        BadInput: the file or a row of it cannot be read, or it holds no graph or several.
    """
    head, source = forms.begun(source)
    kind = forms.kind_of(head)
    if kind == "contract":
        records = list(forms.records(source))
        if len(records) != 1:
            raise BadInput(f"holds {len(records)} graphs; give a file with one")
        if records[0].error:
            raise BadInput(f"line {records[0].number}: {records[0].error}")
        return _placed(forms.asked(records[0].data).graph, pack)
    if kind in ("csv", "parquet"):
        from thalweg.sources.ownership.tables import read_rows

        graph, problems = read_rows(source if source.seekable() else _held(source), kind)
        if problems:
            raise BadInput(f"line {problems[0][0]}: {problems[0][1]}")
        return _placed(graph, pack)
    if kind in ("gleif", "bods", "ftm"):
        return _placed(forms.read_graph(source, kind), pack)
    raise BadInput("has no holdings; give a file that says who owns how much of whom")


def question(
    *,
    regimes: Sequence[str] = (),
    date: str | dt.date | None = None,
    listed: Path | None = None,
    known: Path | None = None,
    pack: str | Path | None = None,
    overlays: Overlays = (),
) -> Question:
    """Gather what is asked of a file.

    Raises:
        BadInput: a regime, the day, or a file beside it is not one.
        PackError: a file of the pack or of an overlay does not hold to its format.
    """
    found = the_pack(pack, overlays)
    for name in regimes:
        regime_of(found, name)
    return Question(
        found,
        list(dict.fromkeys(regimes)),
        None if date is None else parse_date(date),
        _beside(listed, forms.read_listed) if listed else {},
        _beside(known, forms.read_known) if known else {},
    )


def _beside(path: Path, read: Any) -> Any:
    try:
        with path.open("rb") as source:
            return read(source)
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror or error}") from None
    except BadInput as error:
        raise BadInput(f"{path}: {error}") from None


def _placed(graph: OwnershipGraph, pack: Pack) -> OwnershipGraph:
    """Return a graph whose countries are codes; of a register's, one that is none is left open."""
    return replace(graph, parties=_coded(graph.parties, pack, strict=not graph.notes))


def _coded(parties: Mapping[str, OwnedParty], pack: Pack, *, strict: bool) -> dict[str, OwnedParty]:
    codes: dict[str, str] = {}
    for country in {p.country for p in parties.values()}:
        try:
            codes[country] = place_code(country, pack.places)
        except BadInput:
            if strict:
                party = next(n for n, p in parties.items() if p.country == country)
                raise BadInput(f"parties.{party}.country: {country[:60]!r} is not a place; write its code, such as CN") from None
            codes[country] = ""
    return {name: OwnedParty(codes[p.country], p.name) for name, p in parties.items()}


def _held(source: IO[bytes]) -> IO[bytes]:
    """Read a pipe to its end, as tables are looked at more than once."""
    held = source.read(MOST_PIPED + 1)
    if len(held) > MOST_PIPED:
        raise BadInput(f"sends more than {MOST_PIPED:,} bytes; give the table as a file")
    return io.BytesIO(held)


def draw(answered: Sequence[Answered], path: Path, pack: Pack) -> None:
    """Draw answers to an SVG file, which shows one, or an HTML page.

    Raises:
        BadInput: the file is of another kind, cannot be written, or an SVG would have to show more than one answer, or none.
    """
    from thalweg.pack.files import write_atomically
    from thalweg.parties.ownership.picture import page, svg

    kind = path.suffix.lower()
    drawn = [(svg(*found, title=title), found[1]) for title, found in (_drawing(a, pack) for a in answered if not a.error)]
    if kind not in (".svg", ".html") or not drawn or (kind == ".svg" and len(drawn) > 1):
        reason = (
            "name it .svg or .html" if kind not in (".svg", ".html") else "an SVG shows one graph; name it .html" if drawn else "no graph"
        )
        raise BadInput(f"{path}: {reason}")
    text = drawn[0][0] if kind == ".svg" else page(drawn)
    try:
        write_atomically(path, text.encode())
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror or error}") from None


def _drawing(answered: Answered, pack: Pack) -> tuple[str, tuple[Any, OwnershipStatus]]:
    from thalweg.parties.ownership.case import counted
    from thalweg.parties.ownership.picture import Line, scene

    if answered.table is not None:
        case, answer = answered.table.case, answered.table.answer()
        lines = [Line(*holding) for holding in answered.table.holdings()]
        listed = {n: [e.code for e in entries] for n, entries in case.entries.items()}
    else:
        assert answered.answer is not None  # noqa: S101  (what is no error is an answer)
        assert answered.graph is not None  # noqa: S101  (likewise)
        answer = answered.answer
        day = parse_date(answer.as_of)
        lines = [Line(e.owner, e.owned, str(e.share)) for e in answered.graph.edges if e.owner != e.owned and _stands(e, day)]
        entries = counted(regime_of(pack, answer.regime), answered.graph.listed, day).entries
        listed = {n: [e.code for e in found] for n, found in entries.items()}
    return answered.id or "Ownership", (scene(answer, lines, listed), answer)


def _stands(edge: OwnershipEdge, date: dt.date) -> bool:
    return (edge.start is None or edge.start <= date) and (edge.end is None or date < edge.end)
