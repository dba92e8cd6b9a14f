"""Time the watch: `python -m benchmarks.watch [EVENTS] [URL]`.

Fills a store with events of five years (100,000 if left out), as documents of made-up firms and places tell them, then asks for the digest
of a portfolio, its calendar, and what the alert rules would raise; and times taking documents in. A store in a new file, or in an empty
database of PostgreSQL at URL. The shape of the events is that of the labeled items: type, measure, one to three parties, items, countries.
"""

from __future__ import annotations

import datetime as dt
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from thalweg.desk.packs import the_pack
from thalweg.desk.watch_calendar import entries
from thalweg.desk.watch_digest import digest
from thalweg.desk.watch_pack import indexed
from thalweg.desk.watch_take import _linked, take_documents
from thalweg.nouns.fused import Account
from thalweg.nouns.news import Actor, Amount, Document, Event, EventCountries, EventItem
from thalweg.store import Pull, open_store
from thalweg.store.tables import pulls
from thalweg.watch.fuse import fuse

PORTFOLIO = Path(__file__).resolve().parents[1] / "examples" / "gpu-designer" / "portfolio.toml"
TODAY = dt.date(2026, 11, 27)
DAYS = 5 * 365
KINDS = (
    ("regulation", "export_control_rule", "official_final", "in_force"),
    ("regulation", "licence_requirement", "official_announced", "announced"),
    ("listing", "entity_listing", "official_final", "in_force"),
    ("licence", "licence_approval", "reported_anonymous", "pending"),
    ("enforcement", "enforcement_criminal", "alleged_charged", "pending"),
    ("corporate_disclosure", "market_report", "company_claim", "in_force"),
    ("diversion_report", "market_report", "analyst_estimate", "pending"),
    ("supply_deal", "supply_deal", "company_claim", "announced"),
)


class Times:
    """What was timed, by what it is; each is printed as it ends, if asked for."""

    def __init__(self, *, tell: bool = True) -> None:
        self.tell = tell
        self.of: dict[str, float] = {}

    @contextmanager
    def __call__(self, what: str) -> Iterator[None]:
        """Time what is done within."""
        start = time.perf_counter()
        yield
        self.of[what] = time.perf_counter() - start
        self.said(f"{what:66} {self.of[what]:8.3f} s")

    def said(self, line: str) -> None:
        """Print a line, if asked for."""
        if self.tell:
            print(line)


def accounts(count: int, seed: int = 7) -> Iterator[Account]:
    """Yield accounts of made-up events, each of its own."""
    draw = random.Random(seed)  # noqa: S311  (the same events each time)
    pack = the_pack()
    chips = [row["name"] for row in pack.hardware["chips"]]
    places = [code for code in pack.places if len(code) == 2]
    for n in range(count):
        kind, measure, certainty, status = draw.choice(KINDS)
        day = TODAY - dt.timedelta(draw.randrange(DAYS))
        chip = draw.choice(chips)
        aim = draw.choice(["CN", "CN", "CN", "RU", "AE", "MY", "SG", "VN", draw.choice(places)])
        actors = tuple(Actor(f"Example Trading {draw.randrange(40_000)} Ltd", "target") for _ in range(draw.randrange(1, 4)))
        said = f"Item {n}: a measure on {chip} for {aim} was reported on {day}."
        event = Event(
            key=f"b{n}",
            document=f"bench:{n}",
            headline=f"Measure {n} on {chip} and {actors[0].name}",
            event_type=kind,
            measure_type=measure,
            certainty=certainty,
            status=status,
            actors=actors,
            countries=EventCountries(imposer=(draw.choice(["US", "US", "CN", "NL"]),), destination=(aim,)),
            items=(EventItem(chip, chip=chip, eccn=draw.choice(["3A090", "4A090", ""])),),
            amounts=(Amount(draw.randrange(1, 900) * 1e6, "USD"),),
            dates={"announced": day.isoformat(), "effective": (day + dt.timedelta(draw.randrange(120))).isoformat()},
            evidence={"event_type": (said,)},
        )
        yield Account(event, "bench", "Example Wire", f"https://example.com/{n}", event.headline, "media", day)


def measure(count: int = 100_000) -> dict[str, float]:
    """Return the seconds of each question to a store of so many events in a new file, by what it is."""
    with tempfile.TemporaryDirectory() as folder:
        return run(count, Path(folder) / "store.db", tell=False)


def run(count: int, where: str | Path, *, tell: bool = True) -> dict[str, float]:
    """Fill a store with so many events, ask it, and return the seconds of each step, by what it is."""
    timed = Times(tell=tell)
    pack = the_pack()
    indexed(pack)
    now = dt.datetime(2026, 11, 27, 12, tzinfo=dt.UTC)
    with timed(f"make {count:,} events and link them to the pack"):
        made = []
        for account in accounts(count):
            (event,) = fuse([account])
            made.append(_linked(event, {account.event.key: account}, pack))
    with open_store(where) as store:
        with timed(f"store {count:,} events"), store.watch(write=True) as room:
            room.events.put(made, at="2026-11-27T12:00:00+00:00")
        for days in (30, 365, DAYS):
            since = (TODAY - dt.timedelta(days)).isoformat()
            for turn in ("first", "again"):
                with timed(f"digest for a portfolio, {days:,} days back, {turn}"):
                    found = digest(PORTFOLIO, store=where, date=TODAY.isoformat(), since=since)
            timed.said(
                f"{'':4}{found.seen:,} events, {found.touching:,} touch it, {len(found.lines)} lines, {len(found.coming)} days ahead"
            )
        with timed("calendar for a portfolio, 90 days"):
            entries(PORTFOLIO, store=where, date=TODAY.isoformat())
        given = [
            Document(f"t:{n}", "t", "", a.title, a.title, a.published, "Example Wire", "media") for n, a in enumerate(accounts(1_000, 8))
        ]
        told = {d.id: a.event for d, a in zip(given, accounts(1_000, 8), strict=True)}
        with timed("take in 1,000 documents, an event each"):
            take_documents(store, given, pack=pack, now=now, extract=lambda d: (_renamed(told[d.id], d.id),), extractor="bench")
        log = [Pull(f"source {n % 20}", f"2026-11-27T{n:09}", good=n % 7 > 0, fresh=n % 2) for n in range(count)]
        with store.watch(write=True) as room:
            for pull in log[:20]:
                room.documents.pulled(pull)
            room.documents._connection.execute(pulls.insert(), [asdict(pull) for pull in log[20:]])  # noqa: SLF001  (the log alone, quickly)
        with timed("how far each source was read, after as many pulls"), store.watch() as room:
            room.documents.watermarks()
    return timed.of


def _renamed(event: Event, document: str) -> Event:
    import dataclasses

    return dataclasses.replace(event, key=f"{document}/{event.key}", document=document)


if __name__ == "__main__":
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        run(size, sys.argv[2] if len(sys.argv) > 2 else Path(folder) / "store.db")
