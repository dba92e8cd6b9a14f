"""Hold the model against what happened: the hindcast by its protocol, the fit to history, and results that others published."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from thalweg.desk.few_runs import LEAST_EFFECTIVE, few_effective, few_words
from thalweg.desk.packs import Overlays, the_pack
from thalweg.desk.policies import ready, the_policy
from thalweg.desk.simulate import significant
from thalweg.desk.simulate_drivers import drivers, strongest
from thalweg.desk.simulate_study_model import StudyAnswer
from thalweg.evidence import parse_date
from thalweg.pack.estimates import load_estimates


def hindcast(
    *,
    trial: str = "H1",
    beijing_known: bool = False,
    runs: int | None = None,
    seed: int | None = None,
    pack: str | Path | None = None,
    overlays: Overlays = (),
    progress: Callable[[int], None] | None = None,
) -> StudyAnswer:
    """Fit the model to what was known by a day, forecast what came after, and score it against naive forecasts; failures first.

    Args:
        trial: ``H1`` (fitted to the end of 2024) or ``H2`` (to the middle of 2025).
        beijing_known: whether Beijing's acts after the fit are told.
        runs: the protocol's if left out.
        seed: the protocol's if left out.
        pack: a knowledge folder.
        overlays: overlays with other numbers.
        progress: called with the runs done.

    Raises:
        BadInput: an unknown trial, a number of runs that cannot be, or no run that survives.
    """
    from thalweg.scenarios.hindcast import hindcast as hold
    from thalweg.scenarios.hindcast_data import as_data
    from thalweg.scenarios.protocol import load_protocol

    estimates = load_estimates(pack, overlays=overlays)
    protocol = load_protocol(None if pack is None else Path(pack))
    found = hold(estimates, protocol, trial=trial, beijing_known=beijing_known, runs=runs, seed=seed, progress=progress)
    rows = [
        {
            "series": s.row.id,
            "tested": s.tested,
            "in 90%": s.in90,
            "in 50%": s.in50,
            "skill": significant(s.judged),
            "against": s.row.baseline,
        }
        | {"crps": significant(s.crps), "failed": s.failed}
        for s in found.rows
    ]
    c = found.coverage
    sentences = [
        f"{c.share90:.0%} of {c.points} tested points lie in the 90 percent band, {c.share50:.0%} in the 50 percent band.",
        f"Skill is above zero on {found.skilled} of {len(found.targets)} targets; {found.skilled_needed} are needed.",
        "; ".join(f"{k} {v:.2f}" for k, v in found.targets.items()),
        *found.notes,
        *few_effective(found.fit.effective, found.fit.runs),
        f"The trial {'passes' if found.passed else 'does not pass'}.",
    ]
    return _answer(
        "hindcast",
        f"Hindcast {trial}, {'with' if beijing_known else 'without'} Beijing's acts",
        found.protocol,
        sentences,
        rows,
        {"data": as_data(found), "moved": [[n, significant(x)] for n, x in strongest(drivers(estimates, found.draws, found.ends))]},
        runs=found.fit.runs,
        seed=found.seed,
        pack=pack,
        overlays=overlays,
        beijing_known=beijing_known,
        trial=trial,
    )


def calibrate(
    *,
    fitted_to: str | None = None,
    vintage: str | None = None,
    waves: int = 6,
    runs: int | None = None,
    seed: int | None = None,
    pack: str | Path | None = None,
    overlays: Overlays = (),
    progress: Callable[[int], None] | None = None,
) -> StudyAnswer:
    """Fit the model to all history: prior and posterior of each estimate, those that moved most first, and the effective sample.

    Args:
        fitted_to: the last day whose data enter; the middle of 2026 if left out.
        vintage: the priors: values as they could be held on a day, or ``today`` for those of the pack, some of which have seen the data;
            those of the end of 2024 if left out.
        waves: most waves; a further one is run while the effective sample is too small.
        runs: the protocol's if left out.
        seed: the protocol's if left out.
        pack: a knowledge folder.
        overlays: overlays with other numbers.
        progress: called with the runs done.

    Raises:
        BadInput: a day, or a number of runs or waves, that cannot be, or no run that survives.
    """
    from thalweg.scenarios.calibrate import PRIORS_BEFORE_DATA
    from thalweg.scenarios.calibrate import calibrate as fit
    from thalweg.scenarios.hindcast_data import calibration_data
    from thalweg.scenarios.sensitivity.factors import judged

    more: dict[str, Any] = {"waves": waves}
    if fitted_to is not None:
        more["fitted_to"] = parse_date(fitted_to, field="fitted_to")
    if vintage is not None:
        more["vintage"] = None if vintage == "today" else parse_date(vintage, field="vintage")
    estimates = load_estimates(pack, overlays=overlays)
    found = fit(estimates, runs=runs, seed=seed, progress=progress, **more)
    shifts = sorted(found.fit.shifts, key=lambda s: s.spread_left)
    names = ("p5", "p50", "p95")
    rows = [
        {"estimate": s.name}
        | {f"prior {n}": significant(x) for n, x in zip(names, s.prior, strict=True)}
        | {f"posterior {n}": significant(x) for n, x in zip(names, s.posterior, strict=True)}
        | {"spread left": significant(s.spread_left), "moved": significant(s.moved)}
        for s in shifts
    ]
    needed = max(found.fit.needed, float(LEAST_EFFECTIVE))
    state = "calibrated" if found.fit.calibrated and found.fit.effective >= needed else "not calibrated"
    sentences = [
        f"Effective sample {found.fit.effective:,.0f} of {found.fit.runs:,}; {needed:,.0f} are needed: {state}.",
        *few_effective(found.fit.effective, found.fit.runs),
    ]
    return _answer(
        "calibrate",
        f"Fit to {found.fitted_to}",
        found.protocol,
        sentences,
        rows,
        {"data": calibration_data(found), "judged": [s.name for s in shifts if judged(estimates, s.name)]},
        runs=found.fit.runs,
        seed=found.seed,
        pack=pack,
        overlays=overlays,
        **({"vintage": PRIORS_BEFORE_DATA.isoformat()} | {k: v if v is None else str(v) for k, v in more.items()}),
    )


def benchmarks(*, runs: int = 2000, seed: int = 1, pack: str | Path | None = None, overlays: Overlays = ()) -> StudyAnswer:
    """Hold the model against published results: their calculations run again, and this model under their inputs.

    Args:
        runs: of the model.
        seed: of its draws, and of the published simulations.
        pack: a knowledge folder.
        overlays: overlays with other numbers.
    """
    from thalweg.scenarios.published import scoreboard

    levers = ready(the_policy("status-quo", pack=pack), pack=pack).plan().levers
    found = scoreboard(load_estimates(pack, overlays=overlays), levers, runs=runs, seed=seed)
    rows = [
        {"column": r.column, "id": r.id, "what": r.what, "unit": r.unit, "published": r.published, "found": _digits(r.found)}
        | {"tolerance": r.tolerance, "status": r.status, "source": f"{r.source} {r.where}".strip(), "note": r.note}
        for r in found
    ]
    columns: dict[str, list[str]] = {}
    for r in found:
        columns.setdefault(r.column, []).append(r.status)
    sentences = few_words(runs) + [f"{name}: {', '.join(f'{x.count(s)} {s}' for s in dict.fromkeys(x))}." for name, x in columns.items()]
    summary = "A calculation that is reproduced re-does the arithmetic of its source and says nothing of this model."
    given = {"runs": runs, "seed": seed}
    return _answer("benchmarks", "Published results", summary, sentences, rows, {}, pack=pack, overlays=overlays, **given)


def _digits(x: float | None) -> float | None:
    return None if x is None else significant(x)


def _answer(
    verb: str,
    title: str,
    summary: str,
    sentences: list[str],
    rows: list[dict[str, Any]],
    details: dict[str, Any],
    *,
    runs: int = 0,
    seed: int = 0,
    pack: str | Path | None = None,
    overlays: Overlays = (),
    **more: Any,
) -> StudyAnswer:
    import hashlib
    import json

    from thalweg import __version__

    estimates = load_estimates(pack, overlays=overlays)
    stamp = the_pack(pack).stamp.as_dict()
    given = {
        "runs": runs,
        "seed": seed,
        "dtype": "float64",
        "anchor": None,
        "set": {},
        "definition": "owned-fp8",
        "estimates": estimates.sha256,
    }
    content = json.dumps([__version__, verb, given, stamp, more], sort_keys=True, default=str)
    return StudyAnswer(
        verb=verb,
        title=title,
        summary=summary,
        sentences=sentences,
        table=rows,
        details=details,
        as_of=str(stamp["verified_through"]),
        asked=given | more,
        pack=stamp,
        hash=hashlib.sha256(content.encode()).hexdigest(),
    )
