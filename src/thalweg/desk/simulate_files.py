"""Answers of the simulator as files: JSON, CSV, Parquet, page or picture of charts, at six significant digits; same hash, same bytes."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from thalweg.desk.simulate_text import YEARS, number
from thalweg.evidence import BadInput
from thalweg.pack.files import write_atomically

if TYPE_CHECKING:
    from thalweg.briefs.scenario_memo_model import Memo
    from thalweg.desk.simulate import Ensemble


def refuse(path: Path | None, *, pictures: bool = True) -> None:
    """Refuse a file of another kind before anything is worked out.

    Raises:
        BadInput: if the ending is none of those that can be written, a picture where the answer has none, or the folder does not exist.
    """
    if path is None:
        return
    known = [ending for ending in WRITERS if pictures or ending not in PICTURES]
    if path.suffix not in known:
        raise BadInput(f"{path}: name a file that ends in {', '.join(known)}")
    _folder(path)
    if path.suffix == ".png":
        from thalweg.briefs.scenario_png import as_png

        as_png(_DOT)


def refuse_memo(path: Path | None, policies: int) -> None:
    """Refuse a memo of another kind, or on other than two policies, before anything is worked out.

    Raises:
        BadInput: if the ending is neither .html nor .md, the folder does not exist, or there are not two policies.
    """
    if path is None:
        return
    if path.suffix not in MEMOS:
        raise BadInput(f"{path}: name a memo that ends in {' or '.join(MEMOS)}")
    _folder(path)
    if policies != 2:
        raise BadInput(f"memo: it is on two policies, and {policies} are named; write one memo for each pair")


def _folder(path: Path) -> None:
    if not path.parent.is_dir():
        raise BadInput(f"{path}: there is no folder {path.parent}")


def write_memo(memo: Memo, path: Path) -> None:
    """Write a memo, whole or not at all.

    Raises:
        BadInput: if the file cannot be written.
    """
    from thalweg.briefs.scenario_memo import render_memo_html, render_memo_markdown

    text = render_memo_html(memo) if path.suffix == ".html" else render_memo_markdown(memo)
    _write(path, text.encode())


def write(answer: Any, path: Path) -> None:
    """Write an ensemble or a comparison to a file, whole or not at all.

    Raises:
        BadInput: as :func:`refuse`, or if the file cannot be written.
    """
    refuse(path)
    _write(path, WRITERS[path.suffix](answer))


def _write(path: Path, content: bytes) -> None:
    try:
        write_atomically(path, content)
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror or error}") from None


def _json(answer: Any) -> bytes:
    return (json.dumps(answer.model_dump(mode="json"), ensure_ascii=False, indent=1) + "\n").encode()


def _csv(answer: Any) -> bytes:
    rows = answer.rows()
    file = io.StringIO()
    writer = csv.DictWriter(file, list(dict.fromkeys(k for row in rows for k in row)), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode()


def _parquet(answer: Any) -> bytes:
    import polars as pl

    file = io.BytesIO()
    frame = pl.DataFrame(answer.rows(), infer_schema_length=None)
    frame.write_parquet(file, compression="zstd", metadata={"thalweg.hash": answer.hash, "thalweg.asked": json.dumps(answer.asked)})
    return file.getvalue()


def _html(answer: Any) -> bytes:
    from thalweg.desk.simulate_charts import page

    return page(answer).encode()


def _svg(answer: Any) -> bytes:
    from thalweg.desk.simulate_charts import picture

    return picture(answer).encode()


def _png(answer: Any) -> bytes:
    from thalweg.briefs.scenario_png import as_png

    return as_png(_svg(answer).decode())


WRITERS: Final[dict[str, Callable[[Any], bytes]]] = {
    ".json": _json,
    ".csv": _csv,
    ".parquet": _parquet,
    ".html": _html,
    ".svg": _svg,
    ".png": _png,
}
PICTURES: Final = (".svg", ".png")
MEMOS: Final = (".html", ".md")
_DOT: Final = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'
"""Drawn to see, before anything is worked out, whether a PNG can be written at all."""


def fan_rows(answer: Ensemble, years: Sequence[int] = ()) -> list[dict[str, Any]]:
    """Return a row for each outcome: its median and 90 percent band at the last quarter of some years.

    Raises:
        BadInput: for a year outside the model.
    """
    shown = list(years) or list(YEARS)
    for year in shown:
        if f"{year}Q4" not in next(iter(answer.outcomes.values())).quarters:
            raise BadInput(f"year {year}: the model runs from 2022 to 2032")
    rows = []
    for name, fan in answer.outcomes.items():
        row: dict[str, Any] = {"outcome": name, "unit": fan.unit}
        for year in shown:
            q = fan.quarters[f"{year}Q4"]
            row[f"{year}Q4"] = f"{number(q['p50'])}\n{number(q['p5'])} to {number(q['p95'])}"
        rows.append(row | {"moved by": ", ".join(d.name + ("*" if d.judgement else "") for d in fan.drivers[:3])})
    return rows
