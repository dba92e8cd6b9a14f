"""Which sentences tell of one event: all of a short text; in a long one, neighboring paragraphs that tell of the same act."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from thalweg.watch.extraction.deeds import deed_of, with_deeds
from thalweg.watch.extraction.features import features
from thalweg.watch.extraction.kind import Kind, by_rules, kind_of, scores
from thalweg.watch.extraction.lexicon import Lexicon
from thalweg.watch.extraction.marks import Marked
from thalweg.watch.extraction.openers import apart, opens
from thalweg.watch.extraction.weights import NONE

SHORT: Final = 9
"""Sentences, the title among them, up to which a text tells of one event."""
WORDS: Final = 130
"""Words up to which a text of more sentences does so too."""
MOST: Final = 24
"""Events that are kept of one document."""
PARTS: Final = 60
"""Parts that a text is taken apart into; what follows joins the last."""
ACT: Final = 6.0
LISTED: Final = 3.0
SPEAKS: Final = 0.0
CLEAR: Final = 7.0
"""The least score of a sentence that opens an event of its own."""
RUN: Final = 3
"""Sentences that stand for a paragraph where a long text has none."""
_DATE: Final = re.compile(
    r"^\W*(?:(?:January|February|March|April|May|June|July|August|September|October|November|December) \d{1,2}, \d{4}|\d{4}-\d\d-\d\d)\b"
)


@dataclass(slots=True)
class _Part:
    """Paragraphs that tell of one act, with what sets it apart from another act of its kind."""

    event: str
    sentences: list[Marked]
    states: set[str] = field(default_factory=set)
    parties: set[str] = field(default_factory=set)
    counts: set[float] = field(default_factory=set)
    date: str = ""
    act: Marked | None = None
    """The sentence that opens it."""
    listed: bool = False
    """Whether the paragraph is one of a list, each of which tells of an act."""

    def same(self, other: _Part) -> bool:
        """Whether another part tells of the same act: nothing that both state differs."""
        if self.listed and other.listed:
            return False
        if self.event != other.event or (self.date and other.date and self.date != other.date):
            return False
        if self.states and other.states and self.states.isdisjoint(other.states):
            return False
        if self.parties and other.parties and self.parties.isdisjoint(other.parties):
            return False
        return not (self.counts and other.counts and self.counts.isdisjoint(other.counts))

    def returns(self, other: _Part) -> bool:
        """Whether a part that stands further on, after others, comes back to this act: it names a party, or only the list."""
        shared = not self.parties.isdisjoint(other.parties)
        return self.same(other) and (shared or (self.event == "listing" and not other.counts and not other.date))

    def take(self, other: _Part) -> None:
        """Add the sentences of a part that tells of the same act."""
        self.sentences += other.sentences
        self.states |= other.states
        self.parties |= other.parties
        self.counts |= other.counts
        self.date = self.date or other.date


def clusters(read: Sequence[Marked], lexicon: Lexicon) -> list[tuple[Kind, list[Marked]]]:
    """Return the events of a text as their kind and their sentences, the main one first."""
    if is_short(read):
        matters = [((by_rules if at else kind_of)(matter, lexicon), matter) for at, matter in enumerate(apart(read, lexicon))]
        return [(kind, matter) for kind, matter in matters if kind is not None]
    read = _in_dispute(with_deeds(read))
    title = [m for m in read if m.sentence.title]
    parts = _joined(_paragraphs([m for m in read if not m.sentence.title]), lexicon)
    if not parts:
        main = by_rules(read[:SHORT], lexicon)
        return [] if main is None else [(main, list(read[:SHORT]))]
    main_part = _main(title, parts, lexicon)
    found: list[tuple[Kind, list[Marked]]] = []
    for part in (main_part, *(p for p in parts if p is not main_part)):
        told = [*title, *part.sentences] if part is main_part else part.sentences
        kind = _kind(told, part.act, lexicon)
        if kind is not None:
            found.append((kind, told))
    return found[:MOST]


def _in_dispute(read: Sequence[Marked]) -> list[Marked]:
    """Return the sentences of a text whose title tells of a deal between states: what it takes back is taken back in a dispute."""
    title = next((m for m in read if m.sentence.title), None)
    if title is None or not (title.has("truce") or (title.has("agree") and title.has("state_pair"))):
        return list(read)
    return [replace(m, marks=m.marks | {BACK}) if _TAKES_BACK.search(m.sentence.lower) else m for m in read]


BACK: Final = "taken_back"
_TAKES_BACK: Final = re.compile(
    r"^(?:[\w.'-]+ ){0,4}(?:will )?(?:\w+ly )?(?:suspend|remove|terminate|lower|lift|drop|withdraw|cancel|pause|ease|roll back|eliminate|"
    r"ensure the resumption|take appropriate measures to ensure the resumption|issue general licen[cs]es|end (?:\w+ )?retaliation)\b"
)


def _kind(told: Sequence[Marked], act: Marked | None, lexicon: Lexicon) -> Kind | None:
    """Return what a part of a long text tells of: by the rules where they are clear, else with the weights."""
    ruled = by_rules(told, lexicon)
    if act is not None and not act.has(BACK) and (deed := deed_of(act)) is not None:
        return Kind(deed, ACT, (act,), ruled.scores if ruled else {deed: ACT})
    if act is not None and act.has(BACK):
        return Kind("de_escalation", ACT, (act,), ruled.scores if ruled else {"de_escalation": ACT})
    if ruled is not None and ruled.score >= ACT:
        return ruled
    return kind_of(told, lexicon) or ruled


def is_short(read: Sequence[Marked]) -> bool:
    """Whether a text is short: it tells of one event, and the weights, which are made from such texts, are heard beside the rules."""
    return len(read) <= SHORT or sum(len(m.sentence.words) for m in read) <= WORDS


def _paragraphs(body: Sequence[Marked]) -> list[list[Marked]]:
    by_number: dict[int, list[Marked]] = {}
    for marked in body:
        by_number.setdefault(marked.sentence.paragraph, []).append(marked)
    groups = list(by_number.values())
    if len(groups) > 2:
        return [piece for group in groups for piece in _at_openers(group)]
    return [list(group[i : i + RUN]) for group in groups for i in range(0, len(group), RUN)]


def _at_openers(group: Sequence[Marked]) -> list[list[Marked]]:
    """Return a paragraph cut where a sentence opens another matter."""
    pieces: list[list[Marked]] = [[]]
    for marked in group:
        if pieces[-1] and (opens(marked) or (deed_of(marked) is not None and any(deed_of(m) is not None for m in pieces[-1]))):
            pieces.append([])
        pieces[-1].append(marked)
    return pieces


_GOES_ON: Final = re.compile(r"^(?:This|These|It|Its|They|Such|He|She|That)\b")
"""A paragraph that says more of what stands before it."""


def _joined(paragraphs: Sequence[list[Marked]], lexicon: Lexicon) -> list[_Part]:
    """Return the parts of a text: a paragraph without an act of its own belongs to what is told before it."""
    parts: list[_Part] = []
    waiting: list[Marked] = []
    last: _Part | None = None
    for at, paragraph in enumerate(paragraphs):
        part = _part(paragraph, lexicon, listed=_listed(at, paragraphs))
        if part is None or (last is not None and not part.listed and _GOES_ON.match(paragraph[0].sentence.text)):
            (last.sentences if last is not None else waiting).extend(paragraph)
            continue
        known = None if opens(paragraph[0]) or part.listed else _known(last, part, parts)
        if known is None and len(parts) < PARTS:
            part.sentences = [*waiting, *part.sentences]
            waiting = []
            parts.append(part)
            last = part
        else:
            last = known or parts[-1]
            last.take(part)
    return parts


def _known(last: _Part | None, part: _Part, parts: Sequence[_Part]) -> _Part | None:
    """Return the act that a part goes on with, or comes back to."""
    return last if last is not None and last.same(part) else next((p for p in reversed(parts) if p.returns(part)), None)


def _listed(at: int, paragraphs: Sequence[list[Marked]]) -> bool:
    """Whether a paragraph begins as one beside it does: "China will", "The United States will", or with the same form of a verb."""
    begins = _begins(paragraphs[at])
    return bool(begins) and any(0 <= i < len(paragraphs) and _begins(paragraphs[i]) == begins for i in (at - 2, at - 1, at + 1, at + 2))


def _begins(paragraph: Sequence[Marked]) -> str:
    words = paragraph[0].sentence.words[:5]
    if not words:
        return ""
    if "will" in words:
        return " ".join(words[: words.index("will") + 1])
    return "-ing" if words[0].endswith("ing") and len(words) > 3 else ""


def _learned(paragraph: Sequence[Marked], lexicon: Lexicon) -> float | None:
    """Return how far the weights take a paragraph for an event rather than for none; None without weights."""
    if not lexicon.weights.classes:
        return None
    found = lexicon.weights.scores("event_type", features(paragraph))
    return max(v for e, v in found.items() if e != NONE) - found[NONE]


def _part(paragraph: list[Marked], lexicon: Lexicon, *, listed: bool) -> _Part | None:
    """Return a paragraph as a part of its own if one of its sentences tells of an act."""
    best, act, event = 0.0, paragraph[0], ""
    for at, marked in enumerate(paragraph):
        for told, score in scores(marked.marks, lexicon).items():
            weighed = score * (1.0 if at == 0 else 0.9)
            if weighed > best:
                best, act, event = weighed, marked, told
    learned = _learned(paragraph, lexicon)
    back = paragraph[0].has(BACK)
    deed = None if back else next((m for m in paragraph if deed_of(m) is not None), None)
    if deed is not None:
        act, listed = deed, True
    elif not back and (best < ACT if learned is None else (best < (LISTED if listed else ACT) or learned < SPEAKS) and learned < CLEAR):
        return None
    opener = deed or paragraph[0]
    kind = _kind(paragraph, opener, lexicon)
    part = _Part(kind.event if kind else event, list(paragraph), act=opener, listed=listed)
    for name in act.names:
        if name.value.kind in ("agency", "state") and name.value.country:
            part.states.add(name.value.country)
        elif name.value.kind in ("company", "person"):
            part.parties.add(name.value.name)
    if event == "listing":
        part.parties.clear()
        part.counts = {n.value for n in act.numbers if not n.currency and not n.percent and n.value < 1000}
    date = _DATE.match(paragraph[0].sentence.text)
    part.date = date.group() if date else ""
    return part


def _main(title: Sequence[Marked], parts: Sequence[_Part], lexicon: Lexicon) -> _Part:
    """Return the part that the title is about: the first of the kind that the title tells of, else the first."""
    if title:
        told = scores(title[0].marks, lexicon)
        for event in sorted(told, key=lambda e: -told[e]):
            part = next((p for p in parts if p.event == event), None)
            if part is not None:
                return part
    return parts[0]
