"""Bytes to text, whatever their publisher says they are.

Declared encodings are wrong often enough that the bytes are asked first: text that is valid UTF-8 is UTF-8, and text whose bytes come
in the pairs of the commonest Chinese characters is GB 18030, unless another encoding of pairs was declared.
"""

from __future__ import annotations

import codecs
import re
from typing import Final

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_META: Final = re.compile(rb"""<meta[^>]{0,300}?charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,40})""", re.IGNORECASE)
_XML: Final = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9_:.-]{2,40})["']""")
_HTTP: Final = re.compile(r"""charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,40})""", re.IGNORECASE)
_AS_MEANT: Final = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "us-ascii": "cp1252",
    "ascii": "cp1252",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "sjis": "cp932",
    "big5": "big5hkscs",
}
"""Labels by what browsers take them for: https://encoding.spec.whatwg.org/#names-and-labels."""
_PAIRED: Final = frozenset({"cp949", "cp932", "big5hkscs", "big5", "euc-jp", "euc_jp", "iso-2022-jp", "euc-tw"})
_HEAD: Final = 4_096
_SAMPLE: Final = 200_000
_PAIR: Final = re.compile(rb"[\xa1-\xfe][\xa1-\xfe]")
_COMMON: Final = re.compile(rb"[\xa1-\xa3\xb0-\xd7][\xa1-\xfe]")
"""Punctuation, full-width letters, and the 3,755 characters of level one of GB 2312."""


def media_charset(media_type: str) -> str:
    """Return the charset that a `Content-Type` states."""
    found = _HTTP.search(media_type[:500])
    return found[1] if found else ""


def decode(data: bytes, *, declared: str = "", markup: bool = False) -> str:
    """Return the text of bytes: by byte order mark, as UTF-8, as GB 18030 where the bytes show it, as declared, as guessed.

    What no encoding holds becomes U+FFFD; nothing is refused.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    if (text := _utf8(data)) is not None:
        return text
    said = [declared]
    if markup:
        head = data[:_HEAD]
        said += [m[1].decode("ascii") for m in (_META.search(head), _XML.search(head)) if m]
    meant = [_AS_MEANT.get(label.strip().casefold(), label.strip()) for label in said if label]
    shown = _by_pairs(data)  # a label of another script of pairs is believed, one of single bytes fits any bytes
    for label in [*(m for m in meant if m.casefold() in _PAIRED), *([shown] if shown else []), *meant]:
        if (text := _strict(data, label)) is not None:
            return text
    return _guessed(data)


def _utf8(data: bytes) -> str | None:
    """Return text that is UTF-8 but for a character that was cut off at the end, or for a stray byte in thousands."""
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        if error.start >= len(data) - 3:
            return data[: error.start].decode()
    text = data.decode(errors="replace")
    broken = text.count("�")
    beyond = sum(1 for c in text[:_SAMPLE] if c > "\x7f") - text[:_SAMPLE].count("�")
    return text if broken * 50 < beyond and broken * 1_000 < len(text) else None


def _strict(data: bytes, encoding: str) -> str | None:
    try:
        known = codecs.lookup(encoding)
        if not known._is_text_encoding:  # noqa: SLF001  (`hex` and `zip` are codecs too; bytes.decode asks the same)
            return None
        return data.decode(known.name)
    except UnicodeDecodeError as error:
        if error.start >= len(data) - 3:
            return data[: error.start].decode(encoding, errors="replace")
        return None
    except (LookupError, ValueError):
        return None


def _by_pairs(data: bytes) -> str:
    """Return the encoding that the pairs of bytes show: GB 18030, or the Korean one, whose syllables begin with fewer bytes; else empty."""
    sample = data[:_SAMPLE]
    pairs = _PAIR.findall(sample)
    high = sum(1 for b in sample if b > 0x7F)
    if len(pairs) < 20 or len(pairs) * 2 < high * 0.95 or sum(1 for p in pairs if _COMMON.match(p)) < 0.9 * len(pairs):
        return ""
    return "gb18030" if sum(1 for p in pairs if p[0] > 0xC8) > 0.05 * len(pairs) else "cp949"


def _guessed(data: bytes) -> str:
    try:
        from charset_normalizer import from_bytes
    except ImportError:
        return data.decode("cp1252", errors="replace")
    best = from_bytes(data[:20_000]).best()
    return data.decode(best.encoding if best else "cp1252", errors="replace")
