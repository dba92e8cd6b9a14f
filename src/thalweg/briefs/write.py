"""Writes a briefing to a folder."""

from __future__ import annotations

from pathlib import Path

from thalweg.briefs.model import Briefing
from thalweg.briefs.render_html import render_html
from thalweg.briefs.render_markdown import render_markdown
from thalweg.briefs.render_xlsx import render_xlsx
from thalweg.evidence import BadInput
from thalweg.pack.files import write_together


def write_briefing(briefing: Briefing, folder: str | Path) -> list[Path]:
    """Write briefing.html, briefing.md, briefing.json and briefing.xlsx, all or none, and return where they lie.

    Raises:
        BadInput: if the folder cannot be written to.
    """
    home = Path(folder)
    pages = {
        "briefing.html": render_html(briefing).encode(),
        "briefing.md": render_markdown(briefing).encode(),
        "briefing.json": (briefing.model_dump_json(indent=1) + "\n").encode(),
        "briefing.xlsx": render_xlsx(briefing),
    }
    try:
        write_together({home / name: content for name, content in pages.items()})
    except OSError as error:
        raise BadInput(f"{error.filename or home}: the briefing cannot be written: {error.strerror or error}") from None
    return [home / name for name in pages]
