"""What words of names mean: legal forms, places, numbers, particles, spellings of one name, Chinese words and brands.

Compiled once from the name tables of the knowledge pack into look-ups by word.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from thalweg.pack.names import Names, Word
from thalweg.parties.text import has_han, pinyin, simplified, words

WORD: Final = 0
PLACE: Final = 1
NUMBER: Final = 2
INITIAL: Final = 3
PARTICLE: Final = 4
TITLE: Final = 5
FORM: Final = 6
MINOR: Final = frozenset((FORM, PARTICLE, TITLE))
"""Kinds that say little: a name is compared by its other words."""

CARDINALS: Final = {
    w: n
    for n, ws in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty",
        ]
    )
    for w in ws.split()
} | {"thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
ORDINALS: Final = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10,
    "eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15, "sixteenth": 16, "seventeenth": 17,
    "eighteenth": 18, "nineteenth": 19, "twentieth": 20,
}  # fmt: skip
ROMAN: Final = {
    "ii": 2, "iii": 3, "iv": 4, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "xi": 11, "xii": 12, "xiii": 13, "xiv": 14, "xv": 15, "xvi": 16,
    "xvii": 17, "xviii": 18, "xix": 19, "xx": 20, "xxi": 21, "xxii": 22, "i": 1, "v": 5, "x": 10,
}  # fmt: skip
ROMAN_ALSO_WORDS: Final = frozenset(("i", "v", "x", "vi", "ix", "xi", "iv"))
"""Roman numerals that are initials or words too: read as numbers only after a word that numbers follow."""
NUMBERED: Final = frozenset(
    [
        "fund",
        "funds",
        "partners",
        "partnership",
        "trust",
        "capital",
        "series",
        "phase",
        "class",
        "vehicle",
        "holdings",
        "investors",
        "lp",
        "tranche",
        "unit",
        "plant",
        "factory",
        "no",
    ]
)
INSTITUTIONS: Final = frozenset(("university", "institute", "academy", "college", "school", "laboratory", "polytechnic", "hospital"))
"""Institutions of which many places have one by the same name."""
HAN_DIGITS: Final = {"〇": 0, "零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}


@dataclass(frozen=True, slots=True)
class HanWord:
    """A Chinese word as a name may hold it: its kind, its reading, what else it is written as, and its code."""

    kind: int
    reading: str
    others: tuple[str, ...] = ()
    code: str = ""


UNSURE: Final = "brand?:"
"""What the code of a word begins with where nothing bears out what it stands for."""


@dataclass(frozen=True, slots=True)
class Form:
    """A legal form: the words after its first, its code, its kind, and where in a name it stands."""

    rest: tuple[str, ...]
    code: str
    kind: str
    position: str


@dataclass(frozen=True)
class Lexicon:
    """Look-ups by word; see :func:`lexicon`."""

    sha256: str
    forms: Mapping[str, tuple[Form, ...]]
    form_kinds: Mapping[str, str]
    particles: frozenset[str]
    assimilated: frozenset[str]
    """Forms of the Arabic article that are words of their own in names of organizations (as, us, ar)."""
    titles: frozenset[str]
    variants: Mapping[str, frozenset[str]]
    places: Mapping[str, str]
    place_starts: Mapping[str, tuple[tuple[str, ...], ...]]
    readings: Mapping[str, frozenset[str]]
    renderings: Mapping[str, frozenset[str]]
    organization: frozenset[str]
    institutions: frozenset[str]
    han: Mapping[str, HanWord]
    han_longest: int
    surnames: Mapping[str, tuple[str, ...]]
    brands: Mapping[str, tuple[str, ...]]
    brand_names: Mapping[str, tuple[str, ...]]
    stems: Mapping[str, frozenset[str]]
    syllables: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unverified: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The keys of the names of a brand that no source was found for."""


def joined(text: str, *, without: Iterable[str] = ("and", "of", "the")) -> str:
    """Return the words of a text as one, without links: the form in which a phrase is looked up."""
    return "".join(w for w in words(text) if w not in without)


def lexicon(names: Names) -> Lexicon:
    """Compile the name tables."""
    forms: dict[str, list[Form]] = {}
    han: dict[str, HanWord] = {}
    kinds: dict[str, str] = {}
    for row in names.legal_forms:
        kinds.setdefault(row.code, row.kind)
        if has_han(row.form):
            han[simplified(row.form)] = HanWord(FORM, "".join(pinyin(row.form)), code=row.code)
        elif parts := words(row.form):
            forms.setdefault(parts[0], []).append(Form(tuple(parts[1:]), row.code, row.kind, row.position))
    readings, renderings, organization = _words(names.words, han)
    places, starts = _places(names, han)
    brands, brand_names, stems = _brands(names, han)
    return Lexicon(
        sha256=names.sha256,
        forms={w: tuple(sorted(dict.fromkeys(fs), key=lambda f: -len(f.rest))) for w, fs in forms.items()},
        form_kinds=kinds,
        particles=frozenset(w for p in names.name_parts if p.kind == "particle" for w in words(p.word)) | {"and", "of", "the", "for"},
        assimilated=frozenset(w for p in names.name_parts if "before" in p.meaning for w in words(p.word)),
        titles=frozenset(w for p in names.name_parts if p.kind == "title" for w in words(p.word)),
        variants=_groups((row.group, row.variants) for row in names.name_variants),
        places=places,
        place_starts=starts,
        readings=readings,
        renderings=renderings,
        organization=organization,
        institutions=_institutions(names.words),
        han=han,
        han_longest=max(map(len, han), default=1),
        surnames=_surnames(names),
        brands=brands,
        brand_names=brand_names,
        stems=stems,
        syllables={s.pinyin: tuple(x.replace("'", "") for x in (*s.wade_giles, *s.other)) for s in names.syllables},
        unverified={b.id: frozenset(map(brand_key, b.unverified)) for b in names.brands if b.unverified},
    )


def _groups(rows: Iterable[tuple[str, Iterable[str]]]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for group, variants in rows:
        for variant in variants:
            if len(parts := words(variant)) == 1:
                found.setdefault(parts[0], set()).add(group)
    return {word: frozenset(groups) for word, groups in found.items()}


def _words(rows: Iterable[Word], han: dict[str, HanWord]) -> tuple[dict[str, frozenset[str]], dict[str, frozenset[str]], frozenset[str]]:
    """Return readings and renderings by word, and what only organizations are called."""
    readings: dict[str, set[str]] = {}
    renderings: dict[str, set[str]] = {}
    organization: set[str] = set()
    for row in rows:
        code = f"{row.language}:{row.word}"
        own = {joined(r) for r in (*row.reading, *([] if has_han(row.word) else [row.word]))} - {""}
        others = tuple(dict.fromkeys(j for r in row.renderings if (j := joined(r))))
        for reading in own:
            readings.setdefault(reading, set()).add(code)
        for other in others:
            renderings.setdefault(other, set()).add(code)
        if row.kind in ("organization", "structure", "industry", "activity"):
            organization.update(own, others)
        if row.language == "zh" and has_han(row.word):
            reading = joined(row.reading[0]) if row.reading else "".join(pinyin(row.word))
            kind = NUMBER if row.kind == "number" else PARTICLE if row.kind == "link" else WORD
            han[simplified(row.word)] = HanWord(kind, reading, others, code)
    froze = frozenset
    return {w: froze(c) for w, c in readings.items()}, {w: froze(c) for w, c in renderings.items()}, froze(organization)


def _institutions(rows: Iterable[Word]) -> frozenset[str]:
    """Return the words for institutions in all languages: words whose usual rendering names one with all that they are rendered by.

    Of a word that may be rendered so among other ways only these renderings count: what stands for a polytechnic stands for technology
    too, and that is in the names of many companies.
    """
    found = set(INSTITUTIONS)
    for row in rows:
        naming = [r for r in row.renderings if not INSTITUTIONS.isdisjoint(words(r))]
        usual = naming[:1] == list(row.renderings[:1])
        every = (*row.reading, *row.renderings, *([] if has_han(row.word) else [row.word])) if usual else naming
        found.update(j for w in every if (j := joined(w)))
    return frozenset(found)


def _places(names: Names, han: dict[str, HanWord]) -> tuple[dict[str, str], dict[str, tuple[tuple[str, ...], ...]]]:
    """Return the code of each place by its joined name, and the words of places of more than one word by their first."""
    found: dict[str, str] = {}
    starts: dict[str, set[tuple[str, ...]]] = {}
    for row in names.places:
        code = row.code or f"{row.country}:{joined(row.english)}"
        latin = [w for w in (row.english, *row.pinyin, *row.aliases) if not has_han(w)]
        for name in latin:
            if parts := tuple(words(name)):
                found.setdefault("".join(parts), code)
                if len(parts) > 1:
                    starts.setdefault(parts[0], set()).add(parts)
        for written in (row.zh, *(w for w in row.aliases if has_han(w))):
            if written and (len(written) > 1 or row.kind == "country"):
                reading = joined(row.pinyin[0]) if row.pinyin else "".join(pinyin(written))
                han.setdefault(simplified(written), HanWord(PLACE, reading, tuple(dict.fromkeys(map(joined, latin))), code))
    return found, {w: tuple(sorted(p, key=lambda t: (-len(t), t))) for w, p in starts.items()}


def _surnames(names: Names) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for row in names.surnames:
        forms = (row.pinyin, *row.wade_giles, *row.cantonese, *row.taiwanese, *row.korean, *row.vietnamese)
        found.setdefault(row.zh, {}).update(dict.fromkeys(f for form in forms if (f := joined(form))))
    return {zh: tuple(forms) for zh, forms in found.items()}


def _brands(
    names: Names, han: dict[str, HanWord]
) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]], dict[str, frozenset[str]]]:
    """Return brands by the key of each name, the names of each brand, and the brands of each stem."""
    by_key: dict[str, dict[str, None]] = {}
    names_of: dict[str, tuple[str, ...]] = {}
    stems: dict[str, set[str]] = {}
    for brand in names.brands:
        every = tuple(dict.fromkeys((brand.canonical, *brand.zh, *brand.aliases)))
        names_of[brand.id] = every
        for name in every:
            if key := brand_key(name):
                by_key.setdefault(key, {})[brand.id] = None
        latin = tuple(dict.fromkeys(j for s in (*brand.stem, *brand.pinyin) if (j := joined(s))))
        for stem in latin:
            stems.setdefault(stem, set()).add(brand.id)
        for stem_zh in brand.stem_zh:
            reading = joined(brand.pinyin[0]) if brand.pinyin else "".join(pinyin(stem_zh))
            before = han.get(simplified(stem_zh))
            others = latin if before is None or before.kind != WORD else tuple(dict.fromkeys((*latin, *before.others)))
            sure = {stem_zh, *brand.stem}.isdisjoint(brand.unverified)
            han[simplified(stem_zh)] = HanWord(WORD, reading, others, f"{'brand:' if sure else UNSURE}{brand.id}")
    return {k: tuple(v) for k, v in by_key.items()}, names_of, {w: frozenset(b) for w, b in stems.items()}


def brand_key(name: str) -> str:
    """Return the key under which a whole name is looked up among brands: no legal form at the end, words as one."""
    from thalweg.nouns.names import name_key

    key = name_key(simplified(name) if has_han(name) else name)
    return key.replace(" ", "") if has_han(key) else "".join(words(key))
