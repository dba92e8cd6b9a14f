"""Writes a briefing to a folder."""

from __future__ import annotations

from pathlib import Path

from thalweg.briefs.model import Briefing
from thalweg.briefs.render_html import render_html
from thalweg.briefs.render_markdown import render_markdown
from thalweg.pack.files import write_atomically


def write_briefing(briefing: Briefing, folder: str | Path) -> list[Path]:
    """Write briefing.html, briefing.md and briefing.json, and return where they lie."""
    home = Path(folder)
    pages = {
        "briefing.html": render_html(briefing),
        "briefing.md": render_markdown(briefing),
        "briefing.json": briefing.model_dump_json(indent=1) + "\n",
    }
    for name, text in pages.items():
        write_atomically(home / name, text.encode())
    return [home / name for name in pages]
