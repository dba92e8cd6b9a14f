"""The watch as a long-running process: pull, take in, raise, send, wait; what fails is said and tried again in the next round."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from thalweg.desk.packs import the_pack
from thalweg.desk.watch import check_sources, pull_into, states_of
from thalweg.desk.watch_alerts import raise_due, raise_silence
from thalweg.desk.watch_answers import counted
from thalweg.desk.watch_send import send_due
from thalweg.evidence import BadInput, ThalwegError
from thalweg.evidence.text import one_line
from thalweg.store import open_store

if TYPE_CHECKING:
    from thalweg.desk.watch_rules import ReadRules
    from thalweg.pack import Pack
    from thalweg.sources.news import NewsSource
    from thalweg.store import Store

Clock = Callable[[], dt.datetime]
_UNITS: Final = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_SHORTEST: Final = 1.0


def read_period(text: str) -> float:
    """Read a period such as `90s`, `15m`, `1h` or `1d` as seconds.

    Raises:
        BadInput: if it is not one, or shorter than a second.
    """
    number, unit = text[:-1], text[-1:]
    try:
        seconds = float(number) * _UNITS[unit]
    except (ValueError, KeyError):
        raise BadInput(f"every: {text!r} is no period; write 15m, 1h or 1d") from None
    if not _SHORTEST <= seconds <= 31 * 86_400:
        raise BadInput(f"every: {text!r} is not between a second and a month")
    return seconds


@dataclass
class Watching:
    """What a running watch is told, and where it writes."""

    log: Callable[[str], object]
    tell: Callable[[str], object]
    sources: Sequence[str] = ()
    store: str | Path | None = None
    folder: Path | None = None
    rules: Path | None = None
    allow: Sequence[str] = ()
    contact: str | None = None
    own: Path | None = None
    pack: str | Path | None = None
    clock: Clock = field(default=lambda: dt.datetime.now(dt.UTC))
    _last_rules: ReadRules | None = None
    _last_sources: Mapping[str, NewsSource] | None = None
    _bad_since: str = ""
    _bad_sources: str = ""

    def run(self, every: float, *, rounds: int | None = None, sleep: Callable[[float], object] = time.sleep) -> int:
        """Watch until the program is stopped, or for a number of rounds; return how many rounds had a fault.

        Args:
            every: seconds from the start of one round to that of the next; a round that takes longer is followed at once.
            rounds: how many; without end if left out.
            sleep: waits.

        Raises:
            BadInput: if the rules cannot be read at the start.
            StoreError: if the store cannot be opened at the start, or another program watches over it.
        """
        pack = the_pack(self.pack)
        check_sources(self.sources, self.own)
        self._read_rules(pack, first=True)
        faulty = done = 0
        with open_store(self.store) as opened, opened.alone("watch"):
            self.log(f"watching with {opened.where}, every {every:g} seconds")
            while True:
                start = time.monotonic()
                faults = self.round(opened, pack)
                faulty += bool(faults)
                done += 1
                if rounds is not None and done >= rounds:
                    return faulty
                sleep(max(every - (time.monotonic() - start), _SHORTEST))

    def round(self, store: Store, pack: Pack) -> int:
        """Do one round; return how many of its steps failed. No fault of a step holds up the others."""
        faults: list[str] = []
        now = self.clock()
        with self._step("rules", faults):
            self._read_rules(pack)
        with self._step("sources", faults):
            self._read_sources(now)
        with self._step("pull", faults):
            self._pull(store, pack, now, faults)
        with self._step("alerts", faults):
            self._raise(store, now)
        with self._step("send", faults):
            self._send(store, now, faults)
        self.log("round done" + (f" with faults in {', '.join(dict.fromkeys(faults))}; they are tried again" if faults else ""))
        return len(faults)

    @contextmanager
    def _step(self, name: str, faults: list[str]) -> Iterator[None]:
        """Say what went wrong in a step, whatever it was: a watch that one odd page can end is none."""
        try:
            yield
        except (ThalwegError, OSError) as error:
            faults.append(name)
            self.log(one_line(f"{name}: failed: {error}"))
        except Exception as error:  # noqa: BLE001  (a fault of the program itself must not end the watch either)
            faults.append(name)
            self.log(one_line(f"{name}: failed by a fault of the program ({type(error).__name__}: {error})"))

    def _read_rules(self, pack: Pack, *, first: bool = False) -> None:
        from thalweg.desk.watch_rules import read_rules, rules_file

        path = rules_file(self.rules)
        if path is None:
            if first:
                self.log("no file of alert rules: nothing is sent")
            return
        self._last_rules = read_rules(path, pack, self.clock().date())

    def _read_sources(self, now: dt.datetime) -> None:
        """Read the sources anew; where that fails the last good ones stay in use, and it is noted since when."""
        from thalweg.desk.watch_pull import news_sources

        try:
            self._last_sources = news_sources(self.own)
        except BadInput as error:
            self._bad_since = self._bad_since or now.astimezone(dt.UTC).isoformat(timespec="seconds")
            self._bad_sources = str(error)
            if self._last_sources is None:
                raise
            raise BadInput(f"{error}; the sources as they were last read stay in use") from None
        self._bad_since = self._bad_sources = ""

    def _pull(self, store: Store, pack: Pack, now: dt.datetime, faults: list[str]) -> None:
        options: dict[str, Any] = {"folder": self.folder, "since": None, "allow": self.allow, "known": self._last_sources}
        options |= {"contact": self.contact} if self.contact else {}
        for done in pull_into(store, pack, self.sources, rules=self._last_rules, knowledge=self.pack, now=now, **options):
            if not done.good:
                faults.append(done.source)
                self.log(one_line(f"{done.source}: failed: {done.note}"))
                continue
            parts = [counted(done.documents, "document"), f"{done.new:,} new", f"{done.changed:,} changed", counted(done.events, "event")]
            parts += [counted(done.alerts, "alert")] if done.alerts else []
            parts += [counted(done.stale, "rule may be stale")] if done.stale else []
            self.log(one_line(f"{done.source}: {', '.join(parts)}{f' ({done.note})' if done.note else ''}"))

    def _raise(self, store: Store, now: dt.datetime) -> None:
        if self._last_rules is None:
            return
        states = states_of(store, now, self.own, known=self._last_sources)
        with store.watch(write=True) as room:
            raised = raise_due(room, self._last_rules, now=now)
            if self._bad_since:
                said = f"the file of sources cannot be read since {self._bad_since}; changes to it do not take hold: {self._bad_sources}"
                raised += raise_silence(room, self._last_rules, "sources.yaml", self._bad_since, one_line(said), now=now)
            for s in states:
                over = s.limit_hours is not None and s.silence_hours is not None and s.silence_hours > s.limit_hours
                if s.state == "silent" or (s.state == "failing" and over):
                    why = f"failing ({s.note})" if s.state == "failing" else "silent"
                    said = f"{s.source} is {why}: nothing new since {s.silent_since}, longer than its limit of {s.limit_hours:g} hours"
                    raised += raise_silence(room, self._last_rules, s.source, s.silent_since, said, now=now)
        if raised:
            self.log(f"alerts: {len(raised):,} raised")

    def _send(self, store: Store, now: dt.datetime, faults: list[str]) -> None:
        outlets = self._last_rules.outlets if self._last_rules else {}
        arrived, failed = send_due(store, outlets, now=now, tell=self.tell, log=lambda line: self.log(f"send: {line}"))
        for line in failed:
            faults.append("send")
            self.log(f"send: failed: {line}")
        if arrived:
            self.log(f"send: {counted(arrived, 'alert')} arrived")


def send_now(
    rules: Path | None,
    *,
    store: str | Path | None = None,
    pack: str | Path | None = None,
    tell: Callable[[str], object],
    log: Callable[[str], object] = str,
) -> list[str]:
    """Raise what the rules call for now and send what is due; return, a line each, what did not arrive.

    Raises:
        BadInput: if there is no file of rules, or it cannot be read.
        StoreError: if there is no store, or it cannot be written.
    """
    from thalweg.desk.watch_rules import read_rules, rules_file

    path = rules_file(rules)
    if path is None:
        raise BadInput("there is no file of alert rules; name one with --rules, or in THALWEG_ALERTS")
    now = dt.datetime.now(dt.UTC)
    read = read_rules(path, the_pack(pack), now.date())
    with open_store(store, create=False) as opened:
        with opened.watch(write=True) as room:
            raised = raise_due(room, read, now=now)
        arrived, failed = send_due(opened, read.outlets, now=now, tell=tell, log=log)
    log(f"{len(raised):,} raised, {arrived:,} arrived, {len(failed):,} wait")
    return failed
