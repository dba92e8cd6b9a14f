"""Outside sources: one folder for each, with its metadata and its reader; fetching is the same for all."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING

from thalweg.sources.lookups import Lookups
from thalweg.sources.read import read_lists

if TYPE_CHECKING:
    from thalweg.sources.catalogue import Band, Download, Implausible, Source, check_band, missing_lists
    from thalweg.sources.download import Fetched, Progress, fetch
    from thalweg.sources.pulling import pull
    from thalweg.sources.transport import Patience

    SOURCES: Mapping[str, Source]

__all__ = [
    "SOURCES",
    "Band",
    "Download",
    "Fetched",
    "Implausible",
    "Lookups",
    "Patience",
    "Progress",
    "Source",
    "check_band",
    "fetch",
    "missing_lists",
    "pull",
    "read_lists",
]

_HOMES = {
    "catalogue": ("Band", "Download", "Implausible", "Source", "check_band", "missing_lists"),
    "download": ("Fetched", "Progress", "fetch"),
    "pulling": ("pull",),
    "transport": ("Patience",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    """Load what is not needed to read a file only when it is asked for."""
    if name == "SOURCES":
        from thalweg.sources.catalogue import sources

        return sources()
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"thalweg.sources.{_HOME_OF[name]}"), name)
