"""The text of a name: cleaned of what cannot be seen, read in its script, and written as plain Latin words."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

MOST: Final = 1_000
"""The longest name that is read, in characters; the longest on the lists is under 400."""

_CONTROL: Final = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    r"\ufe00-\ufe0f\ufeff\ufff9-\ufffb\ud800-\udfff]+"
)
_HAN: Final = re.compile(r"[\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")
_KANA: Final = re.compile(r"[\u3040-\u30ff\uff66-\uff9f]")
_ABJAD: Final = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_MIXED: Final = re.compile(r"\S+")
_DOTTED: Final = re.compile(r"\b(?:[a-z0-9]\.){1,}[a-z0-9]\b\.?")
_ACCENTED: Final = re.compile(r"([A-Za-z])[\u0300-\u036f]+")
_DIGIT: Final = re.compile(r"\d\d")
_NUMBERED: Final = re.compile(r"([a-z]{4,})(\d{2,})\b")
_NUMBERING: Final = re.compile(r"\b(\d{2,})([a-z]{4,})")
_WORD: Final = re.compile(r"[a-z0-9]+")

# Letters of other scripts that look like a Latin letter. They are read as Latin only inside a word that holds Latin letters.
_LOOKALIKES: Final = str.maketrans(
    "АВЕЅІЈКМНОРСТХУаеѕіјорсхуһԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧαικνορτυχ",
    "ABESIJKMHOPCTXYaesijopcxyhdqwABEZHIKMNOPTYXaiknoptux",
)
_PUNCTUATION: Final = {
    **dict.fromkeys(map(ord, "'`´‘’ʻʼ′ʿʾʹ\""), None),
    **dict.fromkeys(map(ord, "-_,;:/\\()[]{}<>|.!?*#=~^«»“”„‟‹›–—‑·•・。、，（）"), " "),
    ord("&"): " and ",
    ord("+"): " and ",
    ord("@"): " at ",
    ord("%"): " percent ",
}


def clean(text: str) -> str:
    """Return the text in Unicode's compatible form, without control characters and marks of direction, with single spaces."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    text = _CONTROL.sub(lambda m: " " if any(c in "\t\n\r\x0b\x0c\x85\u2028\u2029" for c in m[0]) else "", text)
    return " ".join(unicodedata.normalize("NFKC", text).split())


def has_han(text: str) -> bool:
    """Say whether a text holds Chinese characters and no Japanese syllables beside them."""
    return not text.isascii() and _HAN.search(text) is not None and _KANA.search(text) is None


def is_abjad(text: str) -> bool:
    """Say whether a text is in a script that leaves out most vowels."""
    return not text.isascii() and _ABJAD.search(text) is not None


_HAN_RUN: Final = re.compile(f"{_HAN.pattern}(?:[0-9]+{_HAN.pattern})*")


def runs(text: str) -> list[tuple[bool, str]]:
    """Split a text into runs of Chinese characters, numbers between them included (True), and of all else (False), in order."""
    found: list[tuple[bool, str]] = []
    end = 0
    for match in _HAN_RUN.finditer(text):
        if match.start() > end:
            found.append((False, text[end : match.start()]))
        found.append((True, match[0]))
        end = match.end()
    if end < len(text):
        found.append((False, text[end:]))
    return found


def words(text: str) -> list[str]:
    """Return the words of a text that holds no Chinese, in lower-case Latin letters and digits.

    Apostrophes and dots inside an abbreviation join (``Int'l``, ``S.A.``); hyphens and other marks part, and so do a word and a number.
    """
    if not text.isascii():
        text = latin(text)
    text = text.lower()
    if "." in text:
        text = _DOTTED.sub(_undotted, text)
    text = text.translate(_PUNCTUATION)
    if _DIGIT.search(text):
        text = _NUMBERED.sub(r"\1 \2", _NUMBERING.sub(r"\1 \2", text))
    return _WORD.findall(text)


def _undotted(match: re.Match[str]) -> str:
    return match[0].replace(".", "") + " "


def latin(text: str) -> str:
    """Return a text in ASCII: accents dropped, look-alikes of Latin letters read as these, other scripts transliterated."""
    plain = _ACCENTED.sub(r"\1", unicodedata.normalize("NFKD", text))
    if plain.isascii():
        return plain
    plain = unicodedata.normalize("NFC", plain).translate(_PUNCTUATION)
    return _MIXED.sub(lambda m: m[0] if m[0].isascii() else _transliterated(_one_script(m[0])), plain)


def _one_script(word: str) -> str:
    """Read look-alikes as Latin in a word that holds Latin letters of its own."""
    if any(c.isascii() and c.isalpha() for c in word):
        return word.translate(_LOOKALIKES)
    return word


@lru_cache(maxsize=65_536)
def _transliterated(word: str) -> str:
    from anyascii import anyascii

    return str(anyascii(word)).replace("'", "").replace("`", "").lower()


@lru_cache(maxsize=1)
def _converter() -> object:
    from opencc import OpenCC

    return OpenCC("t2s")


@lru_cache(maxsize=65_536)
def simplified(text: str) -> str:
    """Return Chinese text in simplified characters."""
    return str(_converter().convert(text))  # type: ignore[attr-defined]


@lru_cache(maxsize=65_536)
def pinyin(text: str) -> tuple[str, ...]:
    """Return the syllables of Chinese characters in pinyin without tones; ü is written v."""
    from pypinyin import lazy_pinyin

    return tuple(s for part in lazy_pinyin(text) if (s := "".join(_WORD.findall(part.lower()))))
