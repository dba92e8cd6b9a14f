"""How well names are told apart: labelled pairs against logic-v2, false alarms on names never fitted on, and Chinese names."""

from __future__ import annotations

import json
import math
import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks import parties_data as pd
from benchmarks.parties_fit import Data, Fitted, best, calibrated, f1, fit, logits
from thalweg.pack.names import load_names
from thalweg.parties.index import Index, build
from thalweg.parties.levels import model
from thalweg.parties.lexicon import lexicon
from thalweg.parties.name import Reader
from thalweg.parties.query import Query
from thalweg.parties.screen import screen

PEER = "THALWEG_PEER_PYTHON"
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Splits:
    """What the held-out halves of every split say: per fold the F1 of both, false alarms by kind, and predictions per pair."""

    ours: list[float]
    peers: list[float]
    alarms: dict[str, list[float]]
    held: dict[str, int]
    said: list[Mask]
    peer_said: list[Mask]
    errors: list[float]


def ask_peer(rows: Sequence[object]) -> tuple[list[object], float] | None:
    """Return the peer's scores and seconds; None where no interpreter has it."""
    python = os.environ.get(PEER)
    if not python:
        return None
    script = Path(__file__).with_name("parties_peer.py")
    text = "".join(json.dumps(row) + "\n" for row in rows)
    done = subprocess.run([python, str(script)], input=text, capture_output=True, text=True, check=True)  # noqa: S603
    *scores, seconds = (json.loads(line) for line in done.stdout.splitlines())
    return scores, seconds


def peer_scores(data: Path) -> Floats | None:
    asked = ask_peer([[r["schema"], r["name1"], r["name2"]] for r in pd.read_csv(data / pd.PAIRS)])
    return None if asked is None else np.array(asked[0], float)


def splits(data: Data, peer: Floats | None, count: int = 20) -> Splits:
    """Fit on one half and measure on the other, both ways, for each of some seeds."""
    found = Splits([], [], {k: [] for k in data.unlisted}, {}, [], [], [])
    groups = int(data.pairs.group.max()) + 1
    for seed in range(count):
        draw = np.random.default_rng(seed)
        half = _half(draw, groups)[data.pairs.group]
        names = {k: _half(draw, len(u.names)) for k, u in data.unlisted.items()}
        said = np.zeros(len(half), np.bool_)
        peer_said = np.zeros(len(half), np.bool_)
        for own in (False, True):
            pairs, halves = half ^ own, {k: m ^ own for k, m in names.items()}
            fitted = fit(data, pairs, halves)
            says = pair_logits(data, fitted) >= fitted.possible
            said[~pairs] = says[~pairs]
            found.ours.append(f1(data.pairs.match[~pairs], says[~pairs]))
            for kind, u in data.unlisted.items():
                top = best(u.rows, logits(u.rows, fitted), len(u.names))[~halves[kind]]
                found.alarms[kind].append(float((top >= fitted.possible).mean()))
                found.held[kind] = len(u.names)  # in each split every name is measured once, on the half that it was not fitted with
            found.errors.append(calibration_error(data, fitted, pairs))
            if peer is not None:
                cut = max(np.unique(peer[pairs]), key=lambda c: f1(data.pairs.match[pairs], peer[pairs] >= c))
                peer_said[~pairs] = peer[~pairs] >= cut
                found.peers.append(f1(data.pairs.match[~pairs], peer[~pairs] >= cut))
        found.said.append(said)
        found.peer_said.append(peer_said)
    return found


def _half(draw: np.random.Generator, count: int) -> Mask:
    return draw.permutation(np.arange(count) % 2 == 0)


def pair_logits(data: Data, fitted: Fitted) -> Floats:
    return best(data.pairs.rows, logits(data.pairs.rows, fitted), len(data.pairs.match))


def calibration_error(data: Data, fitted: Fitted, pairs: Mask) -> float:
    """Return the mean distance of score and share of matches over ten bins, on pairs not fitted on."""
    slope, shift = calibrated(fitted, data, pairs)
    score = 1 / (1 + np.exp(-(slope * pair_logits(data, fitted)[~pairs] + shift)))
    match = data.pairs.match[~pairs]
    bins = np.minimum((score * 10).astype(int), 9)
    return float(sum(abs(score[bins == b].mean() - match[bins == b].mean()) * (bins == b).mean() for b in np.unique(bins)))


def bootstrap(data: Data, found: Splits, rounds: int = 2000) -> tuple[float, float]:
    """Return the 95% interval of the difference in F1, the mean over all splits: groups of pairs are drawn with replacement."""
    draw = np.random.default_rng(1)
    groups = int(data.pairs.group.max()) + 1
    truth = data.pairs.match
    differences = []
    for _ in range(rounds):
        times = np.bincount(draw.integers(0, groups, groups), minlength=groups)[data.pairs.group]
        ours, peers = (np.mean([_f1_weighted(truth, s, times) for s in said]) for said in (found.said, found.peer_said))
        differences.append(ours - peers)
    low, high = np.quantile(differences, [0.025, 0.975])
    return float(low), float(high)


def _f1_weighted(truth: Mask, said: Mask, times: NDArray[np.intp]) -> float:
    return float(2 * times[truth & said].sum() / (times[truth].sum() + times[said].sum()))


def wilson(share: float, count: int) -> tuple[float, float]:
    """Return the 95% interval of a share."""
    z = 1.96
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    reach = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count)) / (1 + z * z / count)
    return middle - reach, middle + reach


# ---------------------------------------------------------------- Chinese names


def chinese(cases: Path, known: Index, *, aliases: bool = True) -> tuple[float, list[str]]:
    """Return the share of listed rows whose accepted entry comes first, and the unlisted rows with a hit of `possible` or more."""
    names = load_names()
    words = lexicon(names if aliases else replace(names, brands=(), ambiguous=()))
    index = known if aliases else build(known.entries, Reader(words, model().words))
    first = asked = 0
    wrong: list[str] = []
    for row in pd.read_csv(cases):
        listed = row["listed"] == "1"
        hits = screen(index, Query((row["query"],)), model(), min_level="weak" if listed else "possible")
        if not listed:
            wrong.extend([row["query"]] if hits else [])
            continue
        asked += 1
        accepted = [a.strip().casefold() for a in row["accepted"].split("|")]
        if hits:
            entry = next(e for e in index.entries if (e.list, e.entry_id) == (hits[0].list, hits[0].entry_id))
            every = " | ".join((entry.name, *entry.aliases)).casefold()
            first += any(a in every for a in accepted)
    return first / asked, wrong
