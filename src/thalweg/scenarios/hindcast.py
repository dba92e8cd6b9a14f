"""The hindcast: fit the model to what was known by a day, forecast what came after, and score it against naive forecasts."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from thalweg.evidence import BadInput, nearest
from thalweg.pack.estimates_model import Estimates
from thalweg.scenarios.calibrate import fit_to
from thalweg.scenarios.draw import stream
from thalweg.scenarios.hindcast_baselines import naive_forecasts
from thalweg.scenarios.hindcast_ensemble import run_through
from thalweg.scenarios.hindcast_model import Coverage, Hindcast, Panel, PanelPoint, RowScore
from thalweg.scenarios.hindcast_observe import Reporter, reporter, spread
from thalweg.scenarios.hindcast_rows import Point, Use, values
from thalweg.scenarios.history_matching import resample
from thalweg.scenarios.protocol import TARGETS, Protocol, Row, Trial, load_protocol
from thalweg.scenarios.skill import LEVELS, bands, block_bootstrap, crps, interval_score, skill

HELD_SHARES = frozenset(("nvidia", "cambricon"))
"""Rows that are another row's flow at a share of the last fitted points."""

SAMPLES = 10_000
"""Equally likely samples that a forecast is scored with."""


@dataclass(frozen=True, slots=True)
class _Forecast:
    """A row's tested points with samples of the model and of each baseline, (points, samples)."""

    row: Row
    points: tuple[Point, ...]
    samples: np.ndarray
    naive: Mapping[str, np.ndarray]


def hindcast(
    estimates: Estimates,
    protocol: Protocol | None = None,
    *,
    trial: str = "H1",
    beijing_known: bool = False,
    runs: int | None = None,
    seed: int | None = None,
    fixed: Mapping[str, Any] | None = None,
    progress: Callable[[int], None] | None = None,
) -> Hindcast:
    """Return the scores of one trial of the protocol.

    Args:
        estimates: with overlays already laid; each is taken at the vintage of the fit's end.
        protocol: that of the embedded pack if left out.
        trial: ``H1`` or ``H2``.
        beijing_known: whether Beijing's acts after the fit are told.
        runs: another number than the protocol's; the effective sample that is needed is in proportion to it.
        seed: another seed than the protocol's.
        fixed: values by name that are not drawn, as ``draw`` takes them; a variant, and no run of the protocol.
        progress: called with the runs done after each block.

    Raises:
        BadInput: an unknown trial, an estimate without a value of the vintage, a number of runs that cannot be, or no run that survives.
    """
    protocol = protocol or load_protocol()
    if trial not in protocol.trials:
        raise BadInput(f"there is no trial {trial!r}; there are {', '.join(protocol.trials)}{nearest(trial, protocol.trials)}")
    at = protocol.trials[trial]
    chosen = protocol.seed if seed is None else seed
    ensemble = run_through(
        estimates,
        protocol.acts,
        fitted_to=at.fitted_to,
        tested_to=at.tested_to,
        vintage=at.fitted_to,
        runs=protocol.runs if runs is None else runs,
        seed=chosen,
        block=protocol.block,
        beijing=protocol.beijing if beijing_known else (),
        fixed=fixed,
        progress=progress,
    )
    reports = reporter(estimates, protocol, at, ensemble)
    weights, fit = fit_to(estimates, protocol, reports)
    picked = resample(weights.weights, SAMPLES, stream(chosen, "hindcast resample"))
    tested = [_forecast(row, reports, protocol, picked, chosen) for row in protocol.rows]
    rows = tuple(sorted((_score(f, reports, protocol, picked, chosen) for f in tested if f.points), key=_failures_first))
    coverage = _coverage(tested, chosen)
    targets: dict[str, float] = {target: _target_skill(target, tested) for target in TARGETS}
    low, high = protocol.cover50
    lawful = ensemble.lawful
    ends = [reports.signal(f.row, f.points)[-1][lawful] for f in tested if f.points]
    return Hindcast(
        trial=at,
        beijing_known=beijing_known,
        protocol=protocol.standing,
        estimates=estimates.sha256,
        seed=chosen,
        fit=fit,
        rows=rows,
        panels=tuple(_panel(f, reports, protocol, picked, chosen) for f in tested),
        coverage=coverage,
        coverage_once=_coverage([f for f in tested if not f.row.restates], chosen),
        targets=targets,
        covered=coverage.share90 >= protocol.cover90 and low <= coverage.share50 <= high,
        skilled=sum(value > 0.0 for value in targets.values()),
        skilled_needed=protocol.skilled,
        notes=_notes(reports, picked, at),
        smuggled=_smuggled(reports, picked),
        draws={name: np.asarray(x)[lawful] for name, x in ensemble.draws.items()},
        ends=np.stack(ends) if ends else np.empty((0, int(lawful.sum()))),
    )


def report_samples(row: Row, points: tuple[Point, ...], reports: Reporter, protocol: Protocol, picked: np.ndarray, seed: int) -> np.ndarray:
    """Return samples of what would have been reported, (points, samples): the model's runs with level error, discrepancy and noise."""
    numbers = stream(seed, f"hindcast {row.id} {points[0].use if points else ''}")
    signal = reports.signal(row, points)[:, picked]
    if row.id == "lag":
        return np.asarray(signal + _lag_noise(points, reports, protocol, picked, numbers))
    scale = np.array([spread(p, protocol.discrepancy, _held(row, p, reports, protocol)) for p in points])[:, None]
    found = signal * np.exp(np.clip(scale * numbers.standard_t(protocol.freedom, signal.shape), -20.0, 20.0))
    if row.id == "revenue":
        found = found + numbers.choice(reports.remainders, signal.shape)
    return np.asarray(found)


def _held(row: Row, point: Point, reports: Reporter, protocol: Protocol) -> float:
    """Return the log spread of a maker's share at a tested point: that of a forecast by persistence from the last fitted one."""
    if row.id not in HELD_SHARES or point.use != "tested":
        return 0.0
    last = max(p.place for p in reports.points[row.id] if p.use == "fitted")
    return protocol.held * math.sqrt(max(point.place - last, 0.0))


def _lag_noise(
    points: tuple[Point, ...], reports: Reporter, protocol: Protocol, picked: np.ndarray, numbers: np.random.Generator
) -> np.ndarray:
    """Return release noise: as it stands in fitted quarters, from the last fitted residual on in tested ones."""
    draws = reports.ensemble.draws
    sd, ar = draws["lag_noise_sd"][picked], draws["lag_noise_ar"][picked]
    fresh = numbers.standard_normal((len(points), picked.size))
    if not points or points[0].use == "fitted":
        return np.asarray(sd * fresh)
    row = protocol.row("lag")
    last = [p for p in reports.points[row.id] if p.use == "fitted"][-1]
    noise = last.value - reports.signal(row, (last,))[0, picked]
    rows = []
    for at in range(len(points)):
        noise = ar * noise + sd * np.sqrt(1.0 - ar**2) * fresh[at]
        rows.append(noise)
    return np.stack(rows)


def _of_use(points: tuple[Point, ...], use: Use) -> tuple[Point, ...]:
    return tuple(p for p in points if p.use == use)


def _forecast(row: Row, reports: Reporter, protocol: Protocol, picked: np.ndarray, seed: int) -> _Forecast:
    points = _of_use(reports.points[row.id], "tested")
    if not points:
        return _Forecast(row, points, np.empty((0, picked.size)), {})
    samples = report_samples(row, points, reports, protocol, picked, seed)
    return _Forecast(row, points, samples, naive_forecasts(row, points, reports, protocol, seed, picked.size))


def _score(f: _Forecast, reports: Reporter, protocol: Protocol, picked: np.ndarray, seed: int) -> RowScore:
    observed = np.log1p(values(f.points))
    model, base = _log1p(f.samples), _log1p(f.naive[f.row.baseline])
    at, at_base = bands(model, observed), bands(base, observed)
    scores = crps(model, observed)
    fitted = _in_sample(f.row, reports)
    in_sample = bands(report_samples(f.row, fitted, reports, protocol, picked, seed), values(fitted)) if fitted else None
    return RowScore(
        row=f.row,
        tested=len(f.points),
        in90=int(at.inside(90).sum()),
        in50=int(at.inside(50).sum()),
        crps=float(scores.mean()),
        skill={name: skill(scores, crps(_log1p(samples), observed)) for name, samples in f.naive.items()},
        interval=float(interval_score(at).mean()),
        interval_baseline=float(interval_score(at_base).mean()),
        fitted=len(fitted),
        fitted_in90=int(in_sample.inside(90).sum()) if in_sample else 0,
    )


def _in_sample(row: Row, reports: Reporter) -> tuple[Point, ...]:
    """Return the fitted points that the model gives: none of world flow, which enters as it was observed."""
    return () if row.target == "world" else _of_use(reports.points[row.id], "fitted")


def _log1p(samples: np.ndarray) -> np.ndarray:
    """Return log1p; a lag that is below zero months, China ahead, counts as none."""
    return np.asarray(np.log1p(np.maximum(samples, 0.0)))


def _failures_first(score: RowScore) -> tuple[bool, float, float]:
    return not score.failed, score.in90 / score.tested, score.judged


def _inside(f: _Forecast, share: int) -> np.ndarray:
    return bands(f.samples, values(f.points)).inside(share)


def _coverage(tested: list[_Forecast], seed: int) -> Coverage:
    counted = [f for f in tested if f.points]
    at90, at50 = ([_inside(f, share) for f in counted] for share in (90, 50))
    all90, all50 = np.concatenate(at90), np.concatenate(at50)
    return Coverage(
        points=all90.size,
        share90=float(all90.mean()),
        share50=float(all50.mean()),
        range90=block_bootstrap(at90, stream(seed, "hindcast bootstrap 90")),
        range50=block_bootstrap(at50, stream(seed, "hindcast bootstrap 50")),
    )


def _target_skill(target: str, tested: list[_Forecast]) -> float:
    rows = [f for f in tested if f.row.target == target and f.points]
    own = [crps(_log1p(f.samples), np.log1p(values(f.points))) for f in rows]
    naive = [crps(_log1p(f.naive[f.row.baseline]), np.log1p(values(f.points))) for f in rows]
    return skill(np.concatenate(own), np.concatenate(naive)) if rows else float("nan")


def _panel(f: _Forecast, reports: Reporter, protocol: Protocol, picked: np.ndarray, seed: int) -> Panel:
    fitted = _in_sample(f.row, reports)
    found = []
    if fitted:
        own = np.quantile(report_samples(f.row, fitted, reports, protocol, picked, seed), LEVELS, axis=1).T
        found = [PanelPoint(p, _five(row), None) for p, row in zip(fitted, own, strict=True)]
    if f.points:
        own, naive = (np.quantile(samples, LEVELS, axis=1).T for samples in (f.samples, f.naive[f.row.baseline]))
        found += [PanelPoint(p, _five(a), _five(b)) for p, a, b in zip(f.points, own, naive, strict=True)]
    return Panel(f.row, tuple(found))


def _five(row: np.ndarray) -> tuple[float, float, float, float, float]:
    a, b, c, d, e = (float(x) for x in row)
    return a, b, c, d, e


def _smuggled(reports: Reporter, picked: np.ndarray) -> np.ndarray:
    """Return smuggled H100e of 2024 and 2025 as the source would count them, (2, samples)."""
    years = reports.ensemble.forecast["flow_grey"][8:16].reshape(2, 4, -1).sum(axis=1)
    return np.asarray((years / reports.ensemble.draws["err_smuggled"])[:, picked])


def _notes(reports: Reporter, picked: np.ndarray, trial: Trial) -> tuple[str, ...]:
    """Return single figures that the rows do not show."""
    years = _smuggled(reports, picked) * reports.ensemble.draws["err_smuggled"][picked]
    low, mid, high = np.quantile(years[1] / years[0], (0.05, 0.5, 0.95))
    level = np.quantile(years[1], (0.05, 0.5, 0.95)) * 1e-3
    grey = f"{level[1]:.0f} ({level[0]:.0f} to {level[2]:.0f})"
    return (
        f"Smuggled chips of 2025 over those of 2024: {mid:.1f} ({low:.1f} to {high:.1f}) in the model; 3.1 (1.0 to 8.4) in the source.",
        f"Smuggled in 2025 as the model holds it, before the level error of the source: {grey} thousand H100e.",
        f"Fitted to {trial.fitted_to}, tested to {trial.tested_to}.",
    )
