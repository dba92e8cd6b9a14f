"""Fits the screening model: `python -m benchmarks.parties_fit --data ../shared/data --write src/thalweg/parties`.

Weights are those of a logistic regression on labelled pairs and on the candidates that the index finds for unlisted names, together: on
pairs alone the best cut raises false alarms for one name in seven. Persons and organizations have a weight each, drawn towards each other.
A weight that points the wrong way is set to nothing. The cuts are chosen on the same rows: `possible` where pairs are told apart best
within the false alarms allowed, `strong` where hardly any unlisted name stands.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks import parties_data as pd
from benchmarks.parties_data import Labelled, Rows, Unlisted
from thalweg.parties.features import FEATURES, NAMES

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

FALSE_ALARMS = {"person": 0.025, "company": 0.01}
"""Allowed on the names fitted on; the aim on others is 0.04 and 0.02."""
SURE = {"person": 0.001, "company": 0.005}
"""Unlisted names that may reach `strong`."""
MISSED = 0.002
"""Listed names with errors that may fall short of `weak`."""
PENALTY = 3.0
SHARE = {"person": 0.4, "person, no type": 0.1, "company": 4.0, "company, no type": 4.0}
"""The weight of the candidates of each kind of unlisted names, pairs being 1."""
LEAST_SPREAD = 0.1


@dataclass(frozen=True)
class Data:
    """What is fitted on: pairs, and unlisted names by kind."""

    pairs: Labelled
    unlisted: dict[str, Unlisted]
    noisy: Rows


@dataclass(frozen=True)
class Fitted:
    """Weights as in `scoring.csv` (the constant first) and cuts, both in logits."""

    person: Floats
    organization: Floats
    possible: float
    strong: float
    weak: float = -99.0


def gather(data: Path, persons: int | None = None, seed: int = 5) -> Data:
    """Read what is fitted on; ``persons`` unlisted persons drawn at random, or all."""
    listed = pd.entries(data)
    index = pd.index(listed, pd.frequencies(listed))
    people = pd.persons(data)
    if persons is not None:
        people = [people[i] for i in np.random.default_rng(seed).permutation(len(people))[:persons]]
    firms = pd.companies(data)
    return Data(
        pd.labelled(data, index.reader),
        {
            "person": pd.unlisted(people, "individual", index),
            "person, no type": pd.unlisted(people[: len(people) // 2], "", index),
            "company": pd.unlisted(firms, "entity", index),
            "company, no type": pd.unlisted(firms, "", index),
        },
        pd.noisy_rows(index, 4000, seed),
    )


def raw(rows: Rows, fitted: Fitted) -> Floats:
    """Return what the features alone say of each row."""
    weights = np.where(rows.person[:, None], fitted.person, fitted.organization)
    found: Floats = weights[:, 0] + np.einsum("ij,ij->i", weights[:, 1:], rows.values)
    return found


def logits(rows: Rows, fitted: Fitted) -> Floats:
    """Return the logit of each row, within the rules."""
    found = raw(rows, fitted)
    found = np.where(rows.bound == 1, np.minimum(found, fitted.possible - 0.01), found)
    found = np.where(rows.bound == 2, np.minimum(found, fitted.strong - 0.01), found)
    return np.where(rows.exact > 0, np.maximum(found, np.where(rows.exact == 2, fitted.strong, fitted.possible)), found)


def best(rows: Rows, values: Floats, cases: int) -> Floats:
    """Return the highest value of each case."""
    found = np.full(cases, -99.0)
    np.maximum.at(found, rows.case, values)
    return found


def solve(x: Floats, y: Floats, weight: Floats, penalty: Floats) -> Floats:
    """Return the weights of a penalized logistic regression, by Newton's method."""
    w = np.zeros(x.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(x @ w, -30, 30)))
        step = np.linalg.solve((x * (weight * p * (1 - p))[:, None]).T @ x + np.diag(penalty), x.T @ (weight * (p - y)) + penalty * w)
        w -= step
        if np.abs(step).max() < 1e-6:
            break
    return w


def f1(truth: Mask, said: Mask) -> float:
    return float(2 * (truth & said).sum() / (truth.sum() + said.sum()))


def fit(data: Data, pairs: Mask, names: dict[str, Mask]) -> Fitted:
    """Fit on some of the pairs and some of the unlisted names."""
    rows = data.pairs.rows
    centre, spread = rows.values.mean(0), np.maximum(rows.values.std(0), LEAST_SPREAD)

    def design(r: Rows) -> Floats:
        z = (r.values - centre) / spread
        firm = (~r.person)[:, None].astype(float)
        return np.concatenate([np.ones((len(z), 1)), z, firm, z * firm], axis=1)

    all_pairs = design(rows)
    _, first = np.unique(rows.case, return_index=True)
    chosen = first
    unlisted = [(kind, u, names[kind][u.rows.case]) for kind, u in data.unlisted.items()]
    held = [design(u.rows)[m] for _, u, m in unlisted]
    count = len(NAMES)
    penalty = np.concatenate([[1e-6], np.full(2 * count + 1, PENALTY)])
    for _ in range(4):
        mine = chosen[pairs[rows.case[chosen]]]
        x = np.concatenate([all_pairs[mine], *held])
        y = np.concatenate([data.pairs.match[rows.case[mine]], np.zeros(sum(map(len, held)))]).astype(float)
        weight = np.concatenate(
            [np.ones(len(mine)), *(np.full(len(h), SHARE[k] * len(mine) / len(h)) for (k, _, _), h in zip(unlisted, held, strict=True))]
        )
        w = solve(x, y, weight, penalty)
        # of several readings of a pair the best counts, as it does when names are compared
        scores = all_pairs @ w
        chosen = np.array([a + int(np.argmax(scores[a:b])) for a, b in zip(first, [*first[1:], len(scores)], strict=True)])
        _forbid(w, penalty)
    person = w[: count + 1]
    firm = person + w[count + 1 :]
    plain = [np.concatenate([[v[0] - (v[1:] * centre / spread).sum()], v[1:] / spread]) for v in (person, firm)]
    return _cut(Fitted(plain[0], plain[1], 0.0, 99.0), data, pairs, names)


def _forbid(w: Floats, penalty: Floats) -> None:
    """Hold weights that point the wrong way at nothing."""
    count = len(NAMES)
    for i, feature in enumerate(FEATURES):
        if feature.sign:
            if w[1 + i] * feature.sign < -1e-9:
                penalty[1 + i] = 1e9
            if (w[1 + i] + w[count + 2 + i]) * feature.sign < -1e-9:
                penalty[count + 2 + i] = 1e9


def _cut(fitted: Fitted, data: Data, pairs: Mask, names: dict[str, Mask]) -> Fitted:
    """Choose the cuts: what no rule holds down stands where its features put it, and an exact name above all."""
    grid = np.arange(-3.0, 6.0, 0.05)
    said = _unbounded(fitted, data.pairs.rows, len(data.pairs.match))[pairs]
    truth = data.pairs.match[pairs]
    # an exact name is a hit wherever the cut lies
    tops = {k: _unbounded(fitted, u.rows, len(u.names), exact=-99.0)[names[k]] for k, u in data.unlisted.items()}

    def alarms(at: dict[str, Floats], cut: float, allowed: dict[str, float]) -> bool:
        return all(float((values >= cut).mean()) <= allowed[kind.split(",")[0]] for kind, values in at.items())

    fine = [c for c in grid if alarms(tops, c, FALSE_ALARMS)] or [grid[-1]]
    possible = float(max(fine, key=lambda c: (round(f1(truth, said >= c), 3), -c)))
    strong = float(next((c for c in grid if c > possible + 0.5 and alarms(tops, c, SURE)), grid[-1]))
    chosen = replace(fitted, possible=possible, strong=strong)
    heard = best(data.noisy, logits(data.noisy, chosen), int(data.noisy.case.max()) + 1)
    return replace(chosen, weak=float(min(np.quantile(heard, MISSED), possible - 1)))


def _unbounded(fitted: Fitted, rows: Rows, cases: int, exact: float = 99.0) -> Floats:
    """Return the highest logit of each case among rows that may be `possible`."""
    found = raw(rows, fitted)
    found = np.where(rows.exact > 0, exact, np.where(rows.bound == 1, -99.0, found))
    return best(rows, found, cases)


def everything(data: Data) -> tuple[Mask, dict[str, Mask]]:
    return np.ones(len(data.pairs.match), np.bool_), {k: np.ones(len(u.names), np.bool_) for k, u in data.unlisted.items()}


def calibrated(fitted: Fitted, data: Data, pairs: Mask | None = None) -> tuple[float, float]:
    """Return slope and shift that turn logits into the odds of a match, on some of the labelled pairs."""
    chosen = np.ones(len(data.pairs.match), np.bool_) if pairs is None else pairs
    x = best(data.pairs.rows, logits(data.pairs.rows, fitted), len(data.pairs.match))[chosen]
    y = data.pairs.match[chosen].astype(float)
    shift, slope = solve(np.stack([np.ones(len(x)), np.clip(x, -8, 8)], axis=1), y, np.ones(len(x)), np.full(2, 1e-3))
    return float(slope), float(shift)


def scoring(fitted: Fitted, slope: float, shift: float) -> str:
    """Return the table of weights, calibrated."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(["feature", "person", "organization", "reason"])
    rows = [("constant", "What is expected before anything is measured."), *((f.name, f.reason) for f in FEATURES)]
    for i, (name, reason) in enumerate(rows):
        values = [slope * v[i] + (shift if i == 0 else 0.0) for v in (fitted.person, fitted.organization)]
        writer.writerow([name, *(f"{v:.2f}" for v in values), reason])
    return buffer.getvalue()


def write(data: Path, found: Data, folder: Path) -> Fitted:
    fitted = fit(found, *everything(found))
    slope, shift = calibrated(fitted, found)
    cut = {
        k: round(1 / (1 + float(np.exp(-(slope * v + shift)))), 3)
        for k, v in (("weak", fitted.weak), ("possible", fitted.possible), ("strong", fitted.strong))
    }
    files = {"list": pd.LIST, "pairs": pd.PAIRS, "unlisted persons": pd.PERSONS, "unlisted companies": pd.COMPANIES}
    hashes = {k: {f: pd.sha256(data / f) for f in ([v] if isinstance(v, str) else v)} for k, v in files.items()}
    tables = pd.load_names().sha256
    levels = {"cuts": cut, "fitted_on": {**hashes, "name tables": tables}}
    (folder / "scoring.csv").write_text(scoring(fitted, slope, shift), encoding="utf-8")
    (folder / "levels.json").write_text(json.dumps(levels, indent=1) + "\n", encoding="utf-8")
    words = "".join(f"{w},{v}\n" for w, v in pd.frequencies(pd.entries(data)).items())
    (folder / "frequencies.csv").write_text("word,weight\n" + words, encoding="utf-8")
    return fitted


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--write", type=Path, required=True, help="the folder of scoring.csv, levels.json and frequencies.csv")
    options = parser.parse_args(arguments)
    write(options.data, gather(options.data), options.write)
    print((options.write / "scoring.csv").read_text(encoding="utf-8"))
    print((options.write / "levels.json").read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
