"""Says on an answer which of the rules that it rests on an official document amended after their review."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from thalweg.controls.determination import Determination
    from thalweg.store import StaleRule


def notices(store: str | Path | None = None) -> tuple[StaleRule, ...]:
    """Return the notices of a store, of the user's own if none is named; none where there is no store."""
    import os

    if store is None and "THALWEG_STORE" not in os.environ and not _own().exists():
        return ()
    from thalweg.store.stale import stale_notices

    return stale_notices(store)


def _own() -> Path:
    """Return where the user's own store is; worked out here, since it is asked for on every answer and the store is slow to import."""
    import os

    home = os.environ.get("XDG_DATA_HOME", "")
    folder = Path(home) if Path(home).is_absolute() else Path(os.path.expanduser("~")) / ".local" / "share"  # noqa: PTH111  (no error without a home)
    return folder / "thalweg" / "store.db"


def with_notices(answer: Determination, found: Sequence[StaleRule]) -> Determination:
    """Return an answer with an open question for each rule it rests on that may be stale on its day."""
    if not found:
        return answer
    rests = {
        x.rule
        for group in (answer.requirements, answer.exceptions, answer.review_rules, answer.obligations, answer.red_flags)
        for x in group
    }
    classes = tuple(answer.classification)
    said = [
        s.said()
        for s in found
        if s.amended_on <= answer.as_of and (s.rule in rests or (s.rule.startswith("us-ear/774/") and s.rule.rpartition("/")[2] in classes))
    ]
    if not said:
        return answer
    return answer.model_copy(update={"open_questions": [*answer.open_questions, *dict.fromkeys(said)]})
