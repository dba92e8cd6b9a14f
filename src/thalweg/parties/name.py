"""A name read: its words, each with its kind and how much it says, and the other ways in which the name may be read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from thalweg.nouns.listing import PartyType
from thalweg.parties.lexicon import (
    CARDINALS,
    FORM,
    HAN_DIGITS,
    INITIAL,
    MINOR,
    NUMBER,
    NUMBERED,
    ORDINALS,
    PARTICLE,
    PLACE,
    ROMAN,
    ROMAN_ALSO_WORDS,
    TITLE,
    WORD,
    HanWord,
    Lexicon,
    brand_key,
)
from thalweg.parties.sound import skeleton, sound
from thalweg.parties.text import clean, has_han, is_abjad, pinyin, runs, simplified, words

MINOR_WEIGHT: Final = {FORM: 0.03, PARTICLE: 0.05, TITLE: 0.08, INITIAL: 0.35, NUMBER: 0.4}
"""How much a word of a kind says where its frequency does not tell."""
MOST_WORDS: Final = 40
MOST_READINGS: Final = 12
_ORDINAL: Final = re.compile(r"^(\d+)(?:st|nd|rd|th)$")
_HAN_NUMBER: Final = re.compile(
    r"第?([〇零一二两三四五六七八九十百0-9]+)(?=(?:研究|设计|工程|机械|技术|开发|分)*(?:所|院|厂|局|部|中心|公司|大学|研究室))|第([〇零一二两三四五六七八九十百0-9]+)"
    r"|([0-9]+)"
)


SHORT_FORM: Final = 5
"""A legal form of fewer letters may be a piece of a word written apart."""
BOTH: Final = 1
ALONE: Final = 2


@dataclass(frozen=True, slots=True, eq=False)
class Token:
    """One word of a name, in lower-case Latin letters. Tokens of one reader are equal where they are the same object.

    ``others`` are other writings of the word, ``code`` what it stands for (a place, a number, a legal form), ``bones`` its consonants
    where its script leaves out vowels, ``native`` the word in its own script where that tells more, ``mask`` a bit for each letter.
    ``variants``, ``readings`` and ``renderings`` are the rows of the name tables that hold it. ``ways`` is 0 where a word answers others by
    its letters alone, :data:`BOTH` where it may answer another of the kind otherwise, :data:`ALONE` where it may so answer any.
    ``minor`` words are not compared where others are there, ``loose`` ones may be pieces of a word written apart, ``foreign`` ones are of
    another script.
    """

    text: str
    kind: int
    weight: float
    code: str = ""
    others: tuple[str, ...] = ()
    sound: str = ""
    bones: str = ""
    native: str = ""
    mask: int = 0
    variants: frozenset[str] = frozenset()
    readings: frozenset[str] = frozenset()
    renderings: frozenset[str] = frozenset()
    ways: int = 0
    minor: bool = False
    loose: bool = False
    foreign: bool = False

    def __post_init__(self) -> None:
        """Note what is asked of a word again and again."""
        short_form = self.kind == FORM and len(self.text) < SHORT_FORM
        object.__setattr__(self, "minor", self.kind in MINOR)
        object.__setattr__(self, "loose", self.kind in (PARTICLE, TITLE) or short_form)
        object.__setattr__(self, "foreign", bool(self.native or self.bones))
        alone = self.others or self.bones or self.kind in (INITIAL, NUMBER)
        both = self.code or self.native or self.variants or self.readings or self.renderings
        object.__setattr__(self, "ways", ALONE if alone else BOTH if both else 0)


@dataclass(frozen=True, slots=True)
class Name:
    """One reading of a name. ``via`` says how it came about where it is not the name as written.

    ``major`` are the words that it is compared by. ``person`` is True for a person, False for an organization, None where the name does not
    tell; ``alias`` says whether the name comes from the alias table, ``unsure`` whether no source bears that out,
    ``loose`` whether minor words may be pieces of others.
    """

    text: str
    tokens: tuple[Token, ...]
    via: str = ""
    person: bool | None = None
    alias: bool = False
    unsure: bool = False
    major: tuple[Token, ...] = ()
    loose: bool = False

    def __post_init__(self) -> None:
        """Take all words where none but minor ones are there."""
        major = tuple([t for t in self.tokens if not t.minor])
        object.__setattr__(self, "major", major or self.tokens)
        object.__setattr__(self, "loose", len(major) < len(self.tokens) and any([t.loose for t in self.tokens]))


@dataclass(frozen=True)
class Reader:
    """Reads names with a lexicon and the weights of words; keeps the tokens that it has met."""

    lexicon: Lexicon
    weights: Mapping[str, float]
    _tokens: dict[tuple[str, int, str, str, bool], Token] = field(default_factory=dict, repr=False, compare=False)
    _plain: tuple[dict[str, Token], dict[str, Token]] = field(default_factory=lambda: ({}, {}), repr=False, compare=False)
    """Words that are read alike wherever they stand: in names of persons, and in others."""

    def token(self, text: str, kind: int, code: str = "", others: tuple[str, ...] = (), *, native: str = "", abjad: bool = False) -> Token:
        """Return the token of a word."""
        key = (text, kind, code, native, abjad)
        found = self._tokens.get(key)
        if found is None:
            lexicon = self.lexicon
            every = (text, *others)
            weight = MINOR_WEIGHT.get(kind)
            if weight is None:
                weight = self.weights.get(text, 1.0) if not others else min([self.weights.get(w, 1.0) for w in every])
            found = Token(
                text, kind, weight, code, others, sound(text), skeleton(text) if abjad else "", native, _mask(text),
                lexicon.variants.get(text, _NONE) | lexicon.stems.get(text, _NONE),
                lexicon.readings.get(text, _NONE) if not others else _NONE.union(*[lexicon.readings.get(w, _NONE) for w in every]),
                lexicon.renderings.get(text, _NONE) if not others else _NONE.union(*[lexicon.renderings.get(w, _NONE) for w in every]),
            )  # fmt: skip
            self._tokens[key] = found
        return found

    def read(self, text: str, kind: PartyType = "") -> list[Name]:
        """Return the readings of a name: as it is written first, then by what else its characters or its aliases say."""
        text = clean(text)
        found = self._as_written(text, kind)
        for alias, brand, unsure in self._aliases(text):
            via = f"{text} is another name of {brand}{', which no source was found for' if unsure else ''}"
            for name in self._as_written(alias, kind or "entity"):
                found.append(Name(alias, name.tokens, via, person=False, alias=True, unsure=unsure))
        return [n for n in found[:MOST_READINGS] if n.tokens]

    def read_listed(self, text: str, kind: PartyType = "") -> list[Name]:
        """Return the readings of a name as a list writes it; aliases are looked up for queries alone."""
        return [n for n in self._as_written(clean(text), kind) if n.tokens]

    def _aliases(self, text: str) -> Iterable[tuple[str, str, bool]]:
        """Yield the other names of an organization that a name is of, that it is known by, and whether a source is wanting for either."""
        own = brand_key(text)
        for brand in self.lexicon.brands.get(own, ()):
            names, unverified = self.lexicon.brand_names[brand], self.lexicon.unverified.get(brand, _NONE)
            for name in names:
                if (key := brand_key(name)) != own:
                    yield name, names[0], own in unverified or key in unverified

    def _as_written(self, text: str, kind: PartyType) -> list[Name]:
        if not has_han(text):
            abjad = is_abjad(text)
            tokens = self.latin(words(text)[:MOST_WORDS], kind, abjad=abjad)
            person = self._is_person(tokens, kind)
            if text.count(",") == 1 and (person or (person is None and not kind)):
                surname, _, given = text.partition(",")
                tokens = self.latin([*words(given), *words(surname)][:MOST_WORDS], kind, abjad=abjad)
            return [Name(text, tokens, person=person)]
        whole = simplified(text)
        tokens = self._han(whole, kind)
        person = self._is_person(tokens, kind)
        readings = []
        if person is not False and (as_person := self._han_person(whole)):
            readings = [Name(text, tokens_, "read as a Chinese name of a person", person=True) for tokens_ in as_person]
        if not (readings and kind == "individual"):
            readings.append(Name(text, tokens, person=person if not readings else None))
        return readings

    def _is_person(self, tokens: Sequence[Token], kind: PartyType) -> bool | None:
        if kind:
            return kind == "individual"
        organization = self.lexicon.organization
        if any(t.kind in (FORM, NUMBER) or t.text in organization for t in tokens):
            return False
        return None

    def latin(self, parts: Sequence[str], kind: PartyType = "", *, abjad: bool = False) -> tuple[Token, ...]:
        """Return the tokens of Latin words."""
        lexicon = self.lexicon
        plain = self._plain[kind != "individual"]
        found: list[Token] = []
        numbers = False
        at, end = 0, len(parts)
        while at < end:
            word = parts[at]
            if not abjad and (known := plain.get(word)) is not None:
                found.append(known)
                at += 1
                continue
            if word in lexicon.forms and (code := self._form(parts, at, kind)):
                step, form = code
                found.append(self.token(" ".join(parts[at : at + step]), FORM, form))
            elif word in lexicon.place_starts and (length := _starting(lexicon.place_starts[word], parts, at)):
                step = length
                text = "".join(parts[at : at + step])
                found.append(self.token(text, PLACE, lexicon.places[text]))
            else:
                step = 1
                token = self._one(parts, at, kind, abjad=abjad)
                found.append(token)
                numbers = numbers or token.kind == NUMBER
                if not abjad and token.kind in _ANYWHERE and word not in ROMAN and not self._depends(word):
                    plain[word] = token
            at += step
        return _numbers(self, found) if numbers else tuple(found)

    def _depends(self, word: str) -> bool:
        """Say whether what a word is depends on where it stands."""
        return word in self.lexicon.forms or word in self.lexicon.place_starts or word in self.lexicon.titles

    def _one(self, parts: Sequence[str], at: int, kind: PartyType, *, abjad: bool) -> Token:
        word = parts[at]
        lexicon = self.lexicon
        if word in lexicon.particles and (kind == "individual" or word not in lexicon.assimilated):
            return self.token(word, PARTICLE)
        if word in lexicon.titles and len(parts) > 1 and (kind == "individual" or (kind in ("", "vessel") and at == 0)):
            return self.token(word, TITLE)
        if (code := _number(parts, at, kind)) is not None:
            return self.token(word, NUMBER, code)
        if len(word) == 1:
            return self.token(word, INITIAL)
        if kind != "individual" and word in lexicon.places:
            return self.token(word, PLACE, lexicon.places[word])
        return self.token(word, WORD, abjad=abjad)

    def _form(self, parts: Sequence[str], at: int, kind: PartyType) -> tuple[int, str] | None:
        """Return how many words a legal form takes here, and its code."""
        for form in self.lexicon.forms[parts[at]]:
            step = 1 + len(form.rest)
            if form.rest and tuple(parts[at + 1 : at + step]) != form.rest:
                continue
            if step == 1 and len(parts[at]) < 3 and (kind == "individual" or not _at_edge(self.lexicon, parts, at, form.position)):
                continue
            if step == 1 and at == 0 and form.position == "suffix":
                continue
            if step == len(parts):
                continue
            return step, form.code
        return None

    def _han(self, text: str, kind: PartyType) -> tuple[Token, ...]:
        found: list[Token] = []
        for is_han, run in runs(text):
            if not is_han:
                found.extend(self.latin(words(run), kind))
            else:
                found.extend(self._han_run(run))
        return tuple(found)

    def _han_run(self, run: str) -> Iterable[Token]:
        """Cut a run of characters into the longest words of the tables and numbers; what is between them is read by its sound."""
        rest = ""
        at = 0
        while at < len(run):
            number = _HAN_NUMBER.match(run, at)
            word, length = self._longest(run, at)
            numbered = number is not None and number.end() - at >= length
            if word is None and not numbered:
                rest += run[at]
                at += 1
                continue
            if rest:
                yield self.token("".join(pinyin(rest)), WORD, native=rest)
                rest = ""
            if number is not None and numbered:
                value = str(_han_value(number[number.lastindex or 1]))
                yield self.token(value, NUMBER, value)
                at = number.end()
            elif word is not None:
                yield self.token(word.reading, word.kind, word.code, word.others, native=run[at : at + length])
                at += length
        if rest:
            yield self.token("".join(pinyin(rest)), WORD, native=rest)

    def _longest(self, run: str, at: int) -> tuple[HanWord | None, int]:
        for length in range(min(self.lexicon.han_longest, len(run) - at), 0, -1):
            word = self.lexicon.han.get(run[at : at + length])
            if word is not None:
                return word, length
        return None, 0

    def _han_person(self, text: str) -> list[tuple[Token, ...]]:
        """Return surname and given name where the characters can be a Chinese person's; some write the surname last, after a space."""
        given, space, surname = text.partition(" ")
        if space and surname in self.lexicon.surnames and not (given in self.lexicon.surnames and len(surname) == 2):
            text = surname + given
        text = text.replace(" ", "")
        if not 2 <= len(text) <= 4 or any(not is_han for is_han, _ in runs(text)):
            return []
        for length in (2, 1):
            surname, given = text[:length], text[length:]
            if given and surname in self.lexicon.surnames and len(given) <= 2:
                forms = self.lexicon.surnames[surname]
                return [(self.token(forms[0], WORD, "", forms[1:], native=surname), self.token("".join(pinyin(given)), WORD, native=given))]
        return []


_ANYWHERE: Final = frozenset((WORD, PLACE, PARTICLE))
_NONE: Final[frozenset[str]] = frozenset()


def _mask(text: str) -> int:
    mask = 0
    for c in text:
        mask |= 1 << (ord(c) & 63)
    return mask


def is_of_person(name: Name, kind: str) -> bool:
    """Say whether a name is weighed as a person's: by its type, else by its words; one word alone is taken for a brand."""
    if kind:
        return kind == "individual"
    return name.person is not False and (name.person is True or len(name.major) > 1)


def _at_edge(lexicon: Lexicon, parts: Sequence[str], at: int, position: str) -> bool:
    """Say whether a short form stands where only forms stand: at the end, or at the start where it may."""
    if position != "suffix" and at == 0:
        return True
    return all(p in lexicon.forms for p in parts[at + 1 :])


def _starting(places: Iterable[tuple[str, ...]], parts: Sequence[str], at: int) -> int:
    for place in places:
        if tuple(parts[at : at + len(place)]) == place:
            return len(place)
    return 0


def _number(parts: Sequence[str], at: int, kind: PartyType) -> str | None:
    """Return the value of a number written in digits, as an ordinal, in words or in Roman numerals; None for other words."""
    word = parts[at]
    if word.isdigit():
        return str(int(word)) if len(word) < 20 else word
    if word[0].isdigit() and (found := _ORDINAL.match(word)):
        return found[1]
    if kind == "individual":
        return str(ROMAN[word]) if word in ("ii", "iii") else None
    if word in ORDINALS:
        return str(ORDINALS[word])
    if word in CARDINALS:
        return str(CARDINALS[word])
    if word in ROMAN and (word not in ROMAN_ALSO_WORDS or (at > 0 and parts[at - 1] in NUMBERED)):
        return str(ROMAN[word])
    return None if word.isalpha() or sum(c.isdigit() for c in word) < 2 else word


def _numbers(reader: Reader, tokens: list[Token]) -> tuple[Token, ...]:
    """Read ``forty four`` as 44."""
    found: list[Token] = []
    for token in tokens:
        last = found[-1] if found else None
        if (
            last is not None
            and token.kind == NUMBER == last.kind
            and last.text in CARDINALS
            and CARDINALS[last.text] in range(20, 100, 10)
            and token.code.isdigit()
            and 0 < int(token.code) < 10
        ):
            found[-1] = reader.token(last.text + token.text, NUMBER, str(CARDINALS[last.text] + int(token.code)))
        else:
            found.append(token)
    return tuple(found)


def _han_value(text: str) -> int:
    """Return the value of a Chinese number below a thousand."""
    if text.isdigit() and text.isascii():
        return int(text)
    if "十" not in text and "百" not in text:
        return int("".join(str(HAN_DIGITS.get(c, c)) for c in text))
    total, current = 0, 0
    for c in text:
        if c in "十百":
            total += (current or 1) * (10 if c == "十" else 100)
            current = 0
        else:
            current = HAN_DIGITS[c] if c in HAN_DIGITS else int(c)
    return total + current
