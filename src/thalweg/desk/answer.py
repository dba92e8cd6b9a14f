"""Public verbs: each takes plain values, loads the pack with its overlays, and returns a frozen answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from thalweg.controls.decide import decide as decide_one
from thalweg.controls.decide import rulebook
from thalweg.controls.determination import Determination
from thalweg.controls.program import Rulebook
from thalweg.desk.packs import Overlays, the_pack
from thalweg.desk.staleness import noted
from thalweg.evidence import PackError, parse_date
from thalweg.pack import Pack

if TYPE_CHECKING:
    from thalweg.briefs import Briefing
    from thalweg.controls.model import Classification, Diff, Headroom, Timeline
    from thalweg.desk.gather import Gatherer


def _book(
    pack: str | Path | None, overlays: Overlays, parameters: Mapping[str, Any] | None = None, store: str | Path | None = None
) -> Rulebook:
    return rulebook(noted(the_pack(pack, overlays, parameters), store))


def check_options(
    *,
    pack: str | Path | None = None,
    overlays: Overlays = (),
    parameters: Mapping[str, Any] | None = None,
    known_on: str | dt.date | None = None,
    lists: Sequence[str | Path] = (),
    store: str | Path | None = None,
    holdings: str | Path | None = None,
) -> None:
    """Refuse options that no transaction could be decided with; see :func:`decide` for what they mean.

    Raises:
        PackError: if a file of the pack or of an overlay does not hold to its format.
        BadInput: if an overlay, a parameter or the day is not one, or a list or the holdings cannot be read.
        StoreError: if the store cannot be opened.
    """
    if known_on is not None:
        parse_date(known_on, field="known_on")
    book = _book(pack, overlays, parameters, store)
    if lists or store is not None or holdings is not None:
        opened(lists, store, holdings, book.pack)


def decide(
    transaction: Mapping[str, Any],
    *,
    pack: str | Path | None = None,
    overlays: Overlays = (),
    parameters: Mapping[str, Any] | None = None,
    known_on: str | dt.date | None = None,
    lists: Sequence[str | Path] = (),
    store: str | Path | None = None,
    holdings: str | Path | None = None,
) -> Determination:
    """Decide one transaction.

    Args:
        transaction: in the shape of a transaction (item, to, date and what else is known).
        pack: a knowledge folder; the embedded pack if left out.
        overlays: drafts by id, or overlay folders, laid in order.
        parameters: values for parameters that the overlays declare.
        known_on: leave out what was published after this day.
        lists: files or folders of lists that the parties are screened against; an entry that a party may be of leaves the answer open.
        store: a store of lists, by path or URL, whose copies for the day the parties are screened against.
        holdings: a file that says who owns how much of whom.

    Raises:
        BadInput: if the transaction cannot be read as it stands, or a file that it is gathered from.
        StoreError: if the store cannot be opened.
    """
    seen = None if known_on is None else parse_date(known_on, field="known_on")
    book = _book(pack, overlays, parameters, store)
    if not lists and store is None and holdings is None:
        return decide_one(book, transaction, known_on=seen)
    from thalweg.controls.reading import read_transaction

    read_transaction(transaction)  # what is wrong with it is said before anything is gathered
    found = opened(lists, store, holdings, book.pack).gather(book.pack, [transaction])
    return decide_one(found.over(book), found.transactions[0], known_on=seen)


_GATHERERS: dict[tuple[Any, ...], Gatherer] = {}


def opened(lists: Sequence[str | Path], store: str | Path | None, holdings: str | Path | None, pack: Pack) -> Gatherer:
    """Return what gathers from these sources; it is opened once, and keeps what it found.

    Raises:
        BadInput: if a file cannot be read.
        StoreError: if the store cannot be opened.
    """
    from thalweg.desk.gather import Gatherer
    from thalweg.desk.gathering import gatherer
    from thalweg.desk.screen import stamp

    key = (tuple(map(stamp, lists)), store and str(store), holdings and stamp(holdings), id(pack))
    found = _GATHERERS.get(key)
    if found is None:
        _GATHERERS.clear()
        found = _GATHERERS[key] = gatherer(lists=lists, store=store, holdings=holdings, pack=pack) or Gatherer()
    return found


def timeline(
    item: str | Mapping[str, Any],
    to: str,
    *,
    start: str | dt.date | None = None,
    end: str | dt.date | None = None,
    transaction: Mapping[str, Any] | None = None,
    pack: str | Path | None = None,
    overlays: Overlays = (),
    parameters: Mapping[str, Any] | None = None,
) -> Timeline:
    """Return the verdict on an item and destination over time, with the rules that turned it."""
    from thalweg.controls.timeline import timeline as over_time

    first = None if start is None else parse_date(start, field="start")
    last = None if end is None else parse_date(end, field="end")
    return over_time(_book(pack, overlays, parameters), item, to, start=first, end=last, transaction=transaction)


def headroom(
    item: str | Mapping[str, Any],
    to: str,
    date: str | dt.date,
    *,
    transaction: Mapping[str, Any] | None = None,
    pack: str | Path | None = None,
    overlays: Overlays = (),
    parameters: Mapping[str, Any] | None = None,
) -> Headroom:
    """Return how far an item is from each threshold, and the nearest single change that turns the verdict."""
    from thalweg.controls.headroom import headroom as measure

    return measure(_book(pack, overlays, parameters), item, to, parse_date(date), transaction=transaction)


def classify(
    item: str | Mapping[str, Any],
    date: str | dt.date,
    *,
    facts: Mapping[str, Any] | None = None,
    pack: str | Path | None = None,
    overlays: Overlays = (),
    parameters: Mapping[str, Any] | None = None,
) -> Classification:
    """Return the classes of an item on a day, with the measures they rest on."""
    from thalweg.controls.classify import classify as sort_out

    return sort_out(_book(pack, overlays, parameters), item, parse_date(date), facts=dict(facts or {}))


def diff(
    transactions: Iterable[Mapping[str, Any]],
    *,
    before: str | dt.date,
    after: str | dt.date | None = None,
    overlays: Overlays = (),
    parameters: Mapping[str, Any] | None = None,
    pack: str | Path | None = None,
) -> Diff:
    """Return what changes between two dates, or at one date when overlays are laid over the pack."""
    from thalweg.controls.diff import diff as compare

    first = parse_date(before, field="before")
    second = first if after is None else parse_date(after, field="after")
    return compare(_book(pack, ()), _book(pack, overlays, parameters), transactions, before_date=first, after_date=second)


def decide_many(
    frame: Any,
    *,
    pack: str | Path | None = None,
    overlays: Overlays = (),
    parameters: Mapping[str, Any] | None = None,
    known_on: str | dt.date | None = None,
) -> Any:
    """Decide a Polars frame of transactions, row for row; see the batch columns for what goes in and comes out."""
    from thalweg.controls.many import decide_many as decide_frame

    seen = None if known_on is None else parse_date(known_on, field="known_on")
    return decide_frame(_book(pack, overlays, parameters), frame, known_on=seen)


def decide_file(
    source: str | Path,
    sink: str | Path,
    *,
    progress: Callable[[int], None] | None = None,
    pack: str | Path | None = None,
    overlays: Overlays = (),
    parameters: Mapping[str, Any] | None = None,
    known_on: str | dt.date | None = None,
) -> tuple[int, int]:
    """Decide a Parquet or CSV file into a Parquet file; return the number of rows and how many were refused."""
    from thalweg.controls.many import decide_file as decide_rows

    seen = None if known_on is None else parse_date(known_on, field="known_on")
    return decide_rows(_book(pack, overlays, parameters), source, sink, known_on=seen, progress=progress)


def brief(
    portfolio: str | Path,
    *,
    date: str | dt.date | None = None,
    since: str | dt.date | None = None,
    overlays: Overlays = (),
    pack: str | Path | None = None,
    lists: Sequence[str | Path] = (),
    store: str | Path | None = None,
    holdings: str | Path | None = None,
    policies: Sequence[str | Path] | None = None,
    runs: int = 2000,
    seed: int | None = None,
    news: str | Path | None = None,
) -> Briefing:
    """Brief a portfolio.

    Args:
        portfolio: a TOML file, a folder of CSV files, or a workbook.
        date: the day of the verdicts; today if left out.
        since: the start of the window of changes; a year before ``date`` if left out.
        overlays: drafts by id, or overlay folders, laid after those of the portfolio.
        pack: a knowledge folder; the embedded pack if left out.
        lists: files or folders of lists that the customers are screened against.
        store: a store of lists, by path or URL, whose copies for each day the customers are screened against.
        holdings: a file that says who owns how much of whom.
        policies: by id or path; what each would mean for the portfolio is simulated, the others held against the first.
        runs: how many draws of the estimates, where policies are named.
        seed: of the draws; one is chosen, and stands in the answer, if left out.
        news: a store of the watch, by path or URL, for what happened and what it means.

    Raises:
        BadInput: if the portfolio, an overlay, a list, a policy or the holdings cannot be read, or the dates do not fit.
        StoreError: if the store cannot be opened.
    """
    from thalweg.desk.briefing import briefed

    asked = None if policies is None else {"policies": policies, "runs": runs, "seed": seed, "root": pack}
    day = dt.date.today() if date is None else parse_date(date)  # noqa: DTZ011  (the user's own calendar day)
    start = None if since is None else parse_date(since, field="since")
    held = noted(the_pack(pack), store if news is None else news)
    gathered = opened(lists, store, holdings, held) if lists or store is not None or holdings is not None else None
    return briefed(portfolio, pack=held, date=day, since=start, overlays=overlays, gatherer=gathered, policies=asked, news=news)


def validate(folder: str | Path | None = None) -> list[PackError]:
    """Return every problem of a knowledge folder, its policies among them, each with file and line."""
    from thalweg.desk.policies import policy_problems
    from thalweg.pack.check import validate as check
    from thalweg.pack.load import EMBEDDED

    root = Path(folder) if folder else EMBEDDED
    return [*check(root)[1], *policy_problems(root)]
