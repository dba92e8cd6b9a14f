"""How well and how fast events are read from news: `python -m benchmarks.news [FILE ...]`.

Scores labelled items (JSON Lines in the form of the acceptance cases) field by field, then the speed on one core. What
the labels keep as `context` (the text does not say it, or names it in passing) counts neither way, and in a second line as wrong.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from thalweg.nouns.news import Document, Event
from thalweg.watch.extract import Lexicon, extract, load_lexicon
from thalweg.watch.labels import labels

HERE = Path(__file__).resolve().parent.parent
OWN = HERE / "tests" / "watch" / "data"
SHARED = HERE.parent / "shared" / "cases" / "news.jsonl"


@dataclass
class Tally:
    """Counts of one field."""

    right: int = 0
    wanted: int = 0
    given: int = 0

    def add(self, wanted: set[Any], given: set[Any], allowed: set[Any]) -> None:
        """Count one item; what is allowed beside what is wanted counts neither for nor against."""
        self.right += len(wanted & given)
        self.wanted += len(wanted)
        self.given += len(given - (allowed - wanted))

    @property
    def precision(self) -> float:
        """The share of what was read that is right."""
        return self.right / self.given if self.given else 1.0

    @property
    def recall(self) -> float:
        """The share of what is to be read that was."""
        return self.right / self.wanted if self.wanted else 1.0

    @property
    def f1(self) -> float:
        """Their harmonic mean."""
        p, r = self.precision, self.recall
        return 2 * p * r / (p + r) if p + r else 0.0


@dataclass
class Score:
    """Counts over labelled items."""

    items: int = 0
    exact: dict[str, int] = field(default_factory=dict)
    sets: dict[str, Tally] = field(default_factory=dict)
    off_topic: int = 0
    silent: int = 0
    misses: list[str] = field(default_factory=list)


def document(row: Mapping[str, Any]) -> Document:
    """Return a labelled item as a document."""
    return Document(
        id=f"case:{row['id']}",
        source="case",
        url=row.get("url", ""),
        title=row["title"],
        text=row.get("summary") or row.get("text") or "",
        published=dt.date.fromisoformat(row["date"]) if row.get("date") else None,
        publisher=row.get("publisher", ""),
        kind=row.get("kind", "media"),
    )


def score(rows: Iterable[Mapping[str, Any]], lexicon: Lexicon, *, tolerate_context: bool = True) -> Score:
    """Score the main event of each item; what the labels keep as context is not counted against the reader."""
    total = Score()
    for row in rows:
        events = extract(document(row), lexicon)
        wanted = row["labels"]
        if wanted is None:
            total.off_topic += 1
            total.silent += not events
            if events:
                total.misses.append(f"{row['id']}: off topic, read as {events[0].event_type}: {row['title']}")
            continue
        total.items += 1
        _compare(total, row, events, tolerate_context=tolerate_context)
    return total


EXACT = ("event_type", "measure_type", "certainty")


def _compare(total: Score, row: Mapping[str, Any], events: Sequence[Event], *, tolerate_context: bool) -> None:
    wanted = row["labels"]
    given = labels(events[0]) if events else {}
    for name in EXACT:
        same = bool(given) and given[name] == wanted[name]
        total.exact[name] = total.exact.get(name, 0) + same
        if not same:
            total.misses.append(f"{row['id']}: {name} {given.get(name)} for {wanted[name]}: {row['title']}")
    context = wanted.get("context", {}) if tolerate_context else {}
    for name, read in FIELDS.items():
        if "countries" not in wanted:  # labelled by kind, measure and certainty alone
            continue
        tally = total.sets.setdefault(name, Tally())
        expected, found, allowed = read(wanted), read(given) if given else set(), read(context)
        tally.add(expected, found, allowed)
        if expected != found:
            total.misses.append(
                f"{row['id']}: {name} missing {sorted(map(str, expected - found))} extra {sorted(map(str, found - expected - allowed))}"
            )


def _actors(data: Mapping[str, Any]) -> set[Any]:
    return {_folded(a["name"]) for a in data.get("actors", ())}


def _parties(data: Mapping[str, Any]) -> set[Any]:
    """Return the actors under the name that the word lists give to all forms of a name, where they know it."""
    from thalweg.watch.extraction.text import sentences

    known = load_lexicon().names
    found = set()
    for actor in data.get("actors", ()):
        whole = [n.value.name for n in known.longest(sentences(actor["name"], "")[0]) if n.value.kind not in ("chip", "item")]
        found.add(_folded(whole[0] if whole else actor["name"]))
    return found


def _folded(name: str) -> str:
    return name.casefold().replace("'", "").replace("-", " ")


def _countries(data: Mapping[str, Any]) -> set[Any]:
    return {(role, c) for role, codes in data.get("countries", {}).items() for c in codes}


def _items(data: Mapping[str, Any]) -> set[Any]:
    return {linked(text) for text in data.get("items", ())}


def linked(text: str) -> str:
    """Return what an item's words link to: a catalogue name or a class; else the words themselves."""
    from thalweg.watch.extraction.text import sentences

    lexicon = load_lexicon()
    found = [n.value for n in lexicon.names.longest(sentences(text, "")[0]) if n.value.kind in ("chip", "item")]
    for name in found:
        if name.kind == "chip":
            return name.chip
    best = next((n for n in found if not n.weak), found[0] if found else None)
    if best is not None and best.weak and any(n.eccn == "4A090" for n in found):
        return "4A090"
    return (best.eccn or best.name) if best else text.casefold()


def _amounts(data: Mapping[str, Any]) -> set[Any]:
    return {(float(f"{a['value']:.3g}"), a["currency"]) for a in data.get("amounts", ())}


def _quantities(data: Mapping[str, Any]) -> set[Any]:
    return {(float(f"{a['value']:.3g}"), a["unit"]) for a in data.get("quantities", ())}


def _numbers(data: Mapping[str, Any]) -> set[Any]:
    return _amounts(data) | _quantities(data)


_FAMILIES = {
    "entities": "entities parties organisations organizations companies firms affiliates subsidiaries names addresses",
    "chips": "chips gpus cards processors accelerators dies units tpus",
    "servers": "servers machines racks systems supercomputers",
    "persons": "defendants suspects people persons individuals men accused",
    "countries": "countries states governments destinations jurisdictions regions",
    "items": "items types categories products tools technologies lines measures",
    "shipments": "shipments sales exports transactions consignments orders deliveries",
    "licences": "licences licenses permits applications",
    "percent": "percent share stake",
    "days": "days",
}
_FAMILY = {word: family for family, words in _FAMILIES.items() for word in words.split()}


def unit_family(unit: str) -> str:
    """Return the family of a unit, since labels name units in free words: `chinese_parties` and `organisations` are `entities`.

    The first word that has a family gives it (`percent_of_sales` is `percent`); for each buyer, year or month stays apart.
    """
    base, _, each = unit.partition("_per_")
    words = base.split("_")
    family = next((_FAMILY[w] for w in words if w in _FAMILY), base)
    return family if not each else f"{family} per {'time' if each in ('year', 'month', 'quarter', 'week') else 'buyer'}"


def _numbers_by_family(data: Mapping[str, Any]) -> set[Any]:
    return _amounts(data) | {(value, unit_family(unit)) for value, unit in _quantities(data)}


def _qualified(data: Mapping[str, Any]) -> set[Any]:
    return {(float(f"{a['value']:.3g}"), a["qualifier"]) for name in ("amounts", "quantities") for a in data.get(name, ())}


def _dates(data: Mapping[str, Any]) -> set[Any]:
    return set(data.get("dates", {}).items())


def _days(data: Mapping[str, Any]) -> set[Any]:
    """Return the dates at their stated precision, without what each is the date of."""
    return set(data.get("dates", {}).values())


FIELDS = {
    "actors by name": _actors,
    "actors, one name for each": _parties,
    "countries by role": _countries,
    "items, linked": _items,
    "amounts and quantities": _numbers,
    "numbers, unit family": _numbers_by_family,
    "numbers with qualifier": _qualified,
    "dates": _dates,
    "dates, whatever they date": _days,
}


def read_cases(path: Path) -> list[dict[str, Any]]:
    """Return the labelled items of a file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def table(name: str, total: Score) -> str:
    """Return a score as lines of text."""
    lines = [f"{name}: {total.items} on topic, {total.off_topic} off topic"]
    lines += [f"  {field:<24} {right}/{total.items} = {right / max(1, total.items):.2f}" for field, right in total.exact.items()]
    lines += [f"  {field:<24} precision {t.precision:.2f}  recall {t.recall:.2f}  F1 {t.f1:.2f}" for field, t in total.sets.items()]
    if total.off_topic:
        lines.append(f"  {'off topic: no event':<24} {total.silent}/{total.off_topic} = {total.silent / total.off_topic:.2f}")
    return "\n".join(lines)


def strict(total: Score) -> str:
    """Return the fields once more, with what the labels keep as context counted as wrong."""
    return "  with context counted as wrong: " + ", ".join(f"{field} F1 {t.f1:.2f}" for field, t in total.sets.items())


def speed(rows: Sequence[Mapping[str, Any]], lexicon: Lexicon, seconds: float = 2.0) -> tuple[float, float]:
    """Return short items a second, and articles of 1,000 words a second, on one core."""
    short = [document(r) for r in rows]
    words = " ".join(f"{r['title']}. {r.get('summary', '')}" for r in rows).split()
    while len(words) < 1000:
        words += words
    paragraphs = [" ".join(words[i : i + 60]) for i in range(0, 1000, 60)]
    long = Document("case:long", "case", "", rows[0]["title"], "\n".join(paragraphs), dt.date(2026, 1, 1))
    rates = []
    for batch in (short, [long]):
        count, begun = 0, time.perf_counter()
        while time.perf_counter() - begun < seconds:
            for one in batch:
                extract(one, lexicon)
            count += len(batch)
        rates.append(count / (time.perf_counter() - begun))
    return rates[0], rates[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, help="labelled items; the shared cases and the project's own if left out")
    parser.add_argument("--misses", action="store_true", help="say what was read otherwise than labelled")
    parser.add_argument("--no-speed", action="store_true")
    asked = parser.parse_args()
    lexicon = load_lexicon()
    files = asked.files or [p for p in (SHARED, *sorted(OWN.glob("*.jsonl"))) if p.is_file()]
    for path in files:
        total = score(read_cases(path), lexicon)
        print(table(path.name, total))
        if total.items:
            print(strict(score(read_cases(path), lexicon, tolerate_context=False)))
        if asked.misses:
            print("\n".join(f"    {m}" for m in total.misses))
    if not asked.no_speed:
        short, long = speed(read_cases(files[0]), lexicon)
        print(f"speed: {short:,.0f} short items a second, {long:,.1f} articles of 1,000 words a second (one core)")


if __name__ == "__main__":
    main()
