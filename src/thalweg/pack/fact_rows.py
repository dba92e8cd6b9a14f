"""The rows of a fact file: every statement in it that coverage has to answer for, under a key of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_HEADING = re.compile(r"^#{1,6} +(?P<title>.*)$")
_NUMBER = re.compile(r"^(?P<number>\d+(?:\.\d+)*)\.? ")
_ITEM = re.compile(r"^(?:[-*]|\d+\.) +(?P<text>.*)$")
_GROUP = re.compile(r"^(?P<name>[A-Z]\d): ")
_LABEL = re.compile(r"^(?:\*\*[^*]+\*\*|[^-*.:;,|]+)$")
_RULER = re.compile(r"^[\s|:-]+$")
_LINK = re.compile(r"https?://\S+")
_WORDS = 8


@dataclass(frozen=True, slots=True)
class Row:
    """One statement: a table row, a list line, a line of a code block or a paragraph."""

    key: str
    where: str
    text: str


@dataclass(frozen=True, slots=True)
class _Block:
    """A statement before its key is made unique; ``name`` is what the key is made of."""

    section: str
    title: str
    name: str
    text: str


def coverage_rows(text: str) -> list[Row]:
    """Cut the Markdown of a fact file into keyed rows, in order.

    A key is ``<section number>/<slug>``. The slug comes from the first cell of a table row and from the first eight
    words of anything else; a repeat gets ``-2``, ``-3``. Headings, label lines (bold from end to
    end, or without any punctuation), header rows and rulers are no rows.
    """
    seen: dict[str, int] = {}
    rows: list[Row] = []
    for block in _blocks(text.splitlines()):
        key = f"{block.section}/{slug(block.name)}"
        seen[key] = seen.get(key, 0) + 1
        unique = key if seen[key] == 1 else f"{key}-{seen[key]}"
        rows.append(Row(unique, f"{block.section} {block.title}".strip(), block.text))
    return rows


def slug(text: str) -> str:
    """Turn the first eight words of a text into the tail of a key."""
    words = re.findall(r"[a-z0-9]+(?:\.[0-9]+)*", _LINK.sub(" ", text).lower())
    return "-".join(words[:_WORDS]) or "row"


def _blocks(lines: list[str]) -> Iterator[_Block]:
    section, title = "0", ""
    index = 0
    while index < len(lines):
        line = lines[index].rstrip()
        heading = _HEADING.match(line)
        if heading:
            section, title = _numbered(heading["title"], section, title)
            index += 1
        elif line.startswith("```"):
            end = next((i for i in range(index + 1, len(lines)) if lines[i].startswith("```")), len(lines))
            yield from (_Block(section, title, name, text) for name, text in _code(lines[index + 1 : end]))
            index = end + 1
        elif line.startswith("|"):
            end = next((i for i in range(index, len(lines)) if not lines[i].startswith("|")), len(lines))
            yield from (_Block(section, title, name, text) for name, text in _table(lines[index:end]))
            index = end
        else:
            if line.strip() and not _RULER.match(line) and not _LABEL.match(line):
                item = _ITEM.match(line)
                body = item["text"] if item else line.strip()
                yield _Block(section, title, body, body)
            index += 1


def _numbered(heading: str, section: str, title: str) -> tuple[str, str]:
    """Return the section that a heading opens; one without a number (the title of the file) opens none."""
    found = _NUMBER.match(f"{heading} ")
    return (found["number"], heading[found.end() :].strip()) if found else (section, title)


def _table(lines: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the first cell and the cells of each row; a table opens with a header row and a ruler."""
    body = lines[2:] if len(lines) > 1 and _RULER.match(lines[1]) else lines
    for line in body:
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        name = next((cell for cell in cells if slug(cell) != "row"), "")
        yield name, " | ".join(cells)


def _code(lines: list[str]) -> Iterator[tuple[str, str]]:
    """Yield each named entry of a code block together with its continuation lines."""
    name, gathered = "", list[str]()
    for line in lines:
        found = _GROUP.match(line)
        if found:
            if gathered:
                yield name, " ".join(gathered)
            name, gathered = found["name"], []
        if line.strip():
            gathered.append(line.strip())
    if gathered:
        yield name, " ".join(gathered)
