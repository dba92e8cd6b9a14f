"""Hold policies against each other under the same chances: differences, odds, regret, and which findings survive every variant."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, cast

import numpy as np

from thalweg.desk.packs import Overlays
from thalweg.desk.policies import Ready
from thalweg.desk.scenarios_asked import Asked, asked, content_hash, named, policy_content, policy_of
from thalweg.desk.simulate import significant
from thalweg.desk.simulate_acting import Acting, acting, judged_at, odds_by_enforcement, tips, uncertain_runs
from thalweg.desk.simulate_aims import BETTER, Better
from thalweg.desk.simulate_compare_model import Comparison, Difference, FanByQuarter, Pair, Regret, Spread
from thalweg.desk.simulate_drivers import drivers
from thalweg.desk.simulate_findings import finding
from thalweg.desk.simulate_payoffs import ASKED_FOR, payoffs, strategies_of
from thalweg.desk.simulate_payoffs_model import Payoffs
from thalweg.desk.simulate_seen import counted_until, observed_until, seen_points
from thalweg.evidence import BadInput, nearest
from thalweg.pack.policies_model import Policy
from thalweg.pack.responses import Strategies
from thalweg.scenarios.draw import Method
from thalweg.scenarios.ensemble import Ensemble as Draws
from thalweg.scenarios.outcomes import EVERYTHING, HEADLINE, OUTCOMES
from thalweg.scenarios.quantiles import NAMES, quantiles
from thalweg.scenarios.quarters import YEARS
from thalweg.scenarios.simulate import BrokenLaw, simulate

SHOWN: Final = (2028, 2030, 2032)
"""Years in which policies are held against each other where none are named."""


def compare(
    policies: Sequence[str | Path | Policy],
    *,
    runs: int = 2000,
    seed: int | None = None,
    dtype: str = "float32",
    anchor: str | None = None,
    set: Mapping[str, Any] | None = None,  # noqa: A002  (the word of the command)
    definition: str = "owned-fp8",
    outcomes: Sequence[str] | None = None,
    years: Sequence[int] | None = None,
    variants: bool = True,
    responses: bool | None = None,
    better: Mapping[str, Better] | None = None,
    method: Method = "lhs",
    pack: str | Path | None = None,
    overlays: Overlays = (),
    progress: Callable[[int, int], None] | None = None,
) -> Comparison:
    """Hold policies against the first of them.

    Args:
        policies: two or more, by id or path.
        runs: as for ``simulate``, like ``seed``, ``dtype``, ``anchor``, ``set``, ``definition``, ``outcomes``, ``method``, ``pack`` and
            ``overlays``.
        seed: the same for all policies, so that they meet the same chances.
        dtype: ``float32`` or ``float64``.
        anchor: a preset; no others are then tried.
        set: estimates and switches held at a value; parameters of a rulebook go to every policy that has it.
        definition: whose compute is counted and how.
        outcomes: names of outcomes; all raw ones if left out.
        years: in which they are held against each other; 2028, 2030 and 2032 if left out.
        variants: whether to try every preset and every option of every switch, without which nothing is called robust.
        responses: whether to play the policies against the strategies of Beijing and of allies; as ``variants`` if left out.
        better: other sides for outcomes than those of :mod:`thalweg.desk.simulate_aims`.
        method: how the estimates are drawn.
        pack: a knowledge folder.
        overlays: overlays with other numbers, policies or rules.
        progress: called with the variants done and their number.

    Raises:
        BadInput: for an option that cannot be, or fewer than two policies.
        PackError: with file and line, if a policy, an overlay or an estimate does not hold to its format.
    """
    if len(policies) < 2:
        raise BadInput("a comparison needs two policies or more")
    read = [policy_of(name, pack=pack, overlays=overlays, set=set) for name in policies]
    rest = {k: v for k, v in (set or {}).items() if all(k in left for _, left in read)}
    found = [ready for ready, _ in read]
    twice = [p.policy.id for p in found]
    if len({*twice}) < len(twice):
        raise BadInput(f"policies: {next(i for i in twice if twice.count(i) > 1)!r} stands twice")
    question = asked(
        runs=runs, seed=seed, dtype=dtype, anchor=anchor, set=rest, definition=definition, method=method, pack=pack, overlays=overlays
    )
    names = named(outcomes, tuple(OUTCOMES))
    shown = tuple(years or SHOWN)
    for year in shown:
        if year not in YEARS:
            raise BadInput(f"year {year}: the model runs from {YEARS[0]} to {YEARS[-1]}")
    sides = {**BETTER, **(better or {})}
    for name in sides:
        if name not in EVERYTHING:
            raise BadInput(f"better: there is no outcome {name!r}{nearest(name, EVERYTHING)}")
    play = strategies_of(pack, overlays) if (variants if responses is None else responses) else None
    played = names if outcomes else ASKED_FOR
    return _Compared(question, found, names, shown, sides, play, played).answer(variants=variants, progress=progress)


@dataclasses.dataclass(frozen=True, slots=True)
class _Compared:
    """Policies under the same chances."""

    question: Asked
    policies: Sequence[Ready]
    outcomes: tuple[str, ...]
    years: tuple[int, ...]
    sides: Mapping[str, Better]
    strategies: Strategies | None
    played: tuple[str, ...]
    """Outcomes for which the policies are played against strategies."""

    def answer(self, *, variants: bool, progress: Callable[[int, int], None] | None) -> Comparison:
        base = self.question.draws()
        paths: dict[str, list[np.ndarray]] = {}
        values = self.values(base, paths=paths)
        tried = dict(self.tried(base)) if variants else {}
        odds: dict[str, list[np.ndarray]] = {}
        not_run: dict[str, str] = {}
        for i, (label, draws) in enumerate(tried.items()):
            try:
                with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
                    other = self.values(draws)
            except BrokenLaw as error:  # numbers of the preset that cannot be together; said, not hidden
                not_run[label] = str(error)
                continue
            odds[label] = [direction(other[0] - x) for x in other[1:]]
            if progress:
                progress(i + 1, len(tried))
        told = [acting(policy, base) for policy in self.policies]
        pairs = [
            self.pair(base, values[0], x, self.policies[i + 1], {k: v[i] for k, v in odds.items()}, (told[0], told[i + 1]))
            for i, x in enumerate(values[1:])
        ]
        pairs = [pair.model_copy(update={"by_quarter": _fans(paths, i + 1)}) for i, pair in enumerate(pairs)]
        titles = [p.policy.title for p in self.policies]
        return Comparison(
            title=f"{titles[0]} against {', '.join(titles[1:])}",
            summary="Differences are those of the first policy less the other, run by run under the same chances.",
            policies=[{"title": p.policy.title, "starts": p.policy.starts, **policy_content(p)} for p in self.policies],
            pairs=pairs,
            regret=list(self.regret(values)),
            payoffs=self.payoffs(),
            variants=list(odds),
            not_run=not_run,
            observed={k: v for k, v in seen_points(self.question.estimates).items() if k in paths},
            observed_until={k: v for k, v in observed_until(self.question.estimates).items() if k in paths},
            counted_until={k: v for k, v in counted_until(self.question.estimates).items() if k in paths},
            in_force={
                p.policy.id: {str(year): significant(float(x.at(year).mean())) for year in YEARS if year >= int(p.policy.starts[:4])}
                for p, x in zip(self.policies, told, strict=True)
            },
            as_of=str(self.question.stamp["verified_through"]),
            asked=self.question.as_dict(),
            pack=dict(self.question.stamp),
            hash=content_hash(
                self.question,
                self.policies,
                self.outcomes,
                years=list(self.years),
                variants=variants,
                sides=dict(self.sides),
                strategies=self.strategies.sha256 if self.strategies else None,
            ),
        )

    def payoffs(self) -> Payoffs | None:
        """Return the policies against the strategies of others, unless they are left out."""
        if self.strategies is None:
            return None
        return payoffs(self.question, self.policies, outcomes=self.played, years=self.years, sides=self.sides, strategies=self.strategies)

    def values(self, draws: Draws, *, paths: dict[str, list[np.ndarray]] | None = None) -> list[np.ndarray]:
        """Return for each policy its outcomes of the years, (outcomes*years, runs).

        Where ``paths`` is given, the headline outcomes by quarter go into it: for each outcome an array (44, runs) a policy.
        """
        rows = [year - YEARS[0] for year in self.years]
        kept = () if paths is None else tuple(name for name in self.outcomes if name in HEADLINE)
        found: list[list[np.ndarray]] = [[] for _ in self.policies]
        quarters: list[list[Mapping[str, np.ndarray]]] = [[] for _ in self.policies]
        start = 0
        for block in draws:
            stop = min(start + draws.size, draws.runs)
            for i, policy in enumerate(self.policies):
                plan = policy.plan(draws.draws, runs=slice(start, stop))
                result = simulate(block, plan, outcomes=self.outcomes, quarterly=kept, definition=self.question.counted)
                found[i].append(np.concatenate([result.by_year(name)[rows] for name in self.outcomes]).astype(np.float64))
                quarters[i].append(result.quarterly)
            start = stop
        for name in kept:
            cast("dict[str, list[np.ndarray]]", paths)[name] = [np.concatenate([p[name] for p in parts], axis=1) for parts in quarters]
        return [np.concatenate(part, axis=1) for part in found]

    def tried(self, base: Draws) -> Iterator[tuple[str, Draws]]:
        """Yield the variants: each preset, each option of each switch, and the numbers on acting at their ends, under the same chances."""
        question, estimates = self.question, self.question.estimates
        for anchor in estimates.anchors if question.anchor is None else ():
            yield f"anchor {anchor}", dataclasses.replace(question, anchor=anchor).draws()
        for name, switch in estimates.switches.items():
            if name in question.fixed:
                continue
            for i, option in enumerate(switch.options):
                held = {**base.draws, name: np.full_like(base.draws[name], i)}
                yield f"{name} = {option.name}", dataclasses.replace(base, draws=held)
        if any(policy.before is not None for policy in self.policies):
            for label, (name, end) in judged_at(question).items():
                yield label, dataclasses.replace(base, draws={**base.draws, name: np.full_like(base.draws[name], end)})

    def pair(
        self, base: Draws, a: np.ndarray, b: np.ndarray, other: Ready, odds: Mapping[str, np.ndarray], told_of: tuple[Acting, Acting]
    ) -> Pair:
        first = self.policies[0].policy
        told = drivers(self.question.estimates, base.draws, a - b)
        differences, findings = [], []
        uncertain = uncertain_runs(base.draws, self.question)
        for i, (name, year) in enumerate((n, y) for n in self.outcomes for y in self.years):
            d = self.difference(name, year, a[i], b[i])
            differences.append(d)
            shares = {k: (float(v[i, 0]), float(v[i, 1])) for k, v in odds.items()}
            one = finding(first, other.policy, d, told[i], shares, runs=self.question.runs)
            happens = (a[i] > b[i]) if d.higher >= d.lower else (a[i] < b[i])
            findings.append(one.model_copy(update=self.hanging(happens, told_of, year, uncertain) if d.where_differ else {}))
        return Pair(a=first.id, b=other.policy.id, differences=differences, findings=findings)

    def hanging(self, happens: np.ndarray, told: tuple[Acting, Acting], year: int, uncertain: np.ndarray) -> dict[str, float | None]:
        """Return how the odds of a direction hang on whether the two policies act."""
        both = told[0].at(year) & told[1].at(year)
        found = odds_by_enforcement(happens, told, uncertain)
        above = (None, None) if found is None else (tips(found[0]), tips(found[1]))
        return {
            "in_force": significant(float(both.mean())),
            "if_in_force": significant(float(happens[both].mean())) if both.any() else None,
            "likely_above": None if above[0] is None else significant(above[0]),
            "likely_above_uncertain": None if above[1] is None else significant(above[1]),
        }

    def difference(self, name: str, year: int, a: np.ndarray, b: np.ndarray) -> Difference:
        change = a - b
        higher, lower = float((change > 0).mean()), float((change < 0).mean())
        differ = higher + lower
        side = self.sides.get(name)
        beats = None if side is None or differ == 0 else (higher if side == "higher" else lower) / differ
        return Difference(
            outcome=name,
            year=year,
            unit=yearly_unit(name),
            a=spread(a),
            b=spread(b),
            difference=spread(change),
            where_differ=spread(change[change != 0]) if differ else None,
            higher=significant(higher),
            lower=significant(lower),
            same=significant(max(0.0, 1.0 - differ)),
            differ=significant(differ),
            beats=None if beats is None else significant(beats),
        )

    def regret(self, values: Sequence[np.ndarray]) -> Iterator[Regret]:
        """Yield the regret of each policy in each outcome that has a better side."""
        for i, (name, year) in enumerate((n, y) for n in self.outcomes for y in self.years):
            side = self.sides.get(name)
            if side is None:
                continue
            rows = np.stack([v[i] for v in values]) * (1.0 if side == "higher" else -1.0)
            behind = rows.max(axis=0) - rows
            for policy, row in zip(self.policies, behind, strict=True):
                yield Regret(
                    outcome=name,
                    year=year,
                    policy=policy.policy.id,
                    better=side,
                    mean=significant(float(row.mean())),
                    p95=significant(float(np.quantile(row, 0.95))),
                    worst=significant(float(row.max())),
                    best_in=significant(float((row == 0).mean())),
                )


def direction(change: np.ndarray) -> np.ndarray:
    """Return for each row the shares of all runs in which it is above zero and in which it is below, (rows, 2)."""
    return np.stack([(change > 0).mean(axis=1), (change < 0).mean(axis=1)], axis=1)


def _fans(paths: Mapping[str, Sequence[np.ndarray]], other: int) -> dict[str, FanByQuarter]:
    """Return the bands by quarter of the first policy, of another, and of their difference."""

    def bands(rows: np.ndarray) -> dict[str, list[float]]:
        found = quantiles(rows)
        return {k: [significant(x) for x in found[:, NAMES.index(k)].tolist()] for k in ("p5", "p25", "p50", "p75", "p95")}

    return {
        name: FanByQuarter(a=bands(rows[0]), b=bands(rows[other]), difference=bands(rows[0] - rows[other])) for name, rows in paths.items()
    }


def spread(x: np.ndarray) -> Spread:
    """Return the middle, band and mean of values over runs."""
    low, middle, high = np.quantile(x, (0.05, 0.5, 0.95))
    return Spread(
        p5=significant(float(low)), p50=significant(float(middle)), p95=significant(float(high)), mean=significant(float(x.mean()))
    )


def yearly_unit(name: str) -> str:
    """Return the unit of an outcome of a year."""
    row = EVERYTHING[name]
    return row.unit.replace("/quarter", "/year") if row.reduce == "sum" else row.unit
