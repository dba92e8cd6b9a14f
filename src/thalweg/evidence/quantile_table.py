"""Inverses of distribution functions: of the normal distribution, and by table of those whose exact inverse is slow."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from thalweg.evidence.errors import BadInput

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[np.float64]

_REACH: Final = 8.25
"""How many standard deviations a table reaches; beyond, the exact inverse is taken."""
_CLOSE: Final = 1e-7
"""Relative error between the nodes above which a table is not used."""


def normal_ppf(u: Array) -> Array:
    """Return the quantiles of the standard normal distribution."""
    return special().ndtri(u)  # type: ignore[no-any-return]


def normal_cdf(z: Array) -> Array:
    """Return the distribution function of the standard normal distribution."""
    return special().ndtr(z)  # type: ignore[no-any-return]


def special() -> Any:
    """Return SciPy's special functions.

    Raises:
        BadInput: if SciPy is not installed, with how to install it.
    """
    try:
        import scipy.special
    except ImportError:
        raise BadInput("quantiles of estimates need SciPy; install it with: pip install 'thalweg[scenarios]'") from None
    return scipy.special


def tabulated(exact: Callable[[Array], Array], *, nodes: int) -> Callable[[Array], Array]:
    """Return the inverse of a smooth distribution by cubic interpolation over standard normal quantiles.

    The exact inverse of a beta distribution takes about a microsecond a value, the table a tenth of that. Where the table is off between
    its nodes (parts of a mixture far from each other, a density without bound) the exact inverse is returned instead.
    """
    import numpy as np

    z = np.linspace(-_REACH, _REACH, nodes)
    step = float(z[1] - z[0])
    x = np.maximum.accumulate(exact(normal_cdf(z)))
    slope = np.gradient(x, step, edge_order=2)
    slope[2:-2] = (x[:-4] - 8 * x[1:-3] + 8 * x[3:-1] - x[4:]) / (12 * step)
    chord = np.diff(x) / step
    slope[:-1] = np.clip(slope[:-1], 0, 3 * chord)  # keeps the curve from falling between nodes
    slope[1:] = np.clip(slope[1:], 0, 3 * chord)

    def between(at: Array) -> Array:
        place = (at + _REACH) / step
        i = np.minimum(place.astype(np.intp), nodes - 2)
        t = place - i
        s = 1.0 - t
        return s * s * ((1 + 2 * t) * x[i] + t * step * slope[i]) + t * t * ((1 + 2 * s) * x[i + 1] - s * step * slope[i + 1])  # type: ignore[no-any-return]

    middles = z[:-1][np.abs(z[:-1]) < 5] + step / 2
    at_middles = exact(normal_cdf(middles))
    if np.max(np.abs(between(middles) - at_middles) / np.abs(at_middles)) > _CLOSE:
        return exact

    def inverse(u: Array) -> Array:
        at = normal_ppf(np.asarray(u, dtype=float))
        inside = np.abs(at) < _REACH
        found = between(np.where(inside, at, 0.0))
        return found if np.all(inside) else np.where(inside, found, exact(np.asarray(u, dtype=float)))

    return inverse
