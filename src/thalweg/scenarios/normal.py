"""Release noise of the measured lag: uniforms to a normal AR(1) path."""

from __future__ import annotations

from typing import Any

import numpy as np

CENTRAL = (
    *(2.81022636e-08, 3.43273939e-07, -3.5233877e-06, -4.39150654e-06, 0.00021858087),
    *(-0.00125372503, -0.00417768164, 0.246640727, 1.50140941),
)
TAIL = (
    *(-0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773),
    *(-0.0076224613, 0.00943887047, 1.00167406, 2.83297682),
)


def inverse_normal(u: np.ndarray) -> np.ndarray:
    """Return the standard normal quantile of uniforms in (0, 1), to 1e-6.

    Source:
        Giles, M. (2012), Approximating the erfinv function, GPU Computing Gems (single precision form).
    """
    x: np.ndarray = 2.0 * u - 1.0
    w = -np.log(np.maximum((1.0 - x) * (1.0 + x), 1e-30))
    z: np.ndarray = x * np.where(w < 5.0, _polynomial(CENTRAL, w - 2.5), _polynomial(TAIL, np.sqrt(w) - 3.0)) * 2.0**0.5
    return z


def lag_noise(u: np.ndarray, sd: float | np.ndarray, persistence: float | np.ndarray) -> np.ndarray:
    """(21) Release noise in months: AR(1) over quarters (rows) with a given standard deviation and persistence.

    Formula:
        noise_t = lag_noise_ar*noise_{t-1} + lag_noise_sd*sqrt(1 - lag_noise_ar^2)*z_t
    Units:
        months; z_t is the standard normal quantile of u_lag_noise.
    Source:
        Standard deviation of the 13 observed lags since 2023Q3 is 3.7 months; 3 of them are release noise, judgement.
    """
    z: np.ndarray = inverse_normal(u) * sd
    out = np.empty_like(z)
    out[0] = z[0]
    step = (1.0 - persistence**2) ** 0.5
    for t in range(1, z.shape[0]):
        out[t] = persistence * out[t - 1] + step * z[t]
    return out


def _polynomial(coefficients: tuple[float, ...], w: Any) -> Any:
    total = coefficients[0]
    for c in coefficients[1:]:
        total = total * w + c
    return total
