"""Sending alerts: to a terminal, a file of JSON Lines, an RSS feed, by mail, or to a webhook; each arrives, and is marked only then."""

from __future__ import annotations

import datetime as dt
import json
import os
import smtplib
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from thalweg.desk.watch_post import post, send_mail
from thalweg.evidence import BadInput, ThalwegError
from thalweg.evidence.text import one_line, visible

if TYPE_CHECKING:
    from thalweg.store import RaisedAlert, Sending, Store
    from thalweg.watch.alert_rules import Outlet

WAITS: Final = (60, 300, 1_800, 7_200, 21_600)
"""Seconds until a sending that did not arrive is tried again, after the first, second ... try; the last one holds for all later ones."""
A_ROUND: Final = 30.0
"""Seconds that an outlet may take of a round before what else is due to it waits for the next."""
IN_A_FEED: Final = 200
"""Alerts that an RSS feed holds, the latest."""


def send_due(
    store: Store,
    outlets: Mapping[str, Outlet],
    *,
    now: dt.datetime,
    tell: Callable[[str], object],
    log: Callable[[str], object] = str,
    environment: Mapping[str, str] | None = None,
) -> tuple[int, list[str]]:
    """Send what is due; return how many arrived and, a line each, what did not.

    An alert is marked before it leaves, and as sent after it arrived. A program that is killed in between sends it again, under the same
    id, and says so: a file and a feed do not hold it twice, a mail has the same Message-ID, a webhook the same Thalweg-Delivery. An outlet
    that is slow leaves what else is due to it to the next time, so that it does not hold up the others.

    Args:
        store: the open store.
        outlets: the outlets of the rules, by name.
        now: the instant, with its time zone.
        tell: writes a line to the terminal.
        log: is told what may arrive twice, and what was left.
        environment: where passwords and secrets are read; that of the program if left out.

    Raises:
        StoreError: if the store cannot be read or written, or another program is sending: two would send the same.
    """
    with store.alone("send"):
        return _Round(store, outlets, now, tell, log, os.environ if environment is None else environment).send()


@dataclass
class _Round:
    """One round of sending."""

    store: Store
    outlets: Mapping[str, Outlet]
    now: dt.datetime
    tell: Callable[[str], object]
    log: Callable[[str], object]
    environment: Mapping[str, str]

    def send(self) -> tuple[int, list[str]]:
        at = self._instant()
        with self.store.watch() as room:
            due = room.alerts.due(at)
        for s in due:
            if s.trying_at and not self._whole(s):
                self.log(f"{s.outlet}: alert {s.alert.id} was on its way when the program ended at {s.trying_at}; it may arrive twice")
        arrived, failed = 0, list[str]()
        spent: defaultdict[str, float] = defaultdict(float)
        for s in due:
            if spent[s.outlet] > A_ROUND:
                continue
            start = time.monotonic()
            why = self._one(s, at)
            spent[s.outlet] += time.monotonic() - start
            arrived += why == ""
            failed += [f"{why} (alert {s.alert.id}; tried {s.tries + 1} times)"] if why else []
        for outlet in (o for o, seconds in spent.items() if seconds > A_ROUND):
            with self.store.watch(write=True) as room:
                left = room.alerts.postpone(outlet, at, self._instant(WAITS[0]))
            if left:
                self.log(f"{outlet}: is slow; {left:,} alerts to it wait for the next time")
        return arrived, failed

    def _whole(self, s: Sending) -> bool:
        """Say whether the outlet of a sending does not hold an alert twice."""
        outlet = self.outlets.get(s.outlet)
        return outlet is not None and bool(outlet.jsonl or outlet.rss)

    def _one(self, s: Sending, at: str) -> str | None:
        """Send one alert and note what became of it; return what went wrong, in a line, and None where it is no longer to be sent."""
        with self.store.watch(write=True) as room:
            if not room.alerts.trying(s.number, at):
                return None  # muted meanwhile
        try:
            for note in _send(self.store, s, self.outlets.get(s.outlet), self.tell, self.environment):
                self.log(f"{s.outlet}: {note} (alert {s.alert.id})")
        except Exception as error:  # noqa: BLE001  (whatever is wrong with one, those behind it are sent)
            said = one_line(f"{s.outlet}: {_reason(error)}")
            with self.store.watch(write=True) as room:
                room.alerts.failed(s.number, said, self._instant(WAITS[min(s.tries, len(WAITS) - 1)]))
            return said
        with self.store.watch(write=True) as room:
            room.alerts.sent(s.number, at)
        return ""

    def _instant(self, later: float = 0.0) -> str:
        return (self.now.astimezone(dt.UTC) + dt.timedelta(seconds=later)).isoformat(timespec="seconds")


def _reason(error: Exception) -> str:
    known = isinstance(error, (ThalwegError, OSError, smtplib.SMTPException))
    return str(error) if known else f"{type(error).__name__}: {error}"


def _send(
    store: Store, sending: Sending, outlet: Outlet | None, tell: Callable[[str], object], environment: Mapping[str, str]
) -> list[str]:
    """Send an alert to its outlet; return what is to be noted though it arrived."""
    alert = sending.alert
    if sending.outlet == "terminal":
        tell(line_of(alert))
    elif outlet is None:
        raise BadInput("is no outlet of the file of alert rules any more; put it back, or send to another")
    elif outlet.jsonl:
        _append(Path(outlet.jsonl), alert)
    elif outlet.rss:
        with store.watch() as room:
            latest = room.alerts.sent_to(sending.outlet, IN_A_FEED)
        write_feed(Path(outlet.rss), sending.outlet, latest)
    elif outlet.email:
        return send_mail(outlet.email, alert, environment)
    elif outlet.webhook:
        post(outlet.webhook, alert, environment)
    return []


def line_of(alert: RaisedAlert) -> str:
    """Return an alert as a line for a person: what happened, how sure, why it fired, where it is read."""
    body = alert.body
    sources = body.get("sources") or []
    where = f" [{sources[0].get('publisher', '')} {sources[0].get('url', '')}]".replace(" ]", "]") if sources else ""
    sure = f" ({str(body.get('certainty', '')).replace('_', ' ')})" if body.get("certainty") else ""
    why = "; ".join(map(str, body.get("why", ())))
    says = f". Says: {body['standing']}" if body.get("standing") else ""
    return one_line(
        f"{body.get('dated') or body.get('day', '')} {alert.rule}: {body.get('headline', '')}{sure}, {alert.state.replace('_', ' ')}"
        f"{says}. Why: {why}{where}"
    )


def _append(path: Path, alert: RaisedAlert) -> None:
    """Add an alert to a file as a line, unless the file has it."""
    line = json.dumps(alert.body, ensure_ascii=False) + "\n"
    mark = json.dumps(alert.id)
    path.parent.mkdir(parents=True, exist_ok=True)
    ends = True
    if path.exists():
        with path.open(encoding="utf-8", errors="replace") as file:
            for held in file:
                if f'"id": {mark}' in held and held.endswith("\n"):
                    return
                ends = held.endswith("\n")
    with path.open("a", encoding="utf-8") as file:
        file.write(line if ends else "\n" + line)
        file.flush()
        os.fsync(file.fileno())


def write_feed(path: Path, name: str, latest: Iterable[RaisedAlert]) -> None:
    """Write an RSS 2.0 feed of alerts, whole or not at all.

    Raises:
        OSError: if the file cannot be written.
    """
    from email.utils import format_datetime
    from xml.sax.saxutils import escape

    from thalweg.pack.files import write_atomically

    items = []
    for alert in latest:
        body = alert.body
        links = [s.get("url", "") for s in body.get("sources", ())]
        link = next((u for u in links if u.startswith(("https://", "http://"))), "")
        text = "\n".join([*(f"Why: {w}" for w in body.get("why", ())), *map(str, body.get("evidence", ()))])
        when = format_datetime(dt.datetime.fromisoformat(alert.at))
        items.append(
            f'<item><title>{escape(_plain(str(body.get("headline", ""))))}</title><guid isPermaLink="false">{escape(alert.id)}</guid>'
            f"<pubDate>{when}</pubDate><category>{escape(alert.rule)}</category>{f'<link>{escape(link)}</link>' if link else ''}"
            f"<description>{escape(_plain(text))}</description></item>"
        )
    page = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel>'
        f"<title>Thalweg alerts: {escape(name)}</title><link>https://pypi.org/project/thalweg/</link>"
        "<description>Events that fit the alert rules, with why each fits</description>\n" + "\n".join(items) + "\n</channel></rss>\n"
    )
    write_atomically(path, page.encode())


def _plain(text: str) -> str:
    """Return text that XML takes."""
    return visible(text, keep="\n\t")
