"""Lays over a pack what a store knows of its rules: which of them an official document amended after their review."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from thalweg.evidence.text import one_line

if TYPE_CHECKING:
    from thalweg.pack import Pack
    from thalweg.store import StaleRule

_MOST: Final = 16
_SAID: set[str] = set()
_NOTED: dict[tuple[int, tuple[StaleRule, ...]], tuple[Pack, Pack]] = {}
_LAST: dict[int, tuple[Pack, tuple[StaleRule, ...], Pack]] = {}
"""By pack what was laid last: a file of many lines asks for it with each."""


def notices(store: str | Path | None = None) -> tuple[StaleRule, ...]:
    """Return the notices of a store, of the user's own if none is named; none where there is no store."""
    if store is None and "THALWEG_STORE" not in os.environ and not _own().exists():
        return ()
    from thalweg.store.stale import stale_notices, stale_trouble

    found = stale_notices(store)
    if why := stale_trouble(store):
        _say(why)
    return found


def _say(why: str) -> None:
    """Say on standard error, once for each reason, that nothing was looked up: no notice would read as none needed."""
    if why in _SAID:
        return
    _SAID.add(why)
    with contextlib.suppress(OSError, ValueError, AttributeError):  # standard error may be closed; the answer stands
        sys.stderr.write(one_line(f"thalweg: could not look up whether rules are stale: {why}") + "\n")


def _own() -> Path:
    """Return where the user's own store is; worked out here, since it is asked for on every answer and the store is slow to import."""
    home = os.environ.get("XDG_DATA_HOME", "")
    folder = Path(home) if Path(home).is_absolute() else Path(os.path.expanduser("~")) / ".local" / "share"  # noqa: PTH111  (no error without a home)
    return folder / "thalweg" / "store.db"


def noted(pack: Pack, store: str | Path | None = None) -> Pack:
    """Return a pack that says on every answer which of the rules it rests on may be stale, by a store; the pack itself where none is.

    The same notices give the same pack, so that what is made from it is made once.
    """
    found = notices(store)
    return _laid(pack, found) if found else pack


def _laid(pack: Pack, found: tuple[StaleRule, ...]) -> Pack:
    last = _LAST.get(id(pack))
    if last is not None and last[0] is pack and last[1] is found:
        return last[2]
    key = (id(pack), found)
    made = _NOTED.get(key)
    if made is None or made[0] is not pack:
        stale: dict[str, tuple[tuple[str, str], ...]] = {}
        for s in found:
            stale[s.rule] = (*stale.get(s.rule, ()), (s.amended_on, s.said()))
        if len(_NOTED) >= _MOST:
            _NOTED.clear()
            _LAST.clear()
        made = _NOTED[key] = (pack, dataclasses.replace(pack, stale=stale))
    _LAST[id(pack)] = (pack, found, made[1])
    return made[1]
