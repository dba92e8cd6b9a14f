"""Writing answers: tables for people, JSON, JSON Lines, CSV and XLSX for programs.

Data goes to standard output, all else to standard error.
"""

from __future__ import annotations

import csv
import enum
import io
import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from thalweg.evidence.text import visible

_SHORT: Final = ("from", "to", "outcome", "before", "after", "id", "fact", "unit", "as_of", "review_policy", "kind")
_NOT_A_TITLE: Final = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
# JSON escapes the controls below these itself; the rest of what visible() escapes can command a terminal or reorder what it shows.
_UNSEEN: Final = (*range(0x7F, 0xA0), 0x61C, 0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2066, 0x206A), 0xFFFE, 0xFFFF)
_ESCAPES: Final = {c: f"\\u{c:04x}" for c in _UNSEEN}
_ANY: Final = re.compile(f"[{''.join(map(chr, _UNSEEN))}]")
_CELL: Final = 32_000
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # the wide signs count in East Asia


class Format(enum.StrEnum):
    """How data is written."""

    table = "table"
    json = "json"
    jsonl = "jsonl"
    csv = "csv"
    xlsx = "xlsx"


def neutral(value: Any) -> Any:
    """Return a cell that no spreadsheet reads as a formula, in which nothing commands a terminal."""
    if isinstance(value, (list, tuple)):
        value = "; ".join(
            str(v.get("rule") or v.get("fact") or v.get("exception") or v) if isinstance(v, Mapping) else str(v) for v in value
        )
    elif isinstance(value, Mapping):
        value = json.dumps(value, ensure_ascii=False)
    if isinstance(value, float):
        return float(f"{value:.10g}")
    if isinstance(value, str):
        shown = visible(value, keep="\n\t")
        return "'" + shown if value.startswith(_FORMULA) else shown
    return value


def write_json(data: Any, *, lines: bool = False) -> None:
    """Write one JSON value; on one line for JSON Lines. What has no look of its own, as marks of direction, is written as escapes."""
    text = json.dumps(data, ensure_ascii=False) if lines else json.dumps(data, ensure_ascii=False, indent=2)
    sys.stdout.write((text.translate(_ESCAPES) if _ANY.search(text) else text) + "\n")


def write_rows(rows: Sequence[Mapping[str, Any]], kind: Format, *, title: str = "") -> None:
    """Write rows as a table, CSV or XLSX."""
    columns = list(dict.fromkeys(c for row in rows for c in row))
    if kind is Format.table:
        _table(rows, columns, title)
    elif kind is Format.csv:
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([neutral(row.get(c)) for c in columns] for row in rows)
        sys.stdout.write(buffer.getvalue())
    else:
        _workbook(rows, columns, title)


def _table(rows: Sequence[Mapping[str, Any]], columns: Iterable[str], title: str) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    if not rows:
        sys.stdout.write((visible(title) or "nothing to show") + "\n")
        return
    table = Table(title=escape(visible(title)) or None, title_justify="left", header_style="bold")
    for column in columns:
        table.add_column(column.replace("_", " "), overflow="fold", no_wrap=column in _SHORT)
    for row in rows:
        table.add_row(*("" if row.get(c) is None else escape(str(neutral(row[c]))) for c in columns))
    console = Console()
    if not console.is_terminal:
        console = Console(width=200)
    console.print(table)


def _workbook(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], title: str) -> None:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet(visible(title).translate(_NOT_A_TITLE).strip()[:31] or "thalweg")
    sheet.append(list(columns))
    for row in rows:
        sheet.append([v[:_CELL] if isinstance(v := neutral(row.get(c)), str) else v for c in columns])
    buffer = io.BytesIO()
    book.save(buffer)
    sys.stdout.buffer.write(buffer.getvalue())


def say(text: str) -> None:
    """Write a line for the person to standard error."""
    sys.stderr.write(visible(text) + "\n")
