"""Two published simulations of chip smuggling, run again from the inputs that they state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thalweg.evidence.quantile_table import normal_ppf
from thalweg.scenarios.draw import stream

Floats = NDArray[np.float64]


class Draws:
    """Random numbers of one simulation."""

    def __init__(self, name: str, draws: int, seed: int) -> None:
        self.numbers, self.draws = stream(seed, f"published {name}"), draws

    def lognormal(self, low: float, high: float, covers: float = 0.9) -> Floats:
        """Return draws of which a range covers a share."""
        middle, spread = log_range(low, high, covers)
        return np.exp(middle + spread * self.numbers.standard_normal(self.draws))

    def uniform(self, low: float, high: float) -> Floats:
        """Return draws between two numbers."""
        return self.numbers.uniform(low, high, self.draws)

    def share(self, mean: float, sd: float) -> Floats:
        """Return normal draws cut to zero and one."""
        return np.clip(self.numbers.normal(mean, sd, self.draws), 0.0, 1.0)

    def beta(self, a: float, b: float) -> Floats:
        """Return draws of a beta distribution."""
        return self.numbers.beta(a, b, self.draws)


def log_range(low: float, high: float, covers: float) -> tuple[float, float]:
    """Return mean and standard deviation of the log of a lognormal number from a range that covers a share."""
    z = float(normal_ppf(np.array([0.5 + covers / 2]))[0])
    return (np.log(low) + np.log(high)) / 2, (np.log(high) - np.log(low)) / (2 * z)


def cnas(given: Mapping[str, Any], draws: int, seed: int) -> dict[str, float]:
    """Return the chips smuggled in 2024 as CNAS 2025 simulates them.

    All vendors of a draw share its monthly volume. With a volume for each vendor the median would be 265,000 chips and the 5th percentile
    97,000, which contradicts the range that is published.
    """
    of = Draws("cnas-2025", draws, seed)
    resold = of.lognormal(*given["vendors"]) * of.lognormal(*given["chips_per_vendor_month"]) * 12
    fronts = of.lognormal(*given["operators"]) * of.lognormal(*given["chips_per_operator"]) * of.uniform(*given["diverted"])
    noise = np.exp(of.uniform(*np.log(given["noise"])))
    first, second, _ = given["weights"]
    u = of.uniform(0.0, 1.0)
    chips = np.where(u < first, resold, np.where(u < first + second, resold + fronts, noise))
    return {"cnas-median": float(np.median(chips)), "cnas-over-100k": float(np.mean(chips > 100e3))}


def epoch(given: Mapping[str, Any], draws: int, seed: int) -> dict[str, float]:
    """Return the smuggled H100e of 2024 and to the end of 2025 as Epoch AI 2026 simulates them: cases and resale, blended draw by draw."""
    of = Draws("epoch-2026", draws, seed)
    diverted, resold = _diverted(given, of), _resold(given, of)
    weight = given["weight_of_diversion"]
    first, second = (weight * d + (1 - weight) * r for d, r in zip(diverted, resold, strict=True))
    found = {}
    for name, values in (("epoch-2024", first), ("epoch-2025", first + second)):
        low, middle, high = np.quantile(values, [0.05, 0.5, 0.95])
        found.update({f"{name}-p05": float(low), f"{name}-p50": float(middle), f"{name}-p95": float(high)})
    return found


def _diverted(given: Mapping[str, Any], of: Draws) -> tuple[Floats, Floats]:
    """Return what known cases say of 2024 and of 2025, scaled by how right the claims are and how many cases surface."""
    h100e = given["h100e"]
    gain = h100e["b200"] - h100e["h100"]
    large = given["supermicro"]
    chips = of.lognormal(*large["dollars"]) / of.lognormal(*large["price"])
    early = of.share(*large["in_2024"])
    in_2024 = chips * early * (h100e["h100"] + gain * of.share(*large["b200_2024"]))
    in_2025 = chips * (1 - early) * (h100e["h100"] + gain * of.share(*large["b200_2025"]))
    in_2025 = in_2025 + of.uniform(*given["megaspeed"]["chips_uniform"]) * (h100e["h100"] + gain * of.share(*given["megaspeed"]["b200"]))
    mixed = given["aperia"]
    chips = of.lognormal(*mixed["dollars"]) / of.lognormal(*mixed["price"])
    cases = [(chips * (h100e["a100"] + (h100e["h100"] - h100e["a100"]) * of.share(*mixed["h100"])), of.share(*mixed["in_2024"]))]
    for case in given["others"]:
        chips = of.lognormal(*case["chips"]) if "chips" in case else of.lognormal(*case["dollars"]) / of.lognormal(*case["price"])
        cases.append((chips * h100e[case["chip"]], of.share(*case["in_2024"])))
    for amount, early in cases:
        in_2024, in_2025 = in_2024 + amount * early, in_2025 + amount * (1 - early)
    scale = of.beta(*given["accuracy"]) / np.clip(of.lognormal(*given["detection"]), 0.05, 1.0)
    return in_2024 * scale, in_2025 * scale


def _resold(given: Mapping[str, Any], of: Draws) -> tuple[Floats, Floats]:
    """Return what vendors say of 2024 and of 2025, scaled by how much of the trade they see."""
    h100e, months, vendors, volumes = given["h100e"], given["months"], given["vendors"], given["chips_per_vendor"]
    mix = of.beta(*given["h100_2024"])
    rho = given["correlation"]
    in_2024 = _market(of, vendors["in_2024"], volumes["base"], rho) * (mix * h100e["h100"] + (1 - mix) * h100e["a100"])
    before, later = of.uniform(*given["b200"]["before"]), of.uniform(*given["b200"]["from_ban"])
    gain = h100e["b200"] - h100e["h100"]
    in_2025 = np.zeros(of.draws)
    for window, volume, b200 in (("before", "base", before), ("ban", "ban", later), ("after", "base", later)):
        in_2025 += _market(of, vendors["in_2025"], volumes[volume], rho) * months[window] / 12 * (h100e["h100"] + gain * b200)
    in_2025 *= np.exp(of.numbers.normal(0.0, given["year_shock"], of.draws))
    seen = of.beta(*given["marketplace"])
    return in_2024 / seen, in_2025 / seen


def _market(of: Draws, vendors: list[float], volume: list[float], correlation: float) -> Floats:
    """Return the chips that all vendors of a draw sell in a year; part of their volumes moves together."""
    low, high, covers = volume
    middle, spread = log_range(low, high, covers)
    counts = np.maximum(np.round(of.lognormal(*vendors)), 1).astype(np.int64)
    common = middle + spread * np.sqrt(correlation) * of.numbers.standard_normal(of.draws)
    own = of.numbers.standard_normal(int(counts.sum()), dtype=np.float32)
    own *= np.float32(spread * np.sqrt(1 - correlation))
    starts = np.concatenate(([0], np.cumsum(counts)[:-1]))
    return np.asarray(np.exp(common) * np.add.reduceat(np.exp(own, out=own), starts, dtype=np.float64))
