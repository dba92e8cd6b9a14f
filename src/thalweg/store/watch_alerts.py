"""Alerts that were raised, what is still to be sent, and mutes."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterable

import sqlalchemy as sa

from thalweg.store.encode import as_json
from thalweg.store.model import StoreError
from thalweg.store.tables import alerted, alerts, mutes, outbox
from thalweg.store.watch_model import Mute, RaisedAlert, Sending
from thalweg.store.wordings import chunks


class AlertShelf:
    """What was raised, once for each event in a state; what is to be sent; what is muted."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def known(self, rule: str, state: str, events: Iterable[str]) -> set[str]:
        """Return which accounts, by their keys, a rule was raised for in a state."""
        found: set[str] = set()
        for some in chunks(events):
            same = (alerted.c.rule == rule) & (alerted.c.state == state) & alerted.c.event.in_(some)
            found |= set(self._connection.execute(sa.select(alerted.c.event).where(same)).scalars())
        return found

    def raise_once(self, alert: RaisedAlert, events: Collection[str], outlets: Collection[str]) -> bool:
        """Keep an alert and put it into the outbox, unless it was raised for one of the accounts before; say whether it is new.

        Accounts that are new to an event are noted, so that an event which is split or joined later does not raise it again.
        """
        known = self.known(alert.rule, alert.state, events)
        fresh = not known
        if fresh:
            row = {"id": alert.id, "rule": alert.rule, "fused": alert.fused, "state": alert.state, "at": alert.at}
            self._connection.execute(alerts.insert(), row | {"body": as_json(alert.body)})
            for outlet in dict.fromkeys(outlets):
                self._connection.execute(
                    outbox.insert(),
                    {"alert": alert.id, "outlet": outlet, "made_at": alert.at, "tries": 0, "next_at": alert.at, "error": ""},
                )
        for key in sorted(set(events) - known):
            self._connection.execute(alerted.insert(), {"rule": alert.rule, "state": alert.state, "event": key, "alert": alert.id})
        return fresh

    def alerts(self, *, since: str = "", rule: str | None = None, limit: int | None = None) -> list[RaisedAlert]:
        """Return the alerts that were raised, the latest first."""
        asked = sa.select(alerts).where(alerts.c.at >= since)
        if rule is not None:
            asked = asked.where(alerts.c.rule == rule)
        return [_alert(r) for r in self._connection.execute(asked.order_by(alerts.c.at.desc(), alerts.c.id).limit(limit))]

    def rules(self) -> set[str]:
        """Return the names of the rules that alerts were raised by."""
        return {*self._connection.execute(sa.select(alerts.c.rule).distinct()).scalars()}

    def of_event(self, fused: str) -> bool:
        """Say whether an alert was raised for an event."""
        return self._connection.execute(sa.select(alerts.c.id).where(alerts.c.fused == fused).limit(1)).first() is not None

    # ---------------------------------------------------------------- outbox

    def due(self, now: str, limit: int = 500) -> list[Sending]:
        """Return what is to be sent by now, the oldest first."""
        waits = outbox.c.sent_at.is_(None) & (outbox.c.next_at <= now)
        return self._sendings(waits, limit)

    def waiting(self) -> list[Sending]:
        """Return all that is not sent yet, the oldest first."""
        return self._sendings(outbox.c.sent_at.is_(None), None)

    def sent_to(self, outlet: str, limit: int) -> list[RaisedAlert]:
        """Return the alerts that were made for an outlet, sent or not, the latest first."""
        asked = sa.select(alerts).join(outbox, outbox.c.alert == alerts.c.id).where(outbox.c.outlet == outlet)
        return [_alert(r) for r in self._connection.execute(asked.order_by(alerts.c.at.desc(), alerts.c.id).limit(limit))]

    def _sendings(self, where: sa.ColumnElement[bool], limit: int | None) -> list[Sending]:
        columns = (outbox.c.id.label("number"), outbox.c.outlet, outbox.c.made_at, outbox.c.tries, outbox.c.next_at, outbox.c.sent_at)
        asked = sa.select(*columns, outbox.c.error, outbox.c.trying_at, alerts).join(alerts, outbox.c.alert == alerts.c.id).where(where)
        found = self._connection.execute(asked.order_by(outbox.c.id).limit(limit))
        return [Sending(r.number, _alert(r), r.outlet, r.made_at, r.tries, r.next_at, r.sent_at, r.error, r.trying_at) for r in found]

    def trying(self, number: int, at: str) -> bool:
        """Note that a sending sets out; if nothing is noted of it afterwards, it may have arrived. Say whether it is still to be sent."""
        waits = (outbox.c.id == number) & outbox.c.sent_at.is_(None)
        return self._connection.execute(outbox.update().where(waits).values(trying_at=at)).rowcount > 0

    def postpone(self, outlet: str, now: str, next_at: str) -> int:
        """Let all that is due to an outlet wait, without counting it as tried; return how many sendings that are."""
        waits = (outbox.c.outlet == outlet) & outbox.c.sent_at.is_(None) & (outbox.c.next_at <= now)
        return self._connection.execute(outbox.update().where(waits).values(next_at=next_at)).rowcount

    def sent(self, number: int, at: str) -> None:
        """Note that a sending arrived."""
        values = {"sent_at": at, "tries": outbox.c.tries + 1, "error": "", "trying_at": None}
        self._connection.execute(outbox.update().where(outbox.c.id == number).values(values))

    def failed(self, number: int, error: str, next_at: str) -> None:
        """Note that a sending did not arrive, and when it is tried again."""
        values = {"tries": outbox.c.tries + 1, "error": error[:500], "next_at": next_at, "trying_at": None}
        self._connection.execute(outbox.update().where(outbox.c.id == number).values(values))

    # ---------------------------------------------------------------- mutes

    def mute(self, rule: str, fused: str, *, reason: str, who: str, at: str, until: str = "") -> int:
        """Keep back alerts of a rule, of an event, or of a rule on an event; return the number of the mute."""
        row = {"rule": rule, "fused": fused, "reason": reason, "who": who, "at": at, "until": until}
        made = self._connection.execute(mutes.insert(), row)
        key = made.inserted_primary_key
        return int(key[0]) if key else 0

    def keep_back(self, held: Mute, day: str) -> int:
        """Keep back what waits and falls under a mute, as if it had been muted when it was raised; return how many sendings that are.

        What is on its way is let go: it may have arrived.
        """
        kept = [s for s in self.waiting() if s.trying_at is None and held.holds(s.alert.rule, s.alert.fused, day)]
        for some in chunks(str(s.number) for s in kept):
            self._connection.execute(outbox.delete().where(outbox.c.id.in_([int(n) for n in some])))
        for alert in {s.alert.id: s.alert for s in kept}.values():
            body = as_json({**alert.body, "muted": held.reason})
            self._connection.execute(alerts.update().where(alerts.c.id == alert.id).values(body=body))
        return len(kept)

    def unmute(self, number: int, at: str) -> None:
        """Lift a mute.

        Raises:
            StoreError: if there is no such mute that stands.
        """
        standing = (mutes.c.id == number) & mutes.c.lifted_at.is_(None)
        if not self._connection.execute(sa.select(mutes.c.id).where(standing)).first():
            raise StoreError(f"there is no mute {number} that stands; `thalweg watch mute` lists them")
        self._connection.execute(mutes.update().where(standing).values(lifted_at=at))

    def mutes(self) -> list[Mute]:
        """Return every mute, lifted ones too, in the order of making."""
        return [
            Mute(r.id, r.rule, r.fused, r.reason, r.who, r.at, r.until, r.lifted_at)
            for r in self._connection.execute(sa.select(mutes).order_by(mutes.c.id))
        ]


def later(at: str, seconds: float) -> str:
    """Return an instant so many seconds after another, both in ISO form."""
    return (dt.datetime.fromisoformat(at) + dt.timedelta(seconds=seconds)).isoformat(timespec="seconds")


def _alert(row: sa.Row[tuple[object, ...]]) -> RaisedAlert:
    return RaisedAlert(row.id, row.rule, row.fused, row.state, row.at, json.loads(row.body))
