"""References of coverage entries: what each sort of reference names in a pack, and whether it is there.

A reference without a known prefix is the id of a rule, or a prefix of ids that ends in ``*``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from thalweg.evidence import nearest
from thalweg.pack.load import EMBEDDED
from thalweg.pack.model import Pack
from thalweg.pack.order import matches
from thalweg.pack.overlay import drafts

REPOSITORY = EMBEDDED.parents[2]
CASE_FOLDER = "tests"


class References:
    """The names that a pack holds, by sort of reference."""

    def __init__(self, pack: Pack, repository: Path = REPOSITORY) -> None:
        self.pack = pack
        self.repository = repository
        self.events: Mapping[str, str] = {e["id"]: e["title"] for e in pack.events}
        hardware = pack.hardware
        self._names: Mapping[str, Collection[str]] = {
            "event": self.events,
            "group": pack.groups,
            "place": pack.places,
            "set": pack.sets,
            "list": pack.lists,
            "fact": pack.facts,
            "reasons": pack.reasons,
            "ownership": pack.ownership,
            "draft": drafts(),
            "hardware": {row["name"] for sort in ("chips", "hbm", "systems") for row in hardware[sort]},
            "conflict": {f"{row['item']}/{row['field']}" for row in hardware["conflicts"]},
            "listing": {f"{x.list}/{name}" for x in pack.listings for name in (x.entry_id, x.name)},
            "notice": {f"{x.list}/{part.strip()}" for x in pack.listings for part in x.citation.split(";")},
        }
        self._special: Mapping[str, Callable[[str], str]] = {"case": self._case}

    def problem(self, reference: str) -> str:
        """Say what is wrong with a reference; empty if it resolves."""
        sort, colon, name = reference.partition(":")
        if not colon:
            return self._rule(reference)
        if sort in self._special:
            return self._special[sort](name)
        if sort not in self._names:
            return f"{reference!r}: {sort!r} is no sort of reference{nearest(sort, [*self._names, *self._special])}"
        known = self._names[sort]
        return "" if name in known else f"{reference!r}: there is no such {sort}{nearest(name, known)}"

    def rules(self, pattern: str) -> list[str]:
        """Return the ids of the rules of the pack that a pattern fits."""
        return [identity for identity in self.pack.rules if matches(pattern, identity)]

    def _rule(self, reference: str) -> str:
        if reference == "chart":
            return "" if self.pack.chart else "the pack holds no country chart"
        return "" if self.rules(reference) else f"{reference!r}: there is no such rule{nearest(reference, self.pack.rules)}"

    def _case(self, name: str) -> str:
        """Look for a case table; where the tests are not at hand, as in an installed package, nothing can be said."""
        if not (self.repository / CASE_FOLDER).is_dir():
            return ""
        inside = name.startswith(f"{CASE_FOLDER}/") and ".." not in Path(name).parts
        return "" if inside and (self.repository / name).is_file() else f"'case:{name}': there is no such file in the repository"


def event_problems(pack: Pack) -> list[str]:
    """Name every rule reference of an event that fits no rule, neither of the pack nor of a draft."""
    shipped = [f"drafts/{path.parent.name}/{path.stem}" for folder in drafts().values() for path in sorted(folder.glob("*.yaml"))]
    known = [*pack.rules, *(identity for identity in shipped if not identity.endswith("/overlay"))]
    return [
        f"event {event['id']!r}: rules: {pattern!r} fits no rule{nearest(pattern, known)}"
        for event in pack.events
        for pattern in event["rules"]
        if not any(matches(pattern, identity) for identity in known)
    ]
