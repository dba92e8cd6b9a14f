"""What two sets of estimates differ in: the pack's own, those under overlays, and those of another knowledge folder."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict

from thalweg.evidence import BadInput, nearest
from thalweg.pack.estimates import load_estimates
from thalweg.pack.estimates_model import Estimates
from thalweg.pack.estimates_overlay import diff_estimates

SORTS: Final = ("distribution", "unit", "basis", "about", "sources", "rival", "vintage", "probabilities", "rank correlation")
"""What can differ of a number, a switch or a pair; of rivals and vintages there are several."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class EstimateDifference(_Frozen):
    """One thing in which two sets differ; empty where a side has nothing."""

    id: str
    what: str
    """``distribution``, ``unit``, ``basis``, ``about``, ``sources``, a rival, a vintage, ``probabilities`` or ``rank correlation``."""
    before: str
    after: str


class Side(_Frozen):
    """One set of estimates."""

    name: str
    sha256: str
    overlays: list[dict[str, str]]


class EstimatesDiff(_Frozen):
    """What the second set has otherwise than the first."""

    before: Side
    after: Side
    differences: list[EstimateDifference]

    @property
    def ids(self) -> list[str]:
        """Estimates, switches and pairs that differ."""
        return list(dict.fromkeys(d.id for d in self.differences))

    def rows(self) -> list[dict[str, Any]]:
        """Return a row for each difference."""
        return [d.model_dump() for d in self.differences]

    def shown(self) -> list[dict[str, str]]:
        """Return a row for each difference, its columns named for the two sets."""
        heads = f"in {self.before.name}", f"in {self.after.name}"
        if heads[0] == heads[1]:
            heads = "before", "after"
        return [{"number": d.id, "what": d.what, heads[0]: d.before, heads[1]: d.after} for d in self.differences]

    def explain(self) -> str:
        """Return the differences as text."""
        lines = [f"  {d.id}, {d.what}: {d.before or 'nothing'} -> {d.after or 'nothing'}" for d in self.differences]
        return "\n".join([self.summary(), *lines])

    def summary(self) -> str:
        """Return in a line how much differs."""
        if not self.differences:
            return f"{self.before.name} and {self.after.name} hold the same estimates"
        count = len(self.ids)
        return f"{self.after.name} against {self.before.name}: {count} {'number differs' if count == 1 else 'numbers differ'}"

    def _repr_markdown_(self) -> str:
        return f"```\n{self.explain()}\n```"


def diff(after: str | Path, before: str | Path | None = None, *, pack: str | Path | None = None, what: Sequence[str] = ()) -> EstimatesDiff:
    """Say what one set of estimates has otherwise than another.

    Args:
        after: an overlay, by folder or id, laid over the pack; or a knowledge folder of its own.
        before: the same; the pack itself if left out.
        pack: a knowledge folder; the embedded pack if left out.
        what: only these sorts of difference, such as ``distribution``; a word that begins a sort stands for it (``rival``).

    Raises:
        BadInput: if there is no such overlay or folder, or no such sort of difference.
        PackError: with file and line, if a file does not hold to its format.
    """
    first, second = _side(before, pack), _side(after, pack)
    found = [EstimateDifference(id=d.id, what=d.what, before=d.before, after=d.after) for d in diff_estimates(first[1], second[1])]
    for word in what:
        if word not in SORTS:
            raise BadInput(f"what: {word!r} is no sort of difference; there are {', '.join(SORTS)}{nearest(word, SORTS)}")
    kept = [d for d in found if not what or any(d.what == word or word in d.what.split() for word in what)]
    return EstimatesDiff(before=_shown(*first), after=_shown(*second), differences=kept)


def _side(name: str | Path | None, pack: str | Path | None) -> tuple[str, Estimates]:
    if name is None:
        return "the pack", load_estimates(pack)
    with contextlib.suppress(OSError, ValueError):  # a name that no path can have
        if (Path(name) / "pack.yaml").is_file():
            return str(name), load_estimates(name)
    return str(name), load_estimates(pack, overlays=(name,))


def _shown(name: str, found: Estimates) -> Side:
    return Side(name=name, sha256=found.sha256, overlays=[{"id": i, "sha256": s} for i, s in found.overlays])
