"""Two names laid side by side: which word of one answers which word of the other, and how."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from rapidfuzz.distance import OSA

from thalweg.parties.lexicon import INITIAL, NUMBER, PARTICLE, PLACE, WORD
from thalweg.parties.name import ALONE, Name, Token
from thalweg.parties.sound import skeleton

SAME: Final = "same"
SPELLING: Final = "spelling"
TRANSLATED: Final = "translated"
SOUND: Final = "sound"
TYPO: Final = "typo"
JOINED: Final = "joined"
INITIALS: Final = "initial"
ACRONYM: Final = "acronym"
SHORTENED: Final = "shortened"


class Pair(NamedTuple):
    """Words of the query that answer words of the listed name; ``closeness`` is 1 where they are the same."""

    query: tuple[Token, ...]
    listed: tuple[Token, ...]
    relation: str
    closeness: float
    edits: int = 0


class Alignment(NamedTuple):
    """Every pair found, and what is left over on either side."""

    pairs: list[Pair]
    query_rest: list[Token]
    listed_rest: list[Token]
    reordered: bool


MOST_EDITS: Final = 3


def edits_allowed(length: int) -> int:
    """Return how many edits two words may be apart and still be one word misspelled, by the length of the longer."""
    return 0 if length < 3 else 1 if length < 5 else 2 if length < 11 else MOST_EDITS


MOST_EDITS_JOINED: Final = 2


def edits_joined(length: int) -> int:
    """Return how many edits a word may be apart from words that it joins."""
    return 0 if length < 6 else 1 if length < 10 else MOST_EDITS_JOINED


def align(query: Name, listed: Name) -> Alignment:
    """Pair the words of two names: the same first, then those that another writing explains, then those within some edits."""
    q, c = query.major, listed.major
    pairs: list[Pair] = []
    order: list[int] = []
    places: dict[str, list[Token]] = {}
    for token in c:
        places.setdefault(token.text, []).append(token)
    left_q: list[Token] = []
    for token in q:
        same = places.get(token.text)
        if same and not (token.native and same[0].native and token.native != same[0].native):
            other = same.pop(0)
            pairs.append(Pair((token,), (other,), SAME, 1.0))
            order.append(c.index(other))
        else:
            left_q.append(token)
    left_c = [t for t in c if places[t.text] and places[t.text].pop(0) is t] if len(pairs) < len(c) else []
    if left_q and left_c:
        _apart(query, listed, left_q, left_c, pairs)
        if left_q and left_c:
            _related(q, c, left_q, left_c, pairs, order)
        if (left_q and len(left_c) > 1) or (left_c and len(left_q) > 1):
            _acronyms(left_q, left_c, pairs)
    return Alignment(pairs, left_q, left_c, len(order) > 1 and order != sorted(order))


# ---------------------------------------------------------------- words written apart


def _apart(query: Name, listed: Name, left_q: list[Token], left_c: list[Token], pairs: list[Pair]) -> None:
    """Pair one word with two or three that are written apart on the other side; then all that is left, parted in other places."""
    if len(left_q) > 1 or query.loose:
        _joins(left_c, left_q, query, pairs, flip=True)
    if left_q and left_c and (len(left_c) > 1 or listed.loose):
        _joins(left_q, left_c, listed, pairs, flip=False)
    if len(left_q) < 2 or len(left_c) < 2:
        return
    mine, theirs = "".join([t.text for t in left_q]), "".join([t.text for t in left_c])
    length = max(len(mine), len(theirs))
    limit = edits_joined(length)
    if abs(len(mine) - len(theirs)) > limit or any([t.kind == NUMBER for t in left_q]) or any([t.kind == NUMBER for t in left_c]):
        return
    distance = OSA.distance(mine, theirs, score_cutoff=limit)
    if distance <= limit:
        pairs.append(_joined(tuple(left_q), tuple(left_c), distance, length))
        left_q.clear()
        left_c.clear()


def _joined(query: tuple[Token, ...], listed: tuple[Token, ...], distance: int, length: int) -> Pair:
    """A word written apart is one slip; one that is misspelled too is another."""
    return Pair(query, listed, JOINED, 1 - distance / length if distance else 0.98, distance + 1 if distance else 0)


def _joins(ones: list[Token], many: list[Token], whole: Name, pairs: list[Pair], *, flip: bool) -> None:
    for token in list(ones):
        length = len(token.text)
        if length < 4 or (token.kind not in (WORD, PLACE)):
            continue
        parts, distance = _window(token, whole, many)
        if parts:
            ones.remove(token)
            for part in parts:
                if part in many:
                    many.remove(part)
            pairs.append(_joined(parts, (token,), distance, length) if flip else _joined((token,), parts, distance, length))


def _window(token: Token, whole: Name, left: list[Token]) -> tuple[tuple[Token, ...], int]:
    """Return the words that make up a word when joined, few of its letters apart from them: neighbors, or two in either order."""
    best: tuple[tuple[Token, ...], int] = ((), 99)
    for parts in _windows(token, whole, left):
        longest = letters = mask = 0
        for part in parts:
            size = len(part.text)
            letters += size
            longest = max(longest, size)
            mask |= part.mask
        if not token.others and (abs(letters - len(token.text)) > 3 or (mask ^ token.mask).bit_count() > 6):
            continue
        joined = "".join([p.text for p in parts])
        plain = "".join([p.text for p in parts if p.kind != PARTICLE])
        for text in (token.text, *token.others):
            limit = edits_joined(len(text))
            for one in (joined, plain) if plain != joined else (joined,):
                if abs(len(one) - len(text)) <= limit and len(one) > longest:
                    distance = OSA.distance(one, text, score_cutoff=limit)
                    if distance <= limit and distance < best[1]:
                        best = (parts, distance)
    return best


def _windows(token: Token, whole: Name, left: list[Token]) -> Sequence[tuple[Token, ...]]:
    """Return words that may make up a word: neighbors, at least one of them left over; and two left over in any order.

    None has more than a few letters which the word lacks, as each of these is an edit; particles may be left out of the word.
    """
    if token.others:
        fits = left
    else:
        lacks = ~token.mask
        fits = [t for t in left if t.kind == PARTICLE or (t.mask & lacks).bit_count() <= MOST_EDITS_JOINED]
        if not fits:
            return ()
    if not whole.loose and len(left) == 2:
        return ((left[0], left[1]), (left[1], left[0])) if len(fits) == 2 else ()
    least, longest = (0, len(token.text) + 12) if token.others else (len(token.text) - 3, len(token.text) + 2)
    tokens = whole.tokens
    state = [0 if t.kind == NUMBER else 2 if t in fits else 1 if t.loose else 0 for t in tokens]
    found: list[tuple[Token, ...]] = []
    for start, own in enumerate(state[:-1]):
        if not own or not state[start + 1]:
            continue
        letters, held = len(tokens[start].text), own
        for end in range(start + 1, min(start + 3, len(state))):
            if not state[end]:
                break
            letters += len(tokens[end].text)
            held = max(held, state[end])
            if letters > longest:
                break
            if held == 2 and letters >= least:
                found.append(tokens[start : end + 1])
    if len(fits) > 1 and sum([t.kind != NUMBER for t in left]) < 4:
        free = [i for i, own in enumerate(state) if own == 2]
        found.extend(
            [(tokens[i], tokens[j]) for i in free for j in free if i != j != i + 1 and len(tokens[i].text) + len(tokens[j].text) <= longest]
        )
    return found


# ---------------------------------------------------------------- one word for another


def _related(q: Sequence[Token], c: Sequence[Token], left_q: list[Token], left_c: list[Token], pairs: list[Pair], order: list[int]) -> None:
    found = []
    for i, a in enumerate(left_q):
        for j, b in enumerate(left_c):
            if _unlike(a, b):
                continue
            pair = relate(a, b)
            if pair is not None:
                found.append((-pair.closeness, abs(i - j), i, j, pair))
    if not found:
        return
    found.sort()
    taken_q: set[int] = set()
    taken_c: set[int] = set()
    for _, _, i, j, pair in found:
        if i not in taken_q and j not in taken_c:
            taken_q.add(i)
            taken_c.add(j)
            pairs.append(pair)
            order.append(c.index(left_c[j]))
    if len(order) > 1:
        # in the order of the query, so that a change of order shows
        places = sorted(zip([q.index(p.query[0]) for p in pairs if len(p.query) == len(p.listed) == 1], order, strict=False))
        order[:] = [j for _, j in places]
    left_q[:] = [t for i, t in enumerate(left_q) if i not in taken_q]
    left_c[:] = [t for j, t in enumerate(left_c) if j not in taken_c]


def _unlike(a: Token, b: Token) -> bool:
    """Say, sooner than :func:`relate` does, that neither letters nor sound nor anything else joins two words."""
    return (
        (a.mask ^ b.mask).bit_count() > 2 * MOST_EDITS
        and a.text[0] != b.text[0]
        and a.sound != b.sound
        and (a.ways | b.ways) < ALONE
        and not a.ways & b.ways
    )


def relate(a: Token, b: Token) -> Pair | None:
    """Return how one word answers another, or None if it does not."""
    if NUMBER in (a.kind, b.kind):
        if a.code and a.code == b.code:
            return Pair((a,), (b,), SPELLING, 1.0)
        if a.kind in (b.kind, INITIAL) or b.kind == INITIAL:
            return None
    if a.code and a.code == b.code:
        return Pair((a,), (b,), TRANSLATED, 0.97)
    if a.others or b.others:
        if a.text in b.others or b.text in a.others or (a.others and b.others and not set(a.others).isdisjoint(b.others)):
            return Pair((a,), (b,), TRANSLATED, 0.97)
        if (closest := _closest_other(a, b)) is not None:
            return closest
    if a.variants and b.variants and not a.variants.isdisjoint(b.variants):
        return Pair((a,), (b,), SPELLING, 0.97)
    if (a.readings and b.renderings and not a.readings.isdisjoint(b.renderings)) or (
        b.readings and a.renderings and not b.readings.isdisjoint(a.renderings)
    ):
        return Pair((a,), (b,), TRANSLATED, 0.95)
    if INITIAL in (a.kind, b.kind):
        return Pair((a,), (b,), INITIALS, 0.6) if a.text[0] == b.text[0] and a.kind != b.kind and WORD in (a.kind, b.kind) else None
    if a.bones or b.bones:
        return _bones(a, b)
    if a.native and b.native:
        return Pair((a,), (b,), SOUND, 0.8) if a.text == b.text else None
    return _spelled(a, b)


def _closest_other(a: Token, b: Token) -> Pair | None:
    """Match a misspelled form of another writing."""
    for many, one in ((a, b), (b, a)):
        for other in many.others:
            if len(other) >= 6 and abs(len(other) - len(one.text)) <= 1 and OSA.distance(other, one.text, score_cutoff=1) <= 1:
                return Pair((a,), (b,), TRANSLATED, 0.9, 1)
    return None


def _bones(a: Token, b: Token) -> Pair | None:
    """Match a word of a script without vowels by its consonants."""
    p, q = a.bones or skeleton(a.text), b.bones or skeleton(b.text)
    if p == q and len(p) > 1:
        return Pair((a,), (b,), SOUND, 0.85 if len(p) > 2 else 0.6)
    if len(p) > 3 and len(q) > 3 and OSA.distance(p, q, score_cutoff=1) <= 1:
        return Pair((a,), (b,), SOUND, 0.7, 1)
    return None


def _spelled(a: Token, b: Token) -> Pair | None:
    x, y = a.text, b.text
    longest = max(len(x), len(y))
    limit = edits_allowed(longest)
    distance = limit + 1
    if (a.mask ^ b.mask).bit_count() <= 2 * limit:  # each edit puts in and takes out a letter at most
        distance = OSA.distance(x, y, score_cutoff=limit)
    if a.sound == b.sound and len(a.sound) > 1:
        apart = distance if distance <= limit else OSA.distance(x, y)
        if apart * 2 <= longest:
            return Pair((a,), (b,), SOUND, max(0.93, 1 - apart / longest), min(apart, limit + 1))
    if distance <= limit and distance * 2 <= min(len(x), len(y)):
        return Pair((a,), (b,), TYPO, 1 - distance / longest, distance)
    if x[0] != y[0]:
        return None
    if (
        len(a.sound) > 3
        and len(b.sound) > 3
        and abs(len(a.sound) - len(b.sound)) < 2
        and OSA.distance(a.sound, b.sound, score_cutoff=1) <= 1
    ):
        return Pair((a,), (b,), SOUND, 0.8, limit)
    short, long = (x, y) if len(x) < len(y) else (y, x)
    if len(short) >= 3 and len(long) >= 6 and _shortens(short, long):
        return Pair((a,), (b,), SHORTENED, 0.7, 1)
    return None


def _shortens(short: str, long: str) -> bool:
    """Say whether one word is the other cut short (``tech``) or contracted (``intl``)."""
    if long.startswith(short):
        return len(short) >= 4 or len(long) - len(short) <= 3
    if len(short) > 5 or short[-1] != long[-1] or any([c in "aeiou" for c in short[1:]]):
        return False
    rest = iter(long)
    return all(c in rest for c in short)


def _acronyms(left_q: list[Token], left_c: list[Token], pairs: list[Pair]) -> None:
    """Pair an acronym with the words it is made of."""
    for ones, many, flip in ((left_q, left_c, False), (left_c, left_q, True)):
        for token in list(ones):
            text = token.text
            count = len(text)
            if not 3 <= count <= 8 or token.kind not in (WORD, PLACE):
                continue
            for start in range(len(many) - count + 1):
                window = tuple(many[start : start + count])
                if all([t.text[0] == letter for t, letter in zip(window, text, strict=True)]):
                    ones.remove(token)
                    del many[start : start + count]
                    pairs.append(Pair(window, (token,), ACRONYM, 0.7) if flip else Pair((token,), window, ACRONYM, 0.7))
                    break
