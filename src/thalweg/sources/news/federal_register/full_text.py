"""The full text of a document of the Federal Register, out of the file that `raw_text_url` names.

The file is a page of one `pre` element whatever its name: links as anchors, entities, lines of some 72 characters, four spaces before
a paragraph, marks of pages between, and null characters about its running heads.
"""

from __future__ import annotations

import html
import re
from typing import Final

from thalweg.sources.documents.origin import clean

_TAG: Final = re.compile(r"</?(?:html|head|title|body|pre|a|b|i|em|strong|sup|sub|br|p)\b[^>]{0,2000}>", re.IGNORECASE)
_TITLE: Final = re.compile(r"<title[^>]{0,200}>[^<]{0,2000}</title>", re.IGNORECASE)
_PAGE: Final = re.compile(r"\n*^\[\[Page \w+\]\]\s*$\n*", re.MULTILINE)
_RUNNING: Final = re.compile(r"\x00+Federal Register / Vol\.[^\x00]{0,300}\x00+")
_RUNNING_LINE: Final = re.compile(r"^\x00.*$", re.MULTILINE)
_LONGEST: Final = 3_000
_RULED: Final = re.compile(r"^[=_-]{10,}$")
_INSTRUCTION: Final = re.compile(r"^(?:\d{1,3}|[a-z])\.\s.*\b(?:amend|revis|add|remov|redesignat|correct|suspend|stay)\w*\b", re.IGNORECASE)
_HEADING: Final = re.compile(r"^Sec\.\s+\d{1,4}\.\d")
_SECTION: Final = re.compile(r"\b(\d{1,4})\.(\d{1,4}[a-z]?)\b(?!\.\d|\d)")
_ECCN: Final = re.compile(r"\b[0-9][A-E][0-9]{3}\b")
_SUPPLEMENT: Final = re.compile(r"Supplement\s+No\.\s*(\d{1,2})\s+to\s+part\s+(\d{3})", re.IGNORECASE)
_OWN_LINE: Final = re.compile(r"^(?:\[|\(\w{1,4}\)|\d{1,3}\.\s|[A-Z][A-Z ]{3,40}:|\* \* \*|Sec\. |PART |Subpart )")


def full_text(text: str) -> str:
    """Return the text with each paragraph on one line, without page marks, running heads and markup."""
    bare = _RUNNING_LINE.sub("", _RUNNING.sub("", text))
    bare = html.unescape(_TAG.sub("", _TITLE.sub("", bare)))
    found: list[str] = []
    open_ = False
    for line in _PAGE.sub("\n", bare).replace("\r\n", "\n").split("\n"):
        stripped = line.strip()
        if not stripped or _RULED.match(stripped):
            open_ = False
            found.append("")
        elif open_ and not line.startswith("    ") and not _OWN_LINE.match(stripped):
            found[-1] += stripped if found[-1].endswith("-") and not found[-1].endswith("--") else f" {stripped}"
        else:
            found.append(stripped)
            open_ = True
    return clean("\n".join(found).replace("``", "“").replace("''", "”"))


def amended(text: str, parts: frozenset[str]) -> tuple[list[str], list[str], list[str]]:
    """Return the sections, supplements and ECCNs of parts that a full text amends: those that its instructions and headings name."""
    sections: dict[str, None] = {}
    supplements: dict[str, None] = {}
    eccns: dict[str, None] = {}
    for line in text.split("\n"):
        if len(line) > _LONGEST or not (_HEADING.match(line) or _INSTRUCTION.match(line)):
            continue
        sections |= {f"{part}.{rest}": None for part, rest in _SECTION.findall(line) if part in parts}
        supplements |= {f"Supplement No. {number} to Part {part}": None for number, part in _SUPPLEMENT.findall(line) if part in parts}
        eccns |= dict.fromkeys(_ECCN.findall(line)) if "774" in parts else {}
    return list(sections), list(supplements), list(eccns)
