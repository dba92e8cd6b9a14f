"""Accounts that are quick to write, and those of the labeled items of the shared folder."""

from __future__ import annotations

import datetime as dt
import json

from thalweg.nouns.fused import Account
from thalweg.nouns.news import Actor, Amount, Event, EventCountries, EventItem, Quantity

KINDS = {"official": "official", "filing": "filing"}


def account(key, title="A rule", **said):
    """Write an account in a line; what is not said is that of a US rule that the press reports."""
    published = said.pop("published", "2026-03-02")
    event = Event(
        key=key,
        document=said.pop("document", f"doc-{key}"),
        headline=title,
        event_type=said.pop("event_type", "regulation"),
        measure_type=said.pop("measure_type", "export_control_rule"),
        certainty=said.pop("certainty", "official_announced"),
        status=said.pop("status", "announced"),
        actors=tuple(Actor(*a) if isinstance(a, tuple) else Actor(a, "target") for a in said.pop("actors", ())),
        countries=EventCountries(imposer=tuple(said.pop("imposer", ("US",))), destination=tuple(said.pop("destination", ("CN",)))),
        items=tuple(EventItem(i) if isinstance(i, str) else EventItem(*i) for i in said.pop("items", ())),
        amounts=tuple(Amount(v, "USD") for v in said.pop("amounts", ())),
        quantities=tuple(Quantity(v, u) for v, u in said.pop("quantities", ())),
        dates=said.pop("dates", {}),
        contradicts=tuple(said.pop("contradicts", ())),
        evidence={"event_type": (said.pop("evidence", title),)},
    )
    return Account(
        event,
        said.pop("source", "news"),
        said.pop("publisher", "Example Daily"),
        said.pop("url", f"https://example.com/{key}"),
        title,
        said.pop("kind", "media"),
        dt.date.fromisoformat(published) if published else None,
        said.pop("facts", {}),
    )


def labeled(shared):
    """The labeled items of the shared folder as accounts."""
    found = []
    for line in (shared / "cases" / "news.jsonl").read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        labels = item["labels"]
        if labels is None:
            continue
        event = Event(
            key=item["id"],
            document=item["id"],
            headline=item["title"],
            event_type=labels["event_type"],
            measure_type=labels["measure_type"],
            certainty=labels["certainty"],
            status=labels["status"],
            actors=tuple(Actor(**a) for a in labels["actors"]),
            countries=EventCountries(**{k: tuple(v) for k, v in labels["countries"].items()}),
            items=tuple(EventItem(i) for i in labels["items"]),
            amounts=tuple(Amount(a["value"], a["currency"], a["qualifier"], a["what"]) for a in labels["amounts"]),
            quantities=tuple(Quantity(**q) for q in labels["quantities"]),
            dates=labels["dates"],
            evidence={"event_type": (item["summary"],)},
        )
        kind = KINDS.get(item["copy_grade"], "media")
        day = dt.date.fromisoformat(item["date"])
        found.append(Account(event, "news", item["publisher"], item.get("url", ""), item["title"], kind, day))
    return found
