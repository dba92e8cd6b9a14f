"""Numbers that the model should come near under the levers as enforced, and whether it does: each is met, or says why not.

They are stated for estimates that were fitted to history. Handed draws of a fit, the same checks are made of it; without, of the estimates
as they stand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thalweg.pack.estimates_model import Estimates
from thalweg.scenarios.draw import base_switches
from thalweg.scenarios.ensemble import Ensemble, ensemble
from thalweg.scenarios.levers import LeverPath
from thalweg.scenarios.outcomes import CHECKS, HEADLINE, OUTCOMES
from thalweg.scenarios.quarters import YEARS, index
from thalweg.scenarios.simulate import Plan, Result, simulate

Floats = NDArray[np.float64]
KEPT = (*HEADLINE, "lag_observed", "overspent", "unbalanced", "remote_stock", "us_stock")
FISCAL = {"2025Q1": 64 / 90, "2025Q2": 1.0}
"""Share of a quarter's legal sales in the fiscal quarter to 27 April 2025: days of the first, and of the second all, sold by 8 April."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A stated number: what was found, whether it is met, and if not, the reason."""

    id: str
    what: str
    unit: str
    stated: str
    found: tuple[float, ...]
    met: bool | None
    reason: str


REASONS = {
    "domestic-2026-high": "The high published number, of AI 2040, has three times the HBM wafers of the middle of the draws.",
    "spending-future": "A fit to the premiums calls for a larger budget, and domestic chips alone pass it in some draws of late years.",
    "effective": "No fit was handed in.",
    "hindcast-2025": "A forecast from 2024 misses the growth of smuggling: it knows neither of the better chips nor of the demand after "
    "the stop of the H20, and the budget that closes holds smuggling back in draws in which much is made in China. The range of the source "
    "for the ratio is 1.0 to 8.4.",
    "hindcast-none": "No forecast was handed in; the page of the hindcast has it.",
}
"""Why a number is not met, where the reason is known."""


def acceptance(
    estimates: Estimates,
    levers: LeverPath,
    *,
    runs: int = 4_000,
    seed: int = 1,
    fit: Mapping[str, Any] | None = None,
    effective: float | None = None,
    hindcast_2025: Floats | None = None,
) -> tuple[Accepted, ...]:
    """Return every stated number with what was found.

    Args:
        estimates: of the pack.
        levers: as enforced.
        runs: of the model.
        seed: of the draws.
        fit: draws (runs,) by name from a fit to history, in place of those of the estimates.
        effective: effective sample of that fit.
        hindcast_2025: smuggled H100e of 2025 as a hindcast that ends with 2024 forecasts them, and so (2, n) with those of 2024 first.

    """
    blocks = ensemble(estimates, runs, seed, fixed={**base_switches(estimates), **(fit or {})}, dtype=np.float64)
    result = simulate(blocks, Plan(levers), outcomes=(*OUTCOMES, *CHECKS), quarterly=KEPT)
    found = (*_flows(result), *_prices(result), *_stocks(blocks, result), *_lag(estimates, result), *_money(result), *_laws(result))
    if fit:
        prior = {row.id: row for row in acceptance(estimates, levers, runs=runs, seed=seed)}
        found = tuple(_moved(row, prior[row.id]) for row in found)
    return (*found, _effective(effective), _hindcast(hindcast_2025))


def _moved(row: Accepted, before: Accepted) -> Accepted:
    """Say of a number that a fit misses whether the estimates as they stand meet it."""
    if row.met or row.reason or not before.met:
        return row
    as_it_was = ", ".join(f"{x:,.4g}" for x in before.found)
    return replace(row, reason=f"Met by the estimates as they stand ({as_it_was}); the fit moves it.")


def _flows(result: Result) -> Iterator[Accepted]:
    def year(name: str, y: int) -> Floats:
        values: Floats = result.by_year(name)[YEARS.index(y)]
        return values

    for y, stated, by in ((2024, 4.93e6, 0.01), (2025, 13.06e6, 0.01), (2026, 27.4e6, 0.02)):
        yield _near(f"world-{y}", f"flow outside China of {y}, median", "H100e", _q(year("flow_world", y), 0.5), stated, by)
    for y, stated, by in ((2024, 159e3, 0.10), (2025, 480e3, 0.15)):
        yield _near(f"smuggled-{y}", f"smuggled in {y}, median", "H100e", _q(year("flow_grey", y), 0.5), stated, by)
    for y, low, high, by in ((2024, 64e3, 417e3, 0.25), (2025, 190e3, 1.28e6, 0.30)):
        band = _q(year("flow_grey", y), 0.05, 0.95)
        met = abs(band[0] / low - 1) <= by and abs(band[1] / high - 1) <= by
        yield _row(
            f"smuggled-{y}-band", f"smuggled in {y}, 5 and 95 percent", "H100e", f"{low:,.0f} and {high:,.0f}, each ±{by:.0%}", band, met
        )
    yield _inside("smuggled-2026", "smuggled in 2026, median", "H100e", _q(year("flow_grey", 2026), 0.5), 0.55e6, 1.26e6)
    yield _holds("smuggled-2026-band", "smuggled in 2026, 5 and 95 percent", "H100e", _q(year("flow_grey", 2026), 0.05, 0.95), 1.26e6)
    for y, stated in ((2024, 0.187e6), (2025, 0.556e6)):
        yield _near(f"domestic-{y}", f"made in China in {y}, median", "H100e", _q(year("flow_domestic", y), 0.5), stated, 0.15)
    row = _holds(
        "domestic-2026", "made in China in 2026, 10 and 90 percent", "H100e", _q(year("flow_domestic", 2026), 0.1, 0.9), 0.25e6, 1.1e6
    )
    yield row if row.met or row.found[1] >= 1.1e6 else replace(row, reason=REASONS["domestic-2026-high"])


def _prices(result: Result) -> Iterator[Accepted]:
    premium = result.quarterly["premium"]
    year = premium[index("2024Q1") : index("2025Q1")].mean(axis=0)
    yield _inside("premium-2024", "premium of 2024, median", "multiple", _q(year, 0.5), 1.2, 1.6)
    for label, low, high in (("2025Q2", 1.3, 1.7), ("2026Q2", 1.7, 2.3)):
        yield _inside(f"premium-{label}", f"premium of {label}, median", "multiple", _q(premium[index(label)], 0.5), low, high)
    rise = _q(premium[index("2025Q2")], 0.5)[0] - _q(premium[index("2025Q1")], 0.5)[0]
    yield _row("premium-rises", "premium of 2025Q2 less that of 2025Q1, medians", "multiple", "above 0", (rise,), rise > 0)
    late = _q(premium[index("2028Q1") : index("2029Q1")].mean(axis=0), 0.95)
    yield _row("premium-2028", "premium of 2028, 95 percent", "multiple", "below 12", late, late[0] < 12)


def _stocks(blocks: Ensemble, result: Result) -> Iterator[Accepted]:
    """Compare stocks at the end of 2025 without what was installed before 2022, as the sources count them."""
    end = index("2025Q4")
    d = blocks.draws
    kept = (1.0 - d["delta"]) ** 4
    china = result.quarterly["china_stock"][end] - d["S0_cn"] * kept - d["S0_dom"] * (1.0 - d["delta"]) ** 2
    us = result.quarterly["us_stock"][end] - d["S0_us"] * kept
    rented = result.quarterly["remote_stock"][end] - np.minimum(d["Srem0"], result.quarterly["remote_stock"][0]) * kept
    yield _inside("owned-2025", "owned in China at the end of 2025, since 2022, median", "H100e", _q(china, 0.5), 1.65e6, 1.90e6)
    band = _q(china, 0.05, 0.95)
    wide = band[0] <= 1.4e6 and band[1] >= 2.4e6
    near = abs(band[0] / 1.3e6 - 1) <= 0.15 and abs(band[1] / 2.7e6 - 1) <= 0.15
    stated = "about 1.3 and 2.7 million (±15%), no narrower than 1.4 to 2.4 million"
    yield _row("owned-2025-band", "the same, 5 and 95 percent", "H100e", stated, band, wide and near)
    usable = china + rented
    yield _inside("accessible-2025", "used from China at the end of 2025, since 2022, median", "H100e", _q(usable, 0.5), 2.1e6, 2.6e6)
    yield _holds("accessible-2025-band", "the same, 5 and 95 percent", "H100e", _q(usable, 0.05, 0.95), 2.9e6)
    yield _inside("ratio-2025", "US over China, owned since 2022, at the end of 2025, median", "ratio", _q(us / china, 0.5), 8.5, 10.5)
    band = _q(us / china, 0.05, 0.95)
    met = abs(band[0] / 6 - 1) <= 0.2 and abs(band[1] / 13 - 1) <= 0.2
    yield _row("ratio-2025-band", "the same, 5 and 95 percent", "ratio", "about 6 and 13 (±20%)", band, met)


def _lag(estimates: Estimates, result: Result) -> Iterator[Accepted]:
    seen = {p.period: p.value for p in estimates.history["eci_lag"].points if p.scored}
    quarters = [index(label) for label in seen]
    mean = _q(result.quarterly["lag"][quarters].mean(axis=0), 0.5)
    yield _inside("lag", f"lag, mean of {len(seen)} quarters from {next(iter(seen))}, median", "months", mean, 6.4, 8.4)
    low, high = np.quantile(result.quarterly["lag_observed"][quarters], [0.05, 0.95], axis=1)
    values = np.array(list(seen.values()))
    inside = int(((values >= low) & (values <= high)).sum())
    yield _row("lag-band", f"of {len(seen)} observed lags, inside the 90 percent band", "quarters", "11 to 13", (inside,), inside >= 11)


def _money(result: Result) -> Iterator[Accepted]:
    revenue = result.by_year("revenue")
    for y, stated in ((2024, 11.5e9), (2025, 6.4e9)):
        yield _near(f"revenue-{y}", f"legal revenue of {y}, median", "USD", _q(revenue[YEARS.index(y)], 0.5), stated, 0.15)
    fiscal = sum(share * result.quarterly["revenue"][index(label)] for label, share in FISCAL.items())
    yield _near("revenue-fy26q1", "legal revenue of the fiscal quarter to April 2025, median", "USD", _q(fiscal, 0.5), 4.6e9, 0.10)


def _laws(result: Result) -> Iterator[Accepted]:
    worst = float(np.abs(result.quarterly["unbalanced"]).max())
    yield _row("conservation", "owners' flows less what was made, worst", "share of chips made", "below 1e-12", (worst,), worst < 1e-12)
    spent = result.yearly["spending"]
    past = slice(YEARS.index(2024), YEARS.index(2026))
    slack = 1.05
    for name, years, words in (("observed", past, "2024 and 2025"), ("future", slice(past.stop, None), "2026 to 2032")):
        share = float((spent[years] > slack).mean())
        yield _row(
            f"spending-{name}",
            f"years of {words} in which spending passes the budget",
            "share of draws",
            "below 5%",
            (share,),
            share < 0.05,
        )


def _effective(size: float | None) -> Accepted:
    found = () if size is None else (float(size),)
    return _row("effective", "effective sample of the fit", "runs", "at least 500", found, None if size is None else size >= 500)


def _hindcast(samples: Floats | None) -> Accepted:
    what, stated = (
        "smuggled in 2025, forecast from 2024: 5, 50, 95 percent and median of 2025 over 2024",
        "480,000 inside; median within 1.7; ratio 1.9",
    )
    if samples is None:
        return Accepted("hindcast-2025", what, "H100e; ratio", stated, (), None, REASONS["hindcast-none"])
    before, after = samples
    low, middle, high = _q(after, 0.05, 0.5, 0.95)
    ratio = float(np.median(after / before))
    met = low <= 480e3 <= high and max(middle / 480e3, 480e3 / middle) <= 1.7 and ratio >= 1.9
    return _row("hindcast-2025", what, "H100e; ratio", stated, (low, middle, high, ratio), met)


def _q(values: Any, *levels: float) -> tuple[float, ...]:
    return tuple(float(x) for x in np.quantile(values, levels))


def _row(name: str, what: str, unit: str, stated: str, found: tuple[float, ...], met: bool | None) -> Accepted:
    return Accepted(name, what, unit, stated, found, met, "" if met else REASONS.get(name, ""))


def _near(name: str, what: str, unit: str, found: tuple[float, ...], stated: float, by: float) -> Accepted:
    return _row(name, what, unit, f"{stated:,.0f} ±{by:.0%}", found, abs(found[0] / stated - 1) <= by)


def _inside(name: str, what: str, unit: str, found: tuple[float, ...], low: float, high: float) -> Accepted:
    return _row(name, what, unit, f"{low:,g} to {high:,g}", found, low <= found[0] <= high)


def _holds(name: str, what: str, unit: str, band: tuple[float, ...], *values: float) -> Accepted:
    return _row(name, what, unit, f"holds {' and '.join(f'{v:,.0f}' for v in values)}", band, all(band[0] <= v <= band[1] for v in values))
