"""Taking copies of lists into the store: from files, or from their official addresses."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from thalweg.desk.list_answers import CopyTaken, ListImport, Outcome
from thalweg.desk.packs import Overlays, the_pack
from thalweg.evidence import BadInput, nearest, parse_date
from thalweg.nouns.listing import LIST_IDS, ListCopy

if TYPE_CHECKING:
    from thalweg.pack import Pack
    from thalweg.sources import Fetched, Lookups, Patience, Source
    from thalweg.store import Snapshot, Store

Where = str | Path | None
Progress = Callable[[str, int, int | None], None]
"""Told what is being done, how much is done, and of how much where that is known."""


def lookups(pack: Pack) -> Lookups:
    """Return what readers of lists look up in a pack: places by name, and the dates of notices."""
    from thalweg.sources import Lookups

    codes: dict[str, str] = {}
    for code, place in pack.places.items():
        for name in (*place.get("aliases", ()), place["name"], code):
            codes[_fold(name)] = code
    return Lookups(country=lambda name: codes.get(_fold(name)), notices=pack.notices, published=pack.notices_published)


def _fold(name: str) -> str:
    return " ".join(name.casefold().replace(".", "").split())


def import_lists(
    paths: str | Path | Sequence[str | Path],
    *,
    list_id: str | None = None,
    data_date: str | dt.date | None = None,
    store: Where = None,
    replace: bool = False,
    accept_size: bool = False,
    pack: str | Path | None = None,
    overlays: Overlays = (),
    now: dt.datetime | None = None,
    progress: Progress | None = None,
) -> ListImport:
    """Read list files into the store, each list of each file whole or not at all.

    Args:
        paths: one file or several; a file may hold several lists.
        list_id: take this list only.
        data_date: the day the files are of, where neither their content nor their name says so.
        store: a path or a URL; the store of the user if left out.
        replace: let a copy stand in the place of a different one of the same day.
        accept_size: take copies whatever their size.
        pack: a knowledge folder for names of places and dates of notices; the embedded pack if left out.
        overlays: laid over it in order.
        now: the instant to note as that of reading, with its time zone; the clock's if left out.
        progress: is told what is done, how many files are, and of how many.

    Raises:
        BadInput: if the only file cannot be read, or a list or day is not one.
        StoreError: if the store cannot be opened or written.
    """
    from thalweg.sources import read_lists
    from thalweg.store import open_store

    files = [Path(p) for p in ([paths] if isinstance(paths, (str, Path)) else paths)]
    day = None if data_date is None else parse_date(data_date, field="data_date")
    wanted = None if list_id is None else one_list(list_id)
    asked = lookups(the_pack(pack, overlays))
    tell = progress or _silent
    taken: list[CopyTaken] = []
    with open_store(store) as held:
        for number, file in enumerate(files):
            tell(f"reading {file.name}", number, len(files))
            try:
                copies = read_lists(file, asked, list_id=wanted, data_date=day)
            except BadInput as error:
                if len(files) == 1:
                    raise
                taken.append(CopyTaken(list=wanted or "", outcome="failed", file=file.name, note=str(error)))
                continue
            tell(f"storing {file.name}", number, len(files))
            taken += _take(held, copies, now=now, replace=replace, accept_size=accept_size, again=False)
            taken += _missing(held, copies) if wanted is None else []
            tell(f"stored {file.name}", number + 1, len(files))
        return ListImport(store=held.where, copies=tuple(taken))


def pull_lists(
    what: Iterable[str] = (),
    *,
    store: Where = None,
    folder: str | Path | None = None,
    replace: bool = False,
    accept_size: bool = False,
    pack: str | Path | None = None,
    overlays: Overlays = (),
    allow: Collection[str] = (),
    patience: Patience | None = None,
    now: dt.datetime | None = None,
    progress: Progress | None = None,
) -> ListImport:
    """Fetch lists from their official addresses into the store; what cannot be fetched is reported and keeps nothing else out.

    A list comes from its issuer where that has an address, else from the Consolidated Screening List. A later file of the same source
    and day stands in the place of the earlier one.

    Args:
        what: ids of lists, or of sources for all lists that a source holds; every list that has an address if left out.
        store: a path or a URL; the store of the user if left out.
        folder: where the files are kept, so that only what has changed is fetched again; the user's cache if left out.
        replace: let a copy stand in the place of one of another source for the same day.
        accept_size: take copies whatever their size.
        pack: a knowledge folder for names of places and dates of notices; the embedded pack if left out.
        overlays: laid over it in order.
        allow: hosts with their port that need not be public, as a mirror inside a firm.
        patience: how often and how long a download is tried.
        now: the instant to note as that of fetching, with its time zone; the clock's if left out.
        progress: is told what is fetched, the bytes so far, and of how many where the server says so.

    Raises:
        BadInput: if an id is neither a list nor a source, or has no address.
        StoreError: if the store cannot be opened or written.
    """
    from thalweg.sources import pull
    from thalweg.store import open_store

    plan = _plan(tuple(what))
    asked = lookups(the_pack(pack, overlays))
    home = Path(folder) if folder else _cache()
    tell = progress or _silent
    taken: list[CopyTaken] = []
    with open_store(store) as held:
        for sources_of, wanted in plan:
            name = ", ".join(s.id for s in sources_of)
            moment = now or dt.datetime.now(dt.UTC)
            try:
                fetched = pull(sources_of[0], home, allow=allow, patience=patience, progress=partial(tell, f"fetching {name}"))
                if _held(held, fetched, wanted):
                    taken += [CopyTaken(list=i, outcome="unchanged", source=name, file=fetched[0].path.name) for i in wanted]
                    continue
                tell(f"reading {name}", 0, None)
                copies = [c for f in fetched for c in _read_fetched(f, asked, moment.date()) if c.source in {s.id for s in sources_of}]
            except BadInput as error:
                taken.append(CopyTaken(list=", ".join(wanted), outcome="failed", source=name, note=str(error)))
                continue
            tell(f"storing {name}", 0, None)
            chosen = [c for c in copies if c.list in wanted]
            taken += _take(held, chosen, now=moment, replace=replace, accept_size=accept_size, again=True)
            taken += [m for m in _missing(held, copies) if m.list in wanted]
        return ListImport(store=held.where, copies=tuple(taken))


def source_ids() -> dict[str, str]:
    """Return the id and title of each source that has an address."""
    from thalweg.sources.catalogue import sources

    return {s.id: s.title for s in sources().values() if s.downloads}


def _plan(what: Sequence[str]) -> list[tuple[tuple[Source, ...], tuple[str, ...]]]:
    """Return the sources to fetch, those with the same files together, each with the lists to take from it."""
    from thalweg.sources.catalogue import sources

    wanted: dict[str, dict[str, None]] = {}
    for name in what or LIST_IDS:
        if name in sources():
            lists, source = tuple(sources()[name].lists), sources()[name]
        elif name in LIST_IDS:
            lists, source = (name,), _giver(name)
        else:
            known = tuple(dict.fromkeys((*LIST_IDS, *sources())))
            raise BadInput(f"{name!r} is neither a list nor a source; known are {', '.join(known)}{nearest(name, known)}")
        if source.downloads:
            wanted.setdefault(source.id, {}).update(dict.fromkeys(lists))
        elif what:
            raise BadInput(f"{name}: has no address to fetch from. {source.by_hand}")
    groups: dict[object, list[Source]] = {}
    for source_id in wanted:
        source = sources()[source_id]
        groups.setdefault((source.downloads, source.dated_by), []).append(source)
    return [(tuple(g), tuple(i for i in LIST_IDS if any(i in wanted[s.id] for s in g))) for g in groups.values()]


def _giver(list_id: str) -> Source:
    """Return the source that a list is fetched from: its issuer where that has an address, else one that gathers lists."""
    from thalweg.sources.catalogue import sources

    giving = [s for s in sources().values() if list_id in s.lists]
    return min(giving, key=lambda s: (not s.downloads, s.id == "csl"))


def _cache() -> Path:
    home = os.environ.get("XDG_CACHE_HOME", "")
    try:
        return (Path(home) if Path(home).is_absolute() else Path("~/.cache").expanduser()) / "thalweg" / "lists"
    except RuntimeError:
        raise BadInput("there is no home folder to keep files in; name one with --folder") from None


def _held(store: Store, fetched: Sequence[Fetched], wanted: Iterable[str]) -> bool:
    """Say whether nothing changed since the copies that the store holds of the lists wanted were read from these very files."""
    last = last_copies(store)
    files = {f.sha256 for f in fetched}
    return not any(f.changed for f in fetched) and all(i in last and last[i].sha256 in files for i in wanted)


def _read_fetched(fetched: Fetched, asked: Lookups, today: dt.date) -> tuple[ListCopy, ...]:
    """Read a file that was fetched; where neither it nor its name says of which day it is, the server does, else it is today's."""
    from thalweg.sources import read_lists

    day = fetched.modified_on or today
    with TemporaryDirectory(prefix="thalweg-") as scratch:
        folder = Path(scratch) / day.isoformat()  # a folder named for a day gives it to files that state none
        folder.mkdir()
        shutil.copyfile(fetched.path, folder / fetched.path.name)
        return read_lists(folder, asked)


def _take(
    store: Store, copies: Iterable[ListCopy], *, now: dt.datetime | None, replace: bool, accept_size: bool, again: bool
) -> list[CopyTaken]:
    """Load copies one by one; what is refused is reported and keeps nothing else out.

    With `again`, a copy stands in the place of one of the same source and day.
    """
    moment = now or dt.datetime.now(dt.UTC)
    taken: list[CopyTaken] = []
    for copy in copies:
        over = replace or (again and any(s.data_date == copy.data_date and s.source == copy.source for s in store.snapshots(copy.list)))
        taken.append(_take_one(store, copy, now=moment, replace=over, accept_size=accept_size))
    return taken


def _take_one(store: Store, copy: ListCopy, *, now: dt.datetime, replace: bool, accept_size: bool) -> CopyTaken:
    from thalweg.sources.catalogue import Implausible, check_band
    from thalweg.store import CopyRefused

    about: dict[str, Any] = {"list": copy.list, "data_date": copy.data_date.isoformat(), "rows": len(copy.entries)}
    about |= {"source": copy.source, "file": copy.file}
    try:
        if not accept_size:
            check_band(copy)
        done = store.load(copy, taken_at=now, replace=replace, accept_size=accept_size)
    except Implausible as error:
        return CopyTaken(**about, outcome="refused", note=f"{error}. If the list really has this size, say --accept-size")
    except CopyRefused as error:
        return CopyTaken(**about, outcome="refused", note=str(error))
    about |= {"rows": done.rows, "outcome": done.outcome, "added": done.added, "removed": done.removed, "changed": done.changed}
    return CopyTaken(**about, previous=done.previous.isoformat() if done.previous else None, note=done.note)


def _missing(store: Store, copies: Sequence[ListCopy]) -> list[CopyTaken]:
    """Return the lists of which a file has no row, though it should or the store has one from its source; the copies held stay."""
    from thalweg.sources.catalogue import missing_lists, sources

    last = last_copies(store)
    found: list[CopyTaken] = []
    for source in sorted({c.source for c in copies if c.source in sources() and sources()[c.source].one_file}):
        own = [c for c in copies if c.source == source]
        wanted = {text.partition(": ")[2] for text in missing_lists(own)}
        there = {c.list for c in own}
        for list_id in LIST_IDS:
            held = last.get(list_id)
            known = held is not None and held.source == source and list_id not in there
            if list_id in wanted or known:
                note = "the file has no row of this list"
                note += f"; the copy of {held.data_date} with {held.rows:,} rows stays" if held else ""
                previous = held.data_date.isoformat() if held else None
                outcome: Outcome = "missing" if list_id in wanted else "empty"
                found.append(CopyTaken(list=list_id, outcome=outcome, previous=previous, source=source, file=own[0].file, note=note))
    return found


def last_copies(store: Store) -> dict[str, Snapshot]:
    """Return the last copy of each list."""
    return {s.list: s for s in store.snapshots()}


def one_list(list_id: str) -> str:
    """Return the id of a list.

    Raises:
        BadInput: if it is not one.
    """
    if list_id not in LIST_IDS:
        raise BadInput(f"{list_id!r} is no list; the lists are {', '.join(LIST_IDS)}{nearest(list_id, LIST_IDS)}")
    return list_id


def _silent(_what: str, _done: int, _all: int | None) -> None:
    """Tell nobody."""
