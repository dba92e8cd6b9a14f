"""What parameters of distributions are refused."""

from __future__ import annotations

import math


def finite(**numbers: float) -> None:
    """Refuse a number that is none.

    Raises:
        ValueError: naming it.
    """
    for name, value in numbers.items():
        if not math.isfinite(value):
            raise ValueError(f"{name} is {value}, which is no finite number")


def positive(**numbers: float) -> None:
    """Refuse a number that is not above zero.

    Raises:
        ValueError: naming it.
    """
    finite(**numbers)
    for name, value in numbers.items():
        if value <= 0:
            raise ValueError(f"{name} is {value:g} and has to be above zero")


def rising(**numbers: float) -> None:
    """Refuse a range that is inverted or empty.

    Raises:
        ValueError: naming it.
    """
    finite(**numbers)
    (first, low), (second, high) = numbers.items()
    if low >= high:
        raise ValueError(f"the range is inverted or empty: {first} is {low:g} and {second} is {high:g}")


def weights(weights: tuple[float, ...], count: int) -> None:
    """Refuse probabilities that are not one for each value, or do not sum to 1.

    Raises:
        ValueError: naming it.
    """
    if len(weights) != count or not weights:
        raise ValueError(f"{len(weights)} probabilities for {count} values")
    for i, weight in enumerate(weights):
        positive(**{f"weights[{i}]": weight})
    if abs(sum(weights) - 1) > 1e-9:
        raise ValueError(f"the probabilities sum to {sum(weights):g} and not to 1")
