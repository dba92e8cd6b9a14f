"""The briefing as a workbook: a sheet for the summary and one for each table."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from typing import Any, Final

from thalweg.briefs.model import Briefing
from thalweg.briefs.table import Cell, Table
from thalweg.briefs.tables import tables
from thalweg.briefs.words import OUTCOMES, color, word

_CELL_LIMIT: Final = 32_000
_NOT_TEXT: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_WIDTHS: Final = {
    **dict.fromkeys(
        (
            "Value",
            "What",
            "Meaning",
            "Step",
            "Question",
            "Why",
            "Taken",
            "Facts",
            "Rules",
            "Not expressed",
            "Adds",
            "Note",
            "On lists",
            "Looked in",
            "To ask",
            "How they stand",
            "Moved by",
            "Moved most by",
        ),
        70,
    ),
    **dict.fromkeys(
        (
            "Sources",
            "Sales",
            "Effect",
            "As printed",
            "As expected",
            "Customer",
            "Customers",
            "Ask",
            "List",
            "Destinations",
            "Draft",
            "Deals",
            "To note",
            "Review",
            "Only",
            "Owners",
            "Red flags",
        ),
        40,
    ),
}
_PROSE: Final = frozenset({"What", "Value", "Change"})


def render_xlsx(b: Briefing) -> bytes:
    """Return the workbook; the same briefing gives the same bytes, and no cell can be read as a formula."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    found = tables(b)
    for table in (_summary(b, found), *found):
        _fill(book.create_sheet(table.name), table.columns, table.rows)
    book.properties.creator = "thalweg"
    book.properties.created = dt.datetime.fromisoformat(b.date)
    raw = io.BytesIO()
    book.save(raw)
    return _settled(raw.getvalue(), b.date)


def neutral(value: Cell) -> str | float | None:
    """Return a cell that no spreadsheet reads as a formula: text that could start one gets a leading apostrophe."""
    if isinstance(value, list):
        value = "\n".join(value)
    if not isinstance(value, str):
        return value
    text = _NOT_TEXT.sub("", value)[:_CELL_LIMIT]
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _summary(b: Briefing, found: list[Table]) -> Table:
    rows: list[list[Cell]] = [["Firm", b.firm], ["Date", b.date]]
    rows += [["Summary", b.lead]]
    rows += [[p.label, p.text] for p in b.points]
    rows += [[f"{word(o)}, USD", v] for o, v in b.headline.items()]
    rows += [["Left out", e] for e in b.errors]
    rows += [[f"Sheet {t.name}", t.caption] for t in found if t.caption]
    return Table("Summary", "Summary", ["What", "Value"], rows)


def _fill(sheet: Any, columns: list[str], rows: list[list[Cell]]) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    colors = {word(o): color(o).lstrip("#") for o in OUTCOMES}
    sheet.append([neutral(c) for c in columns])
    for row in rows:
        sheet.append([neutral(v) for v in row])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for line in sheet.iter_rows():
        for cell in line:
            cell.alignment = Alignment(vertical="top", wrap_text=True)
            if isinstance(cell.value, str):
                cell.data_type = "s"
                verdict = cell.value.removesuffix(" †").partition(",")[0]
                if verdict in colors and cell.row > 1 and columns[cell.column - 1] not in _PROSE:
                    cell.fill = PatternFill("solid", fgColor=colors[verdict])
            elif isinstance(cell.value, float):
                cell.number_format = "#,##0"
    for i, name in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(i)].width = _WIDTHS.get(name, 20)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions


def _settled(content: bytes, date: str) -> bytes:
    """Return the workbook with the briefing's date in place of the clock's."""
    settled = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(settled, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist()):
            data = old.read(name)
            if name == "docProps/core.xml":
                data = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + date.encode() + rb"T00:00:00Z", data)
            new.writestr(zipfile.ZipInfo(name, _EPOCH), data, zipfile.ZIP_DEFLATED)
    return settled.getvalue()
