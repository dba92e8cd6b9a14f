"""Study a policy: what its outcomes hang on, what to learn next, and where it fails."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from thalweg.desk.few_runs import counted_runs, refuse_few
from thalweg.desk.packs import Overlays
from thalweg.desk.policies import Ready
from thalweg.desk.scenarios_asked import DTYPES, Asked, asked, content_hash, named, policy_content, policy_of
from thalweg.desk.simulate import significant
from thalweg.desk.simulate_aims import BETTER, Better
from thalweg.desk.simulate_study_model import StudyAnswer
from thalweg.desk.simulate_text import number
from thalweg.desk.simulate_tornado import LEAST, TAIL, tornadoes
from thalweg.evidence import BASES, BadInput, nearest
from thalweg.pack.policies_model import Policy
from thalweg.scenarios.history import known_history
from thalweg.scenarios.outcomes import HEADLINE, OUTCOMES
from thalweg.scenarios.sensitivity.factors import judged
from thalweg.scenarios.study import Study

if TYPE_CHECKING:
    from thalweg.scenarios.discover import Box, Fit

Method = Literal["sobol", "morris", "given", "learn"]
METHODS: Final[tuple[str, ...]] = get_args(Method)
Progress = Callable[[int, int], None]
MOST_SHOWN: Final = 8
"""Estimates named for each outcome."""
LEAST_FOUND: Final = 100
"""Runs from which on it can be looked for where a policy fails, as the engine has it."""


def study_of(
    question: Asked,
    policy: Ready,
    against: Ready | None = None,
    *,
    outcomes: Sequence[str] = tuple(OUTCOMES),
    years: Sequence[int] = (2030,),
) -> Study:
    """Return a study of the engine on a policy, or on what it changes against another."""
    return Study(
        question.estimates,
        policy.plan,
        None if against is None else against.plan,
        tuple(outcomes),
        tuple(years),
        known_history(question.estimates),
        question.counted,
        question.anchor,
        question.fixed,
        DTYPES[question.dtype],
    )


def sensitivity(
    policy: str | Path | Policy = "status-quo",
    *,
    against: str | Path | Policy | None = None,
    method: Method = "sobol",
    by: Literal["estimate", "block", "basis"] = "estimate",
    order: Literal["value", "flips", "regret"] = "value",
    outcomes: Sequence[str] | None = None,
    years: Sequence[int] | None = None,
    base: int = 1024,
    runs: int = 4000,
    seed: int | None = None,
    anchor: str | None = None,
    set: Mapping[str, Any] | None = None,  # noqa: A002  (the word of the command)
    definition: str = "owned-fp8",
    pack: str | Path | None = None,
    overlays: Overlays = (),
    progress: Progress | None = None,
) -> StudyAnswer:
    """Say which estimates move the outcomes of a policy, or of what it changes against another.

    Args:
        policy: by id or path.
        against: another policy; every outcome is then a difference, and ``learn`` asks whether knowing more would turn the choice.
        method: ``sobol`` (total order with bounds), ``morris`` (screening), ``given`` (first order from one ensemble) or ``learn``.
        by: single estimates, their files, or their basis.
        order: of ``learn``: by the mean that is gained, by how often the choice would turn (``flips``), or by the regret that is saved.
        outcomes: names of outcomes; all raw ones if left out.
        years: 2030 if left out.
        base: base points of ``sobol``, a power of two; trajectories of ``morris`` are a twentieth of it.
        runs: of ``given`` and ``learn``.
        seed: one is chosen if left out.
        anchor: a preset.
        set: estimates and switches held at a value, and parameters of the policy's rulebooks.
        definition: whose compute is counted and how.
        pack: a knowledge folder.
        overlays: overlays with other numbers, policies or rules.
        progress: called with the runs done and to do.

    Raises:
        BadInput: for an option that cannot be.
        PackError: with file and line, if a policy, an overlay or an estimate does not hold to its format.
    """
    if method not in METHODS:
        raise BadInput(f"method {method!r}: there are {', '.join(METHODS)}{nearest(str(method), METHODS)}")
    if method == "learn" and against is None:
        raise BadInput("learn: name the other policy with against; with one policy there is no choice that could turn")
    if method in ("given", "learn"):
        refuse_few(runs, f"sensitivity by {method}")
    if method == "morris" and (type(base) is not int or base < 2):
        raise BadInput(f"base: {base!r} given; a whole number from 2 on is needed")
    found, rest = policy_of(policy, pack=pack, overlays=overlays, set=set)
    other = None if against is None else policy_of(against, pack=pack, overlays=overlays, set=set)[0]
    question = asked(runs=runs, seed=seed, anchor=anchor, set=rest, definition=definition, pack=pack, overlays=overlays)
    names = named(outcomes, tuple(HEADLINE) if method == "learn" else tuple(OUTCOMES))
    study = study_of(question, found, other, outcomes=names, years=tuple(years or (2030,)))
    rows: list[dict[str, Any]]
    if method == "learn" and other is not None:
        rows = list(_lessons(question, found, other, study, order))
    else:
        rows = list(_WAYS[method](study, question, base, by, progress))
    swings = [] if method == "learn" or by != "estimate" else tornadoes(study, rows, question.runs, question.seed)
    policies = [p for p in (found, other) if p is not None]
    what = " against ".join(p.policy.title for p in policies)
    summaries = {
        "sobol": "Total order: the share of the variance, in ranks, that would be left if all but the estimate were known.",
        "morris": "Mean size of the change, in ranks, when an estimate moves over two thirds of its range of probability.",
        "given": "First order: the share of the variance, in ranks, that an estimate explains alone.",
        "learn": "What knowing an estimate before the choice would bring: how often the choice by the mean would turn and what it would "
        "gain, and the same of the choice by the regret of one run in ten.",
    }
    return StudyAnswer(
        verb="sensitivity",
        title=f"What moves {what}",
        summary=summaries[method],
        sentences=[*_sentences(rows, method), *_noisy(method, question.runs), *_no_swings(method, by, swings, question.runs)],
        table=rows,
        details={
            "method": method,
            "by": by,
            "policies": [policy_content(p) for p in policies],
            "titles": [p.policy.title for p in policies],
            "tornado": swings,
        },
        as_of=str(question.stamp["verified_through"]),
        asked=question.as_dict(),
        pack=dict(question.stamp),
        hash=content_hash(
            question, policies, names, verb="sensitivity", method=method, by=by, order=order, base=base, years=list(study.years)
        ),
    )


def _sobol(study: Study, question: Asked, base: int, by: Any, progress: Progress | None) -> Iterator[dict[str, Any]]:
    from thalweg.scenarios.sensitivity import sobol

    found = sobol(study, seed=question.seed, base=base, by=by, progress=progress)
    for outcome, year in found.targets:
        for factor, total, low, high, first in found.ranked(outcome, year)[: MOST_SHOWN if by == "estimate" else None]:
            row = {
                "outcome": outcome,
                "year": year,
                "name": factor.name,
                "judgement": factor.judged,
                "total": total,
                "low": low,
                "high": high,
            }
            yield _rounded(row | {"first": first})


def _morris(study: Study, question: Asked, base: int, by: Any, progress: Progress | None) -> Iterator[dict[str, Any]]:
    from thalweg.scenarios.sensitivity import morris

    found = morris(study, seed=question.seed, trajectories=max(10, base // 20), by=by, progress=progress)
    for outcome, year in found.targets:
        for factor, size, low, high, mean, spread in found.ranked(outcome, year)[: MOST_SHOWN if by == "estimate" else None]:
            row = {
                "outcome": outcome,
                "year": year,
                "name": factor.name,
                "judgement": factor.judged,
                "size": size,
                "low": low,
                "high": high,
            }
            yield _rounded(row | {"mean": mean, "spread": spread})


def _given(study: Study, question: Asked, base: int, by: Any, progress: Progress | None) -> Iterator[dict[str, Any]]:  # noqa: ARG001
    from thalweg.desk.simulate_drivers import drivers

    values, y = study.ensemble(question.runs, question.seed, None if progress is None else lambda done: progress(done, question.runs))
    for (outcome, year), told in zip(study.targets, drivers(question.estimates, values, y), strict=True):
        for name, share, is_judged in told.ranked[:MOST_SHOWN]:
            yield {"outcome": outcome, "year": year, "name": name, "judgement": is_judged, "first": share}


_WAYS: Final = {"sobol": _sobol, "morris": _morris, "given": _given}


def _lessons(question: Asked, policy: Ready, other: Ready, study: Study, order: Any) -> Iterator[dict[str, Any]]:
    """Yield for each outcome with a better side what knowing an estimate would bring to the choice between two policies."""
    from thalweg.scenarios.sensitivity import learn_next

    ids = (policy.policy.id, other.policy.id)
    plain = [study_of(question, p, outcomes=study.outcomes, years=study.years) for p in (policy, other)]
    values, first = plain[0].ensemble(question.runs, question.seed)
    _, second = plain[1].ensemble(question.runs, question.seed)
    for i, (outcome, year) in enumerate(study.targets):
        side: Better | None = BETTER.get(outcome)
        if side is None:
            continue
        found = learn_next(values, {ids[0]: first[i], ids[1]: second[i]}, better=side, by=order)
        for lesson in found.lessons[:3]:
            row = {
                "outcome": outcome,
                "year": year,
                "chosen": found.chosen,
                "name": lesson.name,
                "judgement": judged(question.estimates, lesson.name),
                "turns": lesson.flips,
                "gain": lesson.value,
                "chosen by regret": found.chosen_by_regret,
                "turns by regret": lesson.flips_by_regret,
                "regret saved": lesson.regret_saved,
            }
            where = "; ".join(f"{f.policy} from {number(f.low)} to {number(f.high)}" for f in lesson.where)
            yield _rounded(row | {"where": where, "knowing everything": found.perfect})


def _sentences(rows: Sequence[Mapping[str, Any]], method: str) -> Iterator[str]:
    """Yield one sentence for each headline outcome: what moves it most, and whether that is judgement."""
    seen: dict[tuple[str, int], list[Mapping[str, Any]]] = {}
    for row in rows:
        seen.setdefault((row["outcome"], row["year"]), []).append(row)
    for (outcome, year), found in seen.items():
        if outcome not in HEADLINE:
            continue
        if method == "learn":
            best = max(found, key=lambda r: r["turns"]) if found[0]["turns"] == 0 else found[0]
            regret = max(found, key=lambda r: r["regret saved"])
            if regret["turns by regret"] > 0:
                odds = f"with a probability of {regret['turns by regret']:.0%}"
                turned = f"would turn the choice of {regret['chosen by regret']}"
                yield f"{outcome} in {year}: by regret, knowing {regret['name']} {turned} {odds}."
            if best["turns"] > 0:
                odds = f"with a probability of {best['turns']:.0%}"
                yield f"{outcome} in {year}: by the mean, knowing {best['name']} would turn the choice of {best['chosen']} {odds}."
            else:
                yield f"{outcome} in {year}: no single estimate would turn the choice of {best['chosen']} by the mean."
        else:
            names = ", ".join(f"{r['name']}{' (judgement)' if r['judgement'] and r['name'] not in BASES else ''}" for r in found[:3])
            yield f"{outcome} in {year} is moved most by {names}."


def discover(
    policy: str | Path | Policy,
    outcome: str,
    *,
    year: int = 2030,
    at_least: float | None = None,
    at_most: float | None = None,
    against: str | Path | Policy | None = None,
    runs: int = 4000,
    seed: int | None = None,
    anchor: str | None = None,
    set: Mapping[str, Any] | None = None,  # noqa: A002  (the word of the command)
    definition: str = "owned-fp8",
    pack: str | Path | None = None,
    overlays: Overlays = (),
    progress: Progress | None = None,
) -> StudyAnswer:
    """Say where a policy fails: under which values of the estimates an outcome of a year lies at or past a limit.

    Args:
        policy: by id or path.
        outcome: the name of an outcome.
        year: of the outcome.
        at_least: it fails from here on up.
        at_most: or from here on down; one of the two.
        against: another policy; the outcome is then the difference.
        runs: draws, and as many fresh ones on which the box is measured again.
        seed: one is chosen if left out.
        anchor: a preset.
        set: estimates and switches held at a value, and parameters of the policy's rulebooks.
        definition: whose compute is counted and how.
        pack: a knowledge folder.
        overlays: overlays with other numbers, policies or rules.
        progress: called with the runs done and to do.

    Raises:
        BadInput: for an option that cannot be.
        PackError: with file and line, if a policy, an overlay or an estimate does not hold to its format.
    """
    from thalweg.scenarios.discover import Failure
    from thalweg.scenarios.discover import discover as find

    refuse_few(runs, "a look for where a policy fails", LEAST_FOUND)
    found, rest = policy_of(policy, pack=pack, overlays=overlays, set=set)
    other = None if against is None else policy_of(against, pack=pack, overlays=overlays, set=set)[0]
    question = asked(runs=runs, seed=seed, anchor=anchor, set=rest, definition=definition, pack=pack, overlays=overlays)
    named([outcome], ())
    failure = Failure(outcome, year, at_least=at_least, at_most=at_most)
    study = study_of(question, found, other, outcomes=(outcome,), years=(year,))
    result = find(study, failure, runs=runs, seed=question.seed, progress=progress)
    rows = [
        *_boxes("box", ((result.box, result.fresh),), question),
        *_boxes("tree", ((b, f) for b, f in zip(result.tree, result.tree_fresh, strict=True) if b.fit.density > result.share), question),
    ]
    policies = [p for p in (found, other) if p is not None]
    return StudyAnswer(
        verb="discover",
        title=f"Where {' against '.join(p.policy.title for p in policies)} fails",
        summary=f"It fails in {result.share:.0%} of runs: {failure.words(difference=other is not None)}.",
        sentences=[
            result.sentence,
            _fresh(result.box.fit, result.fresh),
        ],
        table=rows,
        details={
            "share": significant(result.share),
            "trajectory": [
                {"conditions": len(b.conditions), "coverage": significant(b.fit.coverage), "density": significant(b.fit.density)}
                for b in result.trajectory.boxes
            ],
            "judged": [name for name in result.box.conditions if judged(question.estimates, name)],
            "policies": [policy_content(p) for p in policies],
        },
        as_of=str(question.stamp["verified_through"]),
        asked=question.as_dict(),
        pack=dict(question.stamp),
        hash=content_hash(question, policies, [outcome], verb="discover", year=year, at_least=at_least, at_most=at_most),
    )


def _fresh(found: Fit, fresh: Fit) -> str:
    """Return coverage and density of a box on fresh draws, with their intervals, and in the runs that it was found in."""
    from thalweg.scenarios.discover.sentence import interval

    return (
        f"On fresh draws the box holds {fresh.coverage:.0%} of the failures (coverage; {interval(fresh.coverage_interval)}), and "
        f"{fresh.density:.0%} of what is in it fails (density; {interval(fresh.density_interval)}). In the draws that it was found in "
        f"these are {found.coverage:.0%} and {found.density:.0%}. Intervals are of 90 percent."
    )


def _boxes(kind: str, boxes: Iterable[tuple[Box, Fit]], question: Asked) -> Iterator[dict[str, Any]]:
    from thalweg.scenarios.discover.discover import words_of
    from thalweg.scenarios.discover.sentence import condition_in_words

    words = words_of(question.estimates)
    for box, fresh in boxes:
        said = "; ".join(condition_in_words(c, words[name]) for name, c in box.conditions.items())
        fit = {k: significant(getattr(box.fit, k)) for k in ("coverage", "density", "mass")}
        again: dict[str, Any] = {}
        for k in ("coverage", "density"):
            low, high = getattr(fresh, f"{k}_interval")
            again |= {f"{k} fresh": getattr(fresh, k), f"{k} fresh p5": low, f"{k} fresh p95": high}
        yield {"by": kind, "conditions": said or "all runs", **fit, **{k: significant(v) for k, v in again.items()}}


def _noisy(method: str, runs: int) -> list[str]:
    return [f"From {runs:,} runs, fewer than 2,000, this is noisy."] if method == "learn" and runs < 2000 else []


def _no_swings(method: str, by: str, swings: Sequence[Any], runs: int) -> list[str]:
    """Say that few runs leave no tornado, where one would be drawn."""
    if swings or method == "learn" or by != "estimate" or TAIL * runs >= LEAST:
        return []
    return [f"{counted_runs(runs)} are too few to show how far an outcome swings: {LEAST / TAIL:,.0f} are needed, and no tornado is drawn."]


def _rounded(row: Mapping[str, Any]) -> dict[str, Any]:
    return {k: (significant(v) if math.isfinite(v) else None) if isinstance(v, float) else v for k, v in row.items()}
