"""The words of a briefing that its readers may not know, each explained in a sentence with its source."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from typing import Any

from thalweg.briefs.model import Briefing
from thalweg.briefs.model_base import Claim, Source


def terms(briefing: Briefing) -> list[tuple[str, Claim]]:
    """Return the terms that occur in a briefing, in alphabetical order, with what each means."""
    shown = briefing.model_dump(exclude={"deals": {"__all__": {"trace"}}, "stamp": True})
    verdicts = briefing.all_verdicts()
    said = [
        *_texts(shown),
        *(["by the text as printed"] if any(v.codified_outcome != v.outcome for v in verdicts) else []),
        *(["red flag"] if any(v.red_flags for v in verdicts) else []),
        *(["draft law"] if briefing.drafts else []),
        *(["overlay"] if briefing.overlays else []),
    ]
    text = "\n".join(said).replace("_", " ")
    return [(term, meaning) for term, pattern, meaning in _all() if pattern.search(text)]


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (t for v in value.values() for t in _texts(v))
    elif isinstance(value, list):
        yield from (t for v in value for t in _texts(v))


@lru_cache(maxsize=1)
def _all() -> list[tuple[str, re.Pattern[str], Claim]]:
    lines = (files("thalweg.briefs") / "glossary.csv").read_text("utf-8").splitlines()
    rows = sorted(csv.DictReader(lines), key=lambda r: r["term"].casefold())
    return [
        (
            r["term"],
            re.compile(r["found_by"], re.MULTILINE),
            Claim(text=r["meaning"], sources=[Source(citation=r["citation"])] if r["citation"] else []),
        )
        for r in rows
    ]
