"""Verbs of the watch that bring documents in: extract, import, pull, read again; and how fresh each source is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from thalweg.desk.watch_answers import Reread, SourcePulled, SourceState, Taken
from thalweg.evidence import BadInput, nearest, parse_date
from thalweg.store import Pull, open_store

if TYPE_CHECKING:
    from thalweg.desk.watch_rules import ReadRules
    from thalweg.nouns.news import Document
    from thalweg.pack import Pack
    from thalweg.sources.news import NewsSource
    from thalweg.store import Store, WatchRoom

Where = str | Path | None
Tell = Callable[[str], object]
BY_HAND: Final = "file"
_CLOCKS: Final = 0.1
"""Hours by which two clocks may differ without a word."""
_AT_ONCE: Final = 500
"""Documents that are taken in one transaction."""


def extract_file(path: str | Path, *, pack: str | Path | None = None, tell: Tell = str) -> list[dict[str, Any]]:
    """Return the events of a document in a file, each with the keys of the contract and the sentences that support it.

    `tell` is told, a line each, what was not read to its end.

    Raises:
        BadInput: if the file cannot be read.
    """
    from thalweg.watch.extract import extract, load_lexicon
    from thalweg.watch.labels import labels

    lexicon = load_lexicon(pack)
    return [labels(event) for document in _documents(path, tell) for event in extract(document, lexicon)]


def extract_file_by_model(
    path: str | Path, *, url: str | None = None, model: str | None = None, pack: str | Path | None = None
) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the events that a model reads in a file, and notes: what was dropped since the text does not hold it, and what was cut.

    Raises:
        BadInput: if the file cannot be read, no endpoint is named, or it does not answer.
    """
    from thalweg.desk.watch_model import extract_by_model
    from thalweg.watch.labels import labels

    found: list[dict[str, Any]] = []
    notes: list[str] = []
    for document in _documents(path, notes.append):
        events, dropped = extract_by_model(document, url=url, model=model, pack=pack)
        found += [labels(event) for event in events]
        notes += dropped
    return found, notes


def _documents(path: str | Path, tell: Tell) -> list[Document]:
    import sys

    from thalweg.sources.documents import MAX_BODY, read_document
    from thalweg.sources.documents.cut import cut_notes

    if str(path) == "-":
        if sys.stdin is None:
            raise BadInput("-: standard input is closed; name a file or send one in")
        found = read_document(sys.stdin.buffer.read(MAX_BODY + 1))
    else:
        found = read_document(Path(path))
    for note in cut_notes(found, str(path)):
        tell(note)
    return found


def import_files(
    paths: Sequence[str | Path],
    *,
    store: Where = None,
    rules: str | Path | None = None,
    pack: str | Path | None = None,
    now: dt.datetime | None = None,
) -> tuple[Taken, list[str]]:
    """Read documents from files and folders into the store; return what became of them, and which files could not be read.

    Raises:
        BadInput: if the rules cannot be read.
        StoreError: if the store cannot be opened or written.
    """
    from thalweg.desk.packs import the_pack
    from thalweg.desk.watch_take import take_documents
    from thalweg.sources.documents.cut import cut_notes

    moment = now or dt.datetime.now(dt.UTC)
    held = the_pack(pack)
    read = _rules(rules, held, moment)
    errors: list[str] = []
    found: list[Document] = []
    for path in paths:
        found += _read(Path(path), errors)
    notes = cut_notes(found)
    done: list[Taken] = []
    with open_store(store) as opened:
        for start in range(0, max(len(found), 1), _AT_ONCE):
            some = found[start : start + _AT_ONCE]
            done.append(take_documents(opened, some, pack=held, now=moment, rules=read, knowledge=pack, pull=Pull(BY_HAND, "", good=True)))
    whole = _together(done)
    return whole.model_copy(update={"problems": [*notes, *whole.problems]}), errors


def _read(path: Path, errors: list[str]) -> Iterator[Document]:
    from thalweg.sources.documents import read_document, read_folder

    if not path.is_dir():
        try:
            yield from read_document(path)
        except BadInput as error:
            errors.append(str(error))
        return
    for _, documents in read_folder(path):
        if isinstance(documents, BadInput):
            errors.append(str(documents))
        else:
            yield from documents


def _together(done: Sequence[Taken]) -> Taken:
    """Return several takings as one."""
    return Taken(
        documents=sum(t.documents for t in done),
        new=sum(t.new for t in done),
        changed=sum(t.changed for t in done),
        **{name: [x for t in done for x in getattr(t, name)] for name in ("events", "changed_events", "stale", "alerts", "problems")},
    )


def pull(
    sources: Sequence[str] = (),
    *,
    store: Where = None,
    folder: Path | None = None,
    since: str | None = None,
    rules: str | Path | None = None,
    allow: Sequence[str] = (),
    contact: str | None = None,
    own: str | Path | None = None,
    pack: str | Path | None = None,
    now: dt.datetime | None = None,
    tell: Tell = str,
) -> list[SourcePulled]:
    """Fetch sources and take their documents in; return what became of each. A source that fails does not hold up the others.

    Raises:
        BadInput: if there is no such source, or the rules or the day cannot be read.
        StoreError: if the store cannot be opened or written.
    """
    from thalweg.desk.packs import the_pack

    moment = now or dt.datetime.now(dt.UTC)
    held = the_pack(pack)
    first = parse_date(since, field="since") if since else None
    check_sources(sources, own)
    read = _rules(rules, held, moment)
    options: dict[str, Any] = {"folder": folder, "since": first, "allow": allow, "own": own, "now": moment} | (
        {"contact": contact} if contact else {}
    )
    with open_store(store) as opened:
        return list(pull_into(opened, held, sources, rules=read, knowledge=pack, tell=tell, **options))


def pull_into(
    store: Store,
    pack: Pack,
    sources: Sequence[str] = (),
    *,
    rules: ReadRules | None = None,
    knowledge: str | Path | None = None,
    now: dt.datetime,
    tell: Tell = str,
    **options: Any,
) -> Iterator[SourcePulled]:
    """Fetch sources into an open store, one after another; yield what became of each part that came."""
    from thalweg.desk.watch_pull import pull_documents
    from thalweg.desk.watch_take import take_documents
    from thalweg.sources.documents.cut import cut_notes

    def progress(text: object, *_: object) -> None:
        tell(str(text))

    for got in pull_documents(tuple(sources), store=store, now=now, progress=progress, **options):
        noted = Pull(got.source, "", good=got.ok, through=got.through, note=got.note)
        taken = take_documents(store, got.documents, pack=pack, now=now, rules=rules, pull=noted, knowledge=knowledge)
        for said in (*cut_notes(got.documents), *taken.problems):
            tell(said)
        yield SourcePulled(
            source=got.source,
            good=got.ok,
            through=got.through,
            note=got.note,
            documents=taken.documents,
            new=taken.new,
            changed=taken.changed,
            events=len(taken.events) + len(taken.changed_events),
            alerts=len(taken.alerts),
            stale=len(taken.stale),
        )


def read_again(*, store: Where = None, pack: str | Path | None = None, now: dt.datetime | None = None) -> list[Reread]:
    """Read the stored documents anew that an earlier version of the extractor read, and return what it reads otherwise.

    Raises:
        StoreError: if there is no store, or it cannot be written.
    """
    from thalweg.desk.packs import the_pack
    from thalweg.desk.watch_take import take_again

    with open_store(store, create=False) as opened:
        return take_again(opened, pack=the_pack(pack), now=now or dt.datetime.now(dt.UTC), knowledge=pack)


def read_raw_again(
    *,
    store: Where = None,
    folder: Path | None = None,
    own: str | Path | None = None,
    pack: str | Path | None = None,
    now: dt.datetime | None = None,
) -> tuple[list[dict[str, Any]], list[str]]:
    """Read fetched bytes anew that an earlier version of the readers read, take in what is read otherwise, and return the differences.

    Returns:
        A difference for each document (its id, the reader before, and the fields with what they were), and which bytes cannot be read.

    Raises:
        StoreError: if there is no store, or it cannot be written.
    """
    from thalweg.desk.packs import the_pack
    from thalweg.desk.watch_pull import reread_raw
    from thalweg.desk.watch_take import take_documents

    with open_store(store, create=False) as opened:
        found, errors = reread_raw(store=opened, folder=folder, own=own)
        documents = [r.document for r in found]
        moment = now or dt.datetime.now(dt.UTC)
        for start in range(0, len(documents), _AT_ONCE):
            take_documents(opened, documents[start : start + _AT_ONCE], pack=the_pack(pack), now=moment, knowledge=pack)
    return [{"document": r.document.id, "reader_before": r.reader_before, "differs": dict(r.differs)} for r in found], errors


def _rules(given: str | Path | None, pack: Pack, now: dt.datetime) -> ReadRules | None:
    from thalweg.desk.watch_rules import read_rules, rules_file

    path = rules_file(given)
    return read_rules(path, pack, now.date()) if path else None


# ---------------------------------------------------------------- status


def source_ids(own: str | Path | None = None) -> dict[str, str]:
    """Return the ids of the sources that can be pulled, each with its title."""
    from thalweg.desk.watch_pull import news_sources

    return {i: s.title for i, s in news_sources(own).items()}


def check_sources(names: Sequence[str], own: str | Path | None = None) -> None:
    """Refuse a source that there is not.

    Raises:
        BadInput: naming it, and those that there are.
    """
    known = source_ids(own)
    for name in names:
        if name not in known:
            raise BadInput(f"there is no source {name!r}{nearest(name, known)}; the sources are {', '.join(known)}")


def source_states(store: Where = None, *, own: str | Path | None = None, now: dt.datetime | None = None) -> list[SourceState]:
    """Return how fresh each source is; one that was never pulled says so.

    Raises:
        StoreError: if there is no store, or it cannot be read.
    """
    with open_store(store, create=False) as opened:
        return states_of(opened, now or dt.datetime.now(dt.UTC), own)


def states_of(
    store: Store, now: dt.datetime, own: str | Path | None = None, *, known: Mapping[str, NewsSource] | None = None
) -> list[SourceState]:
    """Return how fresh each source of an open store is, of those of a file or of those known; see :func:`source_states`."""
    with store.watch() as room:
        return states_in(room, now, own, known=known)


def states_in(
    room: WatchRoom, now: dt.datetime, own: str | Path | None = None, *, known: Mapping[str, NewsSource] | None = None
) -> list[SourceState]:
    """Return the same of a room that is open.

    Raises:
        BadInput: if the file of sources cannot be read.
    """
    from thalweg.desk.watch_pull import news_sources

    marks = {m.source: m for m in room.documents.watermarks()}
    sources = news_sources(own) if known is None else known
    found = []
    for identity in dict.fromkeys([*sources, *marks]):
        source, mark = sources.get(identity), marks.get(identity)
        limit = source.stale_after_hours if source else None
        since = (mark.fresh_at or mark.first_at) if mark else ""
        silence = _hours(since, now) if since else None
        note = mark.note if mark else ""
        if silence is not None and silence < -_CLOCKS:  # the clock ran ahead then; the silence is counted from now at the latest
            note = "; ".join(filter(None, (note, f"its last new document is noted at {since}, after now: look at the clock")))
        silence = None if silence is None else max(silence, 0.0)
        if mark is None:
            state = "never pulled"
        elif mark.failures:
            state = "failing"
        elif limit is not None and silence is not None and silence > limit:
            state = "silent"
        else:
            state = "fresh"
        found.append(
            SourceState(
                source=identity,
                title=source.title if source else "",
                state=state,
                pulled=mark.good_at if mark else "",
                through=mark.through if mark else "",
                last_new=mark.fresh_at if mark else "",
                silent_since=since,
                failures=mark.failures if mark else 0,
                silence_hours=None if silence is None else round(silence, 1),
                limit_hours=limit,
                cadence_minutes=source.cadence_minutes if source else None,
                expected_per_week=source.expected_per_week if source else None,
                note=note,
                pulled_by_default=source.default if source else False,
            )
        )
    return found


def _hours(since: str, now: dt.datetime) -> float:
    return (now - dt.datetime.fromisoformat(since)).total_seconds() / 3600
