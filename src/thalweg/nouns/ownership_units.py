"""Shares as whole numbers of one small unit, so that sums are exact: 0.03 + 0.29 + 0.18 is 0.50."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from thalweg.nouns.ownership import Share, plain


def decimals(number: Decimal) -> int:
    """Return how many decimals a number needs."""
    digits = plain(number)
    return len(digits) - digits.index(".") - 1 if "." in digits else 0


@dataclass(frozen=True, slots=True)
class Units:
    """How many units make a whole.

    `places` decimals are kept; each of them holds `grain` units, more than one where bounds are open: just above a number is that
    number and one unit, and so many units as there are holdings do not add up to a decimal.
    """

    places: int
    grain: int = 1

    @property
    def whole(self) -> int:
        """All of a party."""
        return int(10**self.places) * self.grain

    def of(self, number: Decimal) -> int:
        """Return a number that has no more decimals than are kept."""
        before, _, after = plain(number).partition(".")
        return int(before + after.ljust(self.places, "0")) * self.grain

    def low(self, share: Share) -> int:
        """Return the least a share can be."""
        return self.of(share.low) + share.low_open

    def high(self, share: Share) -> int:
        """Return the most a share can be."""
        return self.of(share.high) - share.high_open

    def number(self, units: int) -> Decimal:
        """Return units as a decimal, an open bound as the number that it stops short of."""
        return Decimal((0, tuple(map(int, str((units + self.grain // 2) // self.grain))), -self.places))

    def text(self, units: int) -> str:
        """Return units as text without zeros at the end."""
        digits = str((units + self.grain // 2) // self.grain)
        if not self.places:
            return digits
        digits = digits.zfill(self.places + 1)
        return f"{digits[: -self.places]}.{digits[-self.places :]}".rstrip("0").rstrip(".")


def units_for(shares: Iterable[Share], *others: Decimal) -> Units:
    """Return units in which every share and other number is whole."""
    places = max((decimals(n) for n in others), default=0)
    count, opened = 0, False
    for share in shares:
        count += 1
        places = max(places, decimals(share.low), decimals(share.high))
        opened = opened or share.low_open or share.high_open
    return Units(places, 2 * count + 2 if opened else 1)
