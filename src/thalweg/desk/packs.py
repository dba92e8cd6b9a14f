"""The pack that a question is asked of: the embedded one or another, with overlays laid over it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from thalweg.evidence import BadInput
from thalweg.pack import Pack, load_pack

Overlays = Sequence[str | Path]


def the_pack(pack: str | Path | None = None, overlays: Overlays = (), parameters: Mapping[str, Any] | None = None) -> Pack:
    """Return the embedded pack, or the one at a path, with overlays laid over it in order.

    Raises:
        PackError: if a file does not hold to its format.
        BadInput: if an overlay cannot be found, or a parameter is set that no overlay declares.
    """
    if parameters and not overlays:
        raise BadInput(f"{next(iter(parameters))}: is not a parameter, as no overlay is laid; name one with --overlay")
    values = tuple(sorted((parameters or {}).items()))
    return _pack(None if pack is None else str(pack), tuple(str(o) for o in overlays), values)


@lru_cache(maxsize=32)
def _pack(path: str | None, overlays: tuple[str, ...], parameters: tuple[tuple[str, Any], ...]) -> Pack:
    found = load_pack(path)
    if overlays:
        from thalweg.pack.overlay import overlay

        found = overlay(found, *overlays, parameters=dict(parameters))
    return found
