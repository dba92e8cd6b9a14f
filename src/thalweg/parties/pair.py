"""Two names compared by hand: the same score as in screening, without a list."""

from __future__ import annotations

from thalweg.evidence import BadInput
from thalweg.nouns.listing import PartyType
from thalweg.parties.explain import why
from thalweg.parties.levels import Model
from thalweg.parties.model import NameMatch
from thalweg.parties.name import Reader, is_of_person
from thalweg.parties.query import named, of_type
from thalweg.parties.score import Comparison, compare

SCHEMAS: dict[str, PartyType] = {
    "Person": "individual",
    "Company": "entity",
    "Organization": "entity",
    "PublicBody": "entity",
    "Vessel": "vessel",
    "Airplane": "aircraft",
    "LegalEntity": "",
    "Thing": "",
}
"""The type that each schema of FollowTheMoney stands for."""


def compare_names(query: str, listed: str, reader: Reader, model: Model, *, kind: str = "") -> NameMatch:
    """Score one name as a query against another as a listed name.

    Args:
        query: the name that is asked about; it is looked up in the alias table.
        listed: the name it is held against.
        reader: reads both.
        model: weights and cuts.
        kind: what both are of: a type of party or a schema of FollowTheMoney; by their words if left out.

    Raises:
        BadInput: if a name is empty or far too long, or the kind is not known.
    """
    named(query, "name1")
    named(listed, "name2")
    own = type_of(kind)
    best: Comparison | None = None
    for mine in reader.read(query, own):
        for theirs in reader.read_listed(listed, own):
            person = is_of_person(mine, own) and is_of_person(theirs, own)
            found = compare(mine, theirs, person=person, lexicon=reader.lexicon, model=model, listed_type=own)
            if best is None or found.score > best.score:
                best = found
    if best is None:
        raise BadInput(f"{query!r} and {listed!r}: hold nothing to compare")
    return NameMatch(score=round(best.score, 4), level=model.level(best.score), why=why(best, reader.lexicon))


def type_of(kind: str) -> PartyType:
    """Return the type of party that a type or a schema names.

    Raises:
        BadInput: if it names none.
    """
    kind = kind.strip()
    return SCHEMAS[kind] if kind in SCHEMAS else of_type(kind, known=SCHEMAS)
