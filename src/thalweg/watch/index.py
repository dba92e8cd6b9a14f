"""A pack, looked up by what news names: numbers of documents, sections, classes, parties, bills."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from thalweg.pack import Pack, Rule
from thalweg.pack.order import matches
from thalweg.watch.features import words
from thalweg.watch.identify import in_text

SECTION: Final = re.compile(r"\b(7[3-7]\d\.\d{1,2})\b")
SUPPLEMENT: Final = re.compile(r"(?:\b15 CFR )?(?:part )?(7[3-7]\d),? Supp(?:lement|\.)? ?(?:No\. ?)?(\d)", re.IGNORECASE)
SUPPLEMENT_TO: Final = re.compile(r"Supp(?:lement|\.)? ?(?:No\. ?)?(\d) to part (7[3-7]\d)", re.IGNORECASE)
ECCN: Final = re.compile(r"\b([0-9][A-E][0-9]{3})(?:\.[a-z](?:\.\d+)*)?\b")
_OF_RULE: Final = re.compile(r"^us-ear/(7[3-7]\d)/")
_BILL: Final = re.compile(r"\b(?:H\.? ?R\.?|S\.) ?\d{2,5}\b")

Classes = Callable[[str, dt.date], tuple[str, ...]]


@dataclass(frozen=True)
class PackIndex:
    """What of a pack is under each number, section, class and bill.

    A place in the code is `744.23` for a section, `774 supp 1` for a supplement, `3A090` for an entry of the Commerce Control List.
    """

    pack: Pack
    rules_at: Mapping[str, tuple[str, ...]]
    rules_in: Mapping[str, tuple[str, ...]]
    places_of: Mapping[str, frozenset[str]]
    rules_by_number: Mapping[str, tuple[str, ...]]
    events_by_number: Mapping[str, tuple[str, ...]]
    rules_of_event: Mapping[str, tuple[str, ...]]
    drafts: Mapping[str, tuple[str, frozenset[str]]]
    dated: tuple[tuple[str, str, tuple[int, ...], frozenset[str]], ...]
    """For each event of the pack: id, jurisdiction, its days as ordinals, and the words of its title."""
    classes: Classes
    """The classes of a catalogue name on a day, by the rules of that day."""

    def title(self, event: str) -> str:
        """Return the title of an event of the pack."""
        return next((str(e["title"]) for e in self.pack.events if e["id"] == event), event)


def index(pack: Pack, drafts: Mapping[str, Mapping[str, Any]], classes: Classes) -> PackIndex:
    """Return a pack as looked up by what news names.

    Args:
        pack: the pack.
        drafts: the heads of the shipped drafts, by id.
        classes: gives the classes of a catalogue name on a day; classifying is not this room's work.
    """
    places = {i: places_of(rule) for i, rule in pack.rules.items()}
    return PackIndex(
        pack,
        rules_at=_inverted(places),
        rules_in=_inverted({i: {m[1]} if (m := _OF_RULE.match(i)) else set() for i in pack.rules}),
        places_of=places,
        rules_by_number=_inverted({i: _numbers(s for v in r.versions for s in v.sources) for i, r in pack.rules.items()}),
        events_by_number=_inverted({str(e["id"]): _numbers(e.get("sources") or ()) | in_text([str(e["title"])]) for e in pack.events}),
        rules_of_event={str(e["id"]): tuple(i for i in pack.rules for p in e.get("rules") or () if matches(p, i)) for e in pack.events},
        dated=tuple((str(e["id"]), str(e.get("jurisdiction") or ""), _days(e), frozenset(words([str(e["title"])]))) for e in pack.events),
        drafts={i: (str(head["title"]), frozenset(in_text([str(head["title"])]))) for i, head in drafts.items()},
        classes=classes,
    )


def places_of(rule: Rule) -> frozenset[str]:
    """Return the places in the code that a rule is read from, by the citations of its versions and its id."""
    cited = " ; ".join(str(s.get(k) or "") for v in rule.versions for s in v.sources for k in ("citation", "title"))
    found = named_places(cited)
    part = _OF_RULE.match(rule.id)
    if part and part[1] == "774":
        found |= {m[1] for m in ECCN.finditer(rule.id)}
        if any(ECCN.fullmatch(f) for f in found):
            found.discard("774 supp 1")  # one entry of it is meant
    if part:
        found = {f for f in found if f.startswith(part[1]) or ECCN.fullmatch(f)} or found
    return frozenset(found)


def named_places(text: str) -> set[str]:
    """Return the places in the code that a text names."""
    found = {m[1] for m in SECTION.finditer(text)}
    found |= {f"{m[1]} supp {m[2]}" for m in SUPPLEMENT.finditer(text)}
    found |= {f"{m[2]} supp {m[1]}" for m in SUPPLEMENT_TO.finditer(text)}
    return found


def _numbers(sources: Iterable[Mapping[str, Any]]) -> set[str]:
    found: set[str] = set()
    for s in sources:
        found |= in_text([str(s.get("citation") or ""), str(s.get("title") or "")])
        if s.get("document"):
            found.add(f"fr:{s['document']}")
    return found


def _days(event: Mapping[str, Any]) -> tuple[int, ...]:
    stated = [str(event[k]) for k in ("announced", "published", "effective") if event.get(k)]
    return tuple(dt.date.fromisoformat(d).toordinal() for d in stated if len(d) == 10)


def _inverted(of: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    under: defaultdict[str, list[str]] = defaultdict(list)
    for identity, keys in of.items():
        for key in keys:
            under[key].append(identity)
    return {key: tuple(ids) for key, ids in under.items()}
