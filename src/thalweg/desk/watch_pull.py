"""Pull documents from their sources: several at once, each at its own pace, what fails said and never taken for silence."""

from __future__ import annotations

import datetime as dt
import os
import queue
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from thalweg.evidence import BadInput, nearest

if TYPE_CHECKING:
    from thalweg.nouns.news import Document
    from thalweg.sources import Patience
    from thalweg.sources.archive import Archive
    from thalweg.sources.caller import Pace
    from thalweg.sources.news import NewsSource
    from thalweg.store import Store

FIRST_REACH: Final = dt.timedelta(days=30)
"""How far back a source is read that was never pulled."""
OVERLAP: Final = dt.timedelta(days=7)
"""Days before the watermark that are read again: corrections and late entries carry earlier days."""
AT_ONCE: Final = 4
_ENV: Final = "THALWEG_SOURCES"
_WAITING: Final = 8
_READ: Final = ("title", "text", "published", "publisher", "language", "cut")
"""What a reader takes from bytes."""

Tell = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Pulled:
    """What one part of a source gave; `ok` is False where it could not be read, and `note` then says why.

    `through` is the day that the source is read through once the documents are stored. `fresh` says that the source had something new,
    as far as it can be told without the store.
    """

    source: str
    ok: bool
    documents: tuple[Document, ...]
    through: str
    note: str
    fresh: bool = False


def sources_file(given: str | Path | None = None) -> Path | None:
    """Return the file of the user's own sources: the one given, that of THALWEG_SOURCES, or `thalweg/sources.yaml` among their settings.

    Raises:
        BadInput: if one is named and is not there.
    """
    named = given or os.environ.get(_ENV)
    if named:
        path = Path(named)
        if not path.is_file():
            raise BadInput(f"{path}: there is no such file of sources")
        return path
    home = os.environ.get("XDG_CONFIG_HOME", "")
    with suppress(RuntimeError):
        path = (Path(home) if Path(home).is_absolute() else Path("~/.config").expanduser()) / "thalweg" / "sources.yaml"
        return path if path.is_file() else None
    return None


def news_sources(own: str | Path | None = None) -> Mapping[str, NewsSource]:
    """Return every source by id with its title, cadence, expected volume, terms and limit of staleness: shipped ones, and the user's own.

    Raises:
        BadInput: with the file, the source and the key that does not hold to the form.
    """
    from thalweg.sources.news import news_sources as known

    return known(sources_file(own))


def raw_folder(store: Store) -> Path:
    """Return where raw bytes are kept: beside the file of the store, or in the user's data directory where that is on a server."""
    from thalweg.store import location

    place = Path(store.where) if "://" not in store.where else location(None)
    return (place if isinstance(place, Path) else Path("~/.local/share/thalweg/store.db").expanduser()).parent / "fetched"


def pull_documents(
    sources: Sequence[str] = (),
    *,
    store: Store,
    folder: Path | None = None,
    since: dt.date | None = None,
    own: str | Path | None = None,
    known: Mapping[str, NewsSource] | None = None,
    allow: Collection[str] = (),
    contact: str = "",
    patience: Patience | None = None,
    now: dt.datetime,
    progress: Tell | None = None,
) -> Iterator[Pulled]:
    """Yield what sources give, a part at a time; a source that cannot be read is a part that says so, and holds up no other.

    Args:
        sources: their ids; every source that is on by default if left out, and all of the user's own.
        store: the open store, read for the watermarks and for the changes of lists.
        folder: where raw bytes are kept; beside the store if left out.
        since: the first day to read; a week before the watermark if left out, or a month ago for a source that was never pulled.
        own: a file of the user's own sources; see :func:`sources_file`.
        known: the sources as they were read before, in place of that file.
        allow: hosts with their port that need not be public, as a mirror inside a firm.
        contact: an organization and an address of mail to ask with.
        patience: how often and how long a request is tried.
        now: the instant, with its time zone.
        progress: is told what is pulled.

    Raises:
        BadInput: if there is no such source, or the file of sources cannot be read.
    """
    from thalweg.sources.archive import Archive
    from thalweg.sources.caller import Pace

    known = news_sources(own) if known is None else known
    chosen = [_one(name, known) for name in dict.fromkeys(sources)] or [s for s in known.values() if s.default]
    with store.watch() as room:
        through = {m.source: m.through for m in room.documents.watermarks()}
    tell: Tell = progress or str
    archive = Archive(folder or raw_folder(store))
    jobs = [(s, since or _since(through.get(s.id, ""), now.date())) for s in chosen]
    for source, first in jobs:
        if source.client == "list_changes":
            yield from _list_changes(source, store, first, now)
    web = [(s, first) for s, first in jobs if s.client != "list_changes"]
    yield from _together(web, _Way(archive, frozenset(allow), contact, patience, Pace(AT_ONCE), now, tell))


@dataclass(frozen=True, slots=True)
class Reread:
    """A document that the readers of today read otherwise out of the same bytes; `differs` names the fields, with what they were."""

    document: Document
    reader_before: str
    differs: Mapping[str, str]


def reread_raw(
    *, store: Store, folder: Path | None = None, own: str | Path | None = None, sources: Sequence[str] = ()
) -> tuple[list[Reread], list[str]]:
    """Read the raw bytes again that earlier versions of the readers read, and return where they read otherwise, and what cannot be read.

    Nothing is fetched and nothing is stored: the documents returned are to be taken in like any others.

    Raises:
        BadInput: if there is no such source.
    """
    from thalweg.sources.archive import Archive
    from thalweg.sources.news import read_again

    known = news_sources(own)
    archive = Archive(folder or raw_folder(store))
    found: dict[str, Document] = {}
    errors: list[str] = []
    for source in [_one(name, known) for name in sources] or known.values():
        for read in read_again(source, archive):
            if isinstance(read, BadInput):
                errors.append(str(read))
            else:
                found[read.id] = read
    with store.watch() as room:
        before = {d.id: d for d in room.documents.newest(list(found))}
    made: list[Reread] = []
    for identity, document in found.items():
        was = before.get(identity)
        if was is None or was.reader == document.reader or was.sha256 != document.sha256:
            continue
        differs = {name: str(getattr(was, name) or "") for name in _READ if getattr(was, name) != getattr(document, name)}
        if differs:
            made.append(Reread(document, was.reader, differs))
    return made, errors


def _one(name: str, known: Mapping[str, NewsSource]) -> NewsSource:
    if name not in known:
        raise BadInput(f"there is no source {name!r}{nearest(name, known)}; the sources are {', '.join(known)}")
    return known[name]


def _since(through: str, today: dt.date) -> dt.date:
    try:
        return min(dt.date.fromisoformat(through[:10]), today) - OVERLAP
    except ValueError:
        return today - FIRST_REACH


@dataclass(frozen=True, slots=True)
class _Way:
    """What all pulls of one call share."""

    archive: Archive
    allow: frozenset[str]
    contact: str
    patience: Patience | None
    pace: Pace
    now: dt.datetime
    tell: Tell


def _together(jobs: Sequence[tuple[NewsSource, dt.date]], way: _Way) -> Iterator[Pulled]:
    """Pull sources at once and yield their parts as they come; ends what is left when the reader of the parts goes away."""
    parts: queue.Queue[Pulled | None] = queue.Queue(_WAITING)
    waiting: queue.SimpleQueue[tuple[NewsSource, dt.date]] = queue.SimpleQueue()
    for job in jobs:
        waiting.put(job)
    stop = threading.Event()

    def give(part: Pulled | None) -> None:
        while not stop.is_set():
            with suppress(queue.Full):
                parts.put(part, timeout=0.2)
                return

    def work() -> None:
        while not stop.is_set():
            try:
                source, first = waiting.get_nowait()
            except queue.Empty:
                break
            for part in _parts(source, first, way):
                give(part)
                if stop.is_set():
                    break
        give(None)

    threads = [threading.Thread(target=work, name=f"pull-{n}", daemon=True) for n in range(min(AT_ONCE, len(jobs)))]
    for thread in threads:
        thread.start()
    left = len(threads)
    try:
        while left:
            part = parts.get()
            if part is None:
                left -= 1
            else:
                yield part
    finally:
        stop.set()


def _parts(source: NewsSource, first: dt.date, way: _Way) -> Iterator[Pulled]:
    """Yield the parts of one source; whatever goes wrong is a part that says so."""
    from thalweg.sources.caller import Caller
    from thalweg.sources.news import pull

    way.tell(f"pulling {source.id}")
    count = 0
    held: Pulled | None = None
    try:
        caller = Caller(
            source.id,
            archive=way.archive,
            allow=way.allow,
            contact=way.contact,
            patience=way.patience,
            pause=source.pause,
            pace=way.pace,
            clock=lambda: way.now,
        )
        with caller:
            for batch in pull(source, first, caller, until=way.now.date()):
                count += len(batch.documents)
                today = way.now.date()
                note = "; ".join(filter(None, (batch.note, _volume(source, count, first, today), _ahead(batch.documents, today))))
                if held is not None:
                    yield held
                held = Pulled(source.id, True, batch.documents, batch.through, note, batch.fresh)
        if held is not None:  # only with the last part it is known how many there were
            yield replace(held, note="; ".join(filter(None, (held.note, _few(source, count, first, way.now.date())))))
    except BadInput as error:
        if held is not None:
            yield held
        yield Pulled(source.id, False, (), "", str(error))
    except Exception as error:  # noqa: BLE001  (an answer of another form than any that is known ends one source, not the others)
        if held is not None:
            yield held
        said = " ".join((str(error) or "no reason given").split())[:200]
        yield Pulled(source.id, False, (), "", f"{source.id}: its answer could not be understood ({type(error).__name__}: {said})")


def _volume(source: NewsSource, count: int, first: dt.date, today: dt.date) -> str:
    """Say that a source gave more documents than weeks of it have."""
    weeks = max((today - first).days, 1) / 7
    if source.volume is None or weeks < 1:
        return ""
    if count > source.volume.max * max(weeks, 1):
        return f"{count:,} documents in {weeks:.1f} weeks; at most {source.volume.max:,} a week are expected"
    return ""


def _few(source: NewsSource, count: int, first: dt.date, today: dt.date) -> str:
    """Say that a source gave fewer documents than weeks of it have."""
    weeks = (today - first).days / 7
    if source.volume is None or weeks < 1 or count >= source.volume.min * int(weeks):
        return ""
    gave = f"{count:,} document{'s' * (count != 1)} in {weeks:.1f} weeks"
    return f"{gave}; at least {source.volume.min:,} a week are expected: some may be missing"


def _ahead(documents: Sequence[Document], today: dt.date) -> str:
    """Say that documents are dated after tomorrow: such a day is an error of the source, or a day of issue that is announced."""
    days = sorted(d.published for d in documents if d.published and d.published > today + dt.timedelta(1) and d.kind != "official")
    if not days:
        return ""
    return f"documents dated after today: {len(days):,}, the last on {days[-1]}; they are told by the day of reading"


def _list_changes(source: NewsSource, store: Store, first: dt.date, now: dt.datetime) -> Iterator[Pulled]:
    from thalweg.desk.watch_lists import changes_since
    from thalweg.evidence import ThalwegError

    try:
        documents, through = changes_since(store, first, now)
    except ThalwegError as error:
        yield Pulled(source.id, False, (), "", str(error))
        return
    if not through:
        yield Pulled(source.id, False, (), "", "the store holds no list; run `thalweg lists pull` first")
        return
    yield Pulled(source.id, True, documents, through, "", bool(documents))
