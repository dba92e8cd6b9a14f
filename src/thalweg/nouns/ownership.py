"""Who owns how much of whom, and who of them is listed: what ownership rules are asked about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from thalweg.nouns.ownership_units import Units

ADDRESS_ONLY: Final = "address_only"
_NONE: Final = Decimal(0)
_ALL: Final = Decimal(1)


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole, known as far as `low` to `high`; 1 is all of it.

    A bound counts in unless it is open: more than a quarter is ``Share(Decimal("0.25"), Decimal(1), low_open=True)``.
    """

    low: Decimal = _NONE
    high: Decimal = _ALL
    low_open: bool = False
    high_open: bool = False

    @property
    def exact(self) -> bool:
        """Whether the share is one number."""
        return self.low == self.high

    @property
    def unstated(self) -> bool:
        """Whether nothing at all is said of it."""
        return self.low == 0 and self.high >= 1 and not (self.low_open or self.high_open)

    def __str__(self) -> str:
        if self.unstated:
            return "?"
        if self.exact:
            return plain(self.low)
        return f"{'>' * self.low_open}{plain(self.low)}..{'<' * self.high_open}{plain(self.high)}"


def plain(number: Decimal) -> str:
    """Return a decimal without exponent and without zeros at its end."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


UNKNOWN_SHARE: Final = Share()


@dataclass(frozen=True, slots=True)
class OwnershipEdge:
    """A holding: `owner` has `share` of `owned` from `start` until the day before `end`."""

    owner: str
    owned: str
    share: Share = UNKNOWN_SHARE
    start: dt.date | None = None
    end: dt.date | None = None


@dataclass(frozen=True, slots=True)
class ListedAs:
    """One entry of a list under which a party stands, in force from `start` until the day before `end`.

    `policy` is the license review policy of the entry, `footnotes` its footnotes; both empty where nothing says them.
    """

    list: str
    program: str = ""
    address_only: bool = False
    start: dt.date | None = None
    end: dt.date | None = None
    footnotes: tuple[str, ...] = ()
    policy: str = ""
    citation: str = ""
    url: str = ""

    @property
    def code(self) -> str:
        """The entry as contracts write it: the list, then its program or that it is of an address only."""
        return ":".join([self.list, *([self.program] if self.program else []), *([ADDRESS_ONLY] if self.address_only else [])])


@dataclass(frozen=True, slots=True)
class OwnedParty:
    """What is known of a party apart from its owners. `country` is as given: a code, or a name."""

    country: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class OwnershipGraph:
    """Holdings, listings and parties, complete as given: an owner that is not shown is not listed.

    `notes` says what a reader made of its source: what it left out, and what it could not tell. `ids` leads from other names of a
    party, such as its number in a register, to the one that the holdings use.
    """

    edges: tuple[OwnershipEdge, ...] = ()
    listed: Mapping[str, tuple[ListedAs, ...]] = field(default_factory=dict)
    parties: Mapping[str, OwnedParty] = field(default_factory=dict)
    id: str | None = None
    notes: tuple[str, ...] = ()
    ids: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EdgeTable:
    """Holdings as columns of equal length, for graphs of millions.

    `names` holds each party once; `owner` and `owned` are places in it. `low` and `high` are shares in whole units, of which `units`
    says the size; `unstated` marks those of which nothing is said. `start` and `end` are days as ordinals, None where no holding has
    any. `problems` holds the line and the fault of every row that could not be read as it stands, `notes` what a reader left out.
    """

    names: pl.Series
    owner: NDArray[np.int64]
    owned: NDArray[np.int64]
    low: NDArray[np.int64]
    high: NDArray[np.int64]
    unstated: NDArray[np.bool_]
    units: Units
    start: NDArray[np.int64] | None = None
    end: NDArray[np.int64] | None = None
    parties: Mapping[str, OwnedParty] = field(default_factory=dict)
    problems: tuple[tuple[int, str], ...] = ()
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.owner)
