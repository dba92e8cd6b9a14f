"""What no weight decides: the rules that hold a level down, and the one that holds it up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from thalweg.parties.compare import SAME, TRANSLATED, Alignment, Pair
from thalweg.parties.features import form_differs, number_differs
from thalweg.parties.lexicon import FORM, NUMBER, PLACE, UNSURE, Lexicon
from thalweg.parties.name import Name, Token

Level = Literal["strong", "possible", "weak"]
LEVELS: Final[tuple[Level, ...]] = ("weak", "possible", "strong")


@dataclass(frozen=True, slots=True)
class Bound:
    """A level that a rule allows at most, and why."""

    level: Level
    why: str


def is_exact(query: Name, listed: Name, found: Alignment, lexicon: Lexicon, listed_type: str = "") -> bool:
    """Say whether two names hold the same words, whatever their order and however the legal form is written.

    An organization is not named as a person is, nor by another legal form.
    """
    if found.query_rest or found.listed_rest or not all([p.relation is SAME or _same_number(p) for p in found.pairs]):
        return False
    if (listed_type == "individual" and query.person is False) or form_differs(query, listed, lexicon):
        return False
    return _all_words(query) == _all_words(listed)


def _same_number(pair: Pair) -> bool:
    return len(pair.query) == len(pair.listed) == 1 and pair.query[0].kind == NUMBER and pair.query[0].code == pair.listed[0].code


def least_of_exact(query: Name, found: Alignment) -> Level:
    """Return the level that an exact name reaches at least: in another order it may be another person, by a recalled alias another firm."""
    return "possible" if found.reordered or query.unsure else "strong"


def _all_words(name: Name) -> list[str]:
    return sorted([t.code if t.kind == NUMBER else t.text for t in name.tokens if t.kind != FORM and t.text not in LINKS])


LINKS: Final = frozenset(("and", "of", "the", "for"))


def bounds(query: Name, listed: Name, found: Alignment, lexicon: Lexicon, listed_type: str = "") -> list[Bound]:
    """Return what holds the level of two names down."""
    rest_q, rest_c = found.query_rest, found.listed_rest
    held: list[Bound] = []
    if listed_type == "individual" and query.person is False:
        held.append(Bound("weak", "the query names an organization, the entry is a person"))
    if query.alias and any([p.edits for p in found.pairs]):
        held.append(Bound("weak", "an alias of the table is spelled as it is"))
    if query.unsure or any([t.code.startswith(UNSURE) for p in found.pairs if p.relation is TRANSLATED for t in (*p.query, *p.listed)]):
        held.append(Bound("possible", "by a name of the alias table that no source was found for"))
    if not rest_q and not rest_c:
        return held
    if number_differs(found):
        numbers = f"{_shown(rest_q, NUMBER)} against {_shown(rest_c, NUMBER)}"
        held.append(Bound("possible", f"another number: {numbers}"))
    if rest_q and len(found.pairs) == 1 and not rest_c and len(found.pairs[0].listed) == 1:
        held.append(Bound("weak", "the listed name is one word of a longer name"))
    if (rest_q or rest_c) and _is_institution(query, listed, lexicon) and (why := _places_differ(rest_q, rest_c)):
        held.append(Bound("weak", why))
    return held


def _is_institution(query: Name, listed: Name, lexicon: Lexicon) -> bool:
    words = lexicon.institutions
    return any([t.text in words or not words.isdisjoint(t.others) for name in (query, listed) for t in name.major])


def _places_differ(mine: Sequence[Token], theirs: Sequence[Token]) -> str:
    """Say how places tell two institutions apart: a country that one side leaves out does not."""
    ours = [t for t in mine if t.kind == PLACE]
    other = [t for t in theirs if t.kind == PLACE]
    if ours and other:
        return f"another place: {_names(ours)} against {_names(other)}"
    alone = [t for t in (*ours, *other) if len(t.code) != 2]
    return f"the place {_names(alone)} is in one name only" if alone else ""


def _names(tokens: list[Token]) -> str:
    return " ".join(t.text for t in tokens)


def _shown(tokens: Sequence[Token], kind: int) -> str:
    return " ".join(t.text for t in tokens if t.kind == kind)
