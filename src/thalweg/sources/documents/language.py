"""The language of a text: by its script, and for Latin letters by its commonest words. Short and unsure text keeps what was stated.

No library: the ones at hand bring a model of their own, and all that is asked is which of a dozen languages a whole article is in.
"""

from __future__ import annotations

import re
from typing import Final

_SCRIPTS: Final = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("ko", re.compile(r"[\uac00-\ud7af]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
    ("hi", re.compile(r"[\u0900-\u097f]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
)
_WORDS: Final = {
    "en": "the of and to in that for is with was on by has said from its be are will have as at which not",
    "de": "der die und das den von mit ist des für auf dem nicht eine sich werden auch nach wird im zu",
    "fr": "le la les des et du une dans est pour que sur par au pas aux avec qui ses cette sont",
    "es": "el los las del que una para con por se su como más al fue es sus sobre este",
    "it": "il di che della per una con del sono non nel alla gli dei delle si anche più le",
    "pt": "os que da do uma para com não em por mais dos das ao foi sua pela são como",
    "nl": "de het een van en dat op voor met zijn niet aan door ook er bij naar werd",
    "id": "yang dan di untuk dengan dari ini itu pada dalam akan tidak oleh juga telah",
    "vi": "của và các là trong cho được với không này có đã người những một",
    "tr": "ve bir bu için ile da de olarak olan çok daha gibi kadar sonra",
    "pl": "w na z do nie się jest że przez od oraz dla jak po tym",
}
_SETS: Final = {code: frozenset(words.split()) for code, words in _WORDS.items()}
_WORD: Final = re.compile(r"[^\W\d_]+")
_LETTER: Final = re.compile(r"[^\W\d_]")
_FEWEST: Final = 3
"""Common words below which a text does not tell its language."""


def language_of(text: str, *, stated: str = "") -> str:
    """Return the ISO 639-1 code of the language that most of a text is in; what is stated where the text does not tell; else empty."""
    letters = len(_LETTER.findall(text)) or 1
    counts = {code: len(script.findall(text)) for code, script in _SCRIPTS}
    if counts["ja"] * 20 > counts["zh"] > 0 or counts["ja"] * 3 > letters:  # kana among the Han
        return "ja"
    code, most = max(counts.items(), key=lambda c: c[1])
    if most * 4 > letters:  # a sign of Han stands for several letters of a Latin name beside it
        return code
    words = _WORD.findall(text.casefold())
    found = sorted(((sum(w in s for w in words), c) for c, s in _SETS.items()), reverse=True)
    if found[0][0] >= _FEWEST and found[0][0] > found[1][0]:
        return found[0][1]
    return stated.strip().replace("_", "-").partition("-")[0].casefold()[:3]
