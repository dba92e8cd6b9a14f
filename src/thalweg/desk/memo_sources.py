"""The sources of a memo, numbered in the order in which they are first cited."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from thalweg.briefs.scenario_memo_model import MemoSource
from thalweg.pack.estimates_model import Estimates
from thalweg.pack.estimates_overlay import source_words


class Cited:
    """Sources as they are cited; a work cited twice keeps its number."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, str], int] = {}
        self._rows: list[MemoSource] = []

    def these(self, sources: Iterable[Mapping[str, Any]]) -> tuple[int, ...]:
        """Return the numbers of sources."""
        return tuple(dict.fromkeys(self._one(s) for s in sources))

    def estimate(self, estimates: Estimates, name: str) -> tuple[int, ...]:
        """Return the numbers of the sources of an estimate or a switch."""
        if name in estimates.estimates:
            return self.these(estimates.estimates[name].value.sources)
        return self.these(estimates.switches[name].sources) if name in estimates.switches else ()

    @property
    def rows(self) -> tuple[MemoSource, ...]:
        """The sources by number."""
        return tuple(self._rows)

    def _one(self, source: Mapping[str, Any]) -> int:
        citation, url = source_words(source), str(source.get("url") or "")
        key = (citation, url)
        if key not in self._numbers:
            self._numbers[key] = len(self._rows) + 1
            self._rows.append(MemoSource(number=len(self._rows) + 1, citation=citation, url=url, basis=str(source.get("basis") or "")))
        return self._numbers[key]
