"""What readers look up in the knowledge pack, handed to them so that they need no pack."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Lookups:
    """Names of places and dates of notices.

    `country` gives the ISO 3166-1 alpha-2 code of a name or code, or None. `notices` gives the effective date of a Federal Register notice
    by its citation as `thalweg.sources.cells.citation` writes it (84 FR 22963), `published` the date of its publication.
    """

    country: Callable[[str], str | None]
    notices: Mapping[str, dt.date] = field(default_factory=dict)
    published: Mapping[str, dt.date] = field(default_factory=dict)
