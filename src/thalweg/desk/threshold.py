"""The threshold lever: which chip may legally go to China in each quarter, from deciding the chips on sale under the rules of the day."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from thalweg.controls.decide import rulebook
from thalweg.controls.timeline import timeline
from thalweg.desk.packs import the_pack
from thalweg.evidence import BadInput
from thalweg.hardware.catalogue import Catalogue
from thalweg.pack import Pack
from thalweg.pack.files import write_atomically
from thalweg.pack.load import cache_folder
from thalweg.pack.policies_model import Grant, Laid, Sold, Threshold
from thalweg.scenarios.quarters import QUARTERS

FORMAT: Final = 1
H100_RATE: Final = 1979.0
"""Dense 8-bit TOP/s of one H100e."""
H100_BANDWIDTH: Final = 3350.0
"""Memory bandwidth of an H100 in GB/s."""
GRANTED: Final = ("presumption_of_approval", "case_by_case")
FREE: Final = ("no_license_required", "license_exception")
FIRST: Final = dt.date(2022, 1, 1)
LAST: Final = dt.date(2033, 1, 1)
BUYER: Final = {"role": "end_user", "name": "Buyer", "country": "CN", "headquarters": "CN", "ultimate_parent_headquarters": "CN"}


@dataclass(frozen=True, slots=True)
class Chip:
    """A chip on sale, as the levers need it."""

    item: str
    sold_from: int
    rate: float
    usefulness: float
    price: float
    """$ per H100e; zero where it is that of the frontier."""
    fp4: float
    bandwidth: float


@dataclass(frozen=True, slots=True)
class Resolution:
    """The best chip that may legally go to China, by quarter (44,)."""

    item: tuple[str, ...]
    """Its name; empty where there is none."""
    legal: np.ndarray
    """Share of the quarter's days on which one may be sold."""
    license: np.ndarray
    """Share of the quarter's days on which it needs a license."""
    usefulness: np.ndarray
    price: np.ndarray
    fp4: np.ndarray
    bandwidth: np.ndarray
    age: np.ndarray
    """Years since a later generation was sold; zero for the newest."""
    median_rate: float = 3.0
    """The middle of the rate at which a generation fades, for a plan without draws."""

    def levers(self) -> dict[str, np.ndarray]:
        """Return the levers that the rulebook gives, without the share of the flow."""
        return {
            "legal": self.legal,
            "license": self.license,
            "qL": self.usefulness,
            "pL": self.price,
            "fp4L": self.fp4,
            "bwL": self.bandwidth,
        }

    def share(self, threshold: Threshold, rate: Any) -> np.ndarray:
        """Return the share of the flow to US customers, (44,) at one rate of fading and (44, runs) at several.

        Formula:
            m = 1 for the newest generation, else share_when_superseded*exp(-rate*age)
        """
        age = self.age if np.ndim(rate) == 0 else self.age[:, None]
        faded = threshold.share_when_superseded * np.exp(-np.asarray(rate) * age)
        return np.where(age > 0, faded, 1.0)


def resolve(
    laid: Sequence[Laid],
    grants: Sequence[Grant],
    cap: np.ndarray,
    threshold: Threshold,
    *,
    pack: str | None = None,
    overlays: tuple[str, ...] = (),
) -> Resolution:
    """Decide the chips on sale for each quarter under the pack and what is laid over it.

    The outcome is kept in the process and in the user's cache, under the hashes of all that it rests on.

    Args:
        laid: rulebook overlays with the day from which each acts.
        grants: chips for which licenses are granted though the rules name no review policy.
        cap: the volume cap by quarter (44,), which the rules are told as the share of the volume that goes to China.
        threshold: the chips on sale, and how generations fade.
        pack: a knowledge folder; the embedded pack if left out.
        overlays: overlays that act throughout.

    Raises:
        BadInput: if a chip on sale is not in the catalogue or lacks a rate.
        PackError: if an overlay does not hold to its format.
    """
    chips = chips_on_sale(the_pack(pack, overlays), threshold)
    cut = windows(laid, cap)
    found = {chip.item: _legal_days(chip, cut, grants, threshold, pack, overlays) for chip in chips}
    return _best(chips, found, threshold, _median(threshold, pack))


def _median(threshold: Threshold, pack: str | None) -> float:
    from thalweg.pack.estimates import load_estimates

    return float(load_estimates(pack)[threshold.fading_rate].value.quantiles[1])


def chips_on_sale(pack: Pack, threshold: Threshold) -> tuple[Chip, ...]:
    """Return the chips on sale with their rates from the catalogue, in the order of their sales.

    Raises:
        BadInput: if one is not in the catalogue, or lacks its rate, bandwidth or first day.
    """
    catalogue = Catalogue(pack.hardware)
    return tuple(sorted((_chip(catalogue.row(sold.item), sold) for sold in threshold.chips), key=lambda c: c.sold_from))


def _chip(row: Mapping[str, str], sold: Sold) -> Chip:
    rates = [float(row[name]) for name in ("dense_8bit_int", "dense_8bit_float") if row[name]]
    if not rates or not row["dram_bandwidth_gb_s"]:
        raise BadInput(f"threshold: the catalogue holds no 8-bit rate or no bandwidth of {sold.item!r}, so it cannot be compared")
    rate, bandwidth = max(rates) / H100_RATE, float(row["dram_bandwidth_gb_s"]) / H100_BANDWIDTH
    fp4 = float(row["dense_4bit"]) / H100_RATE if row["dense_4bit"] and row["dense_8bit_float"] else rate  # not the 4-bit integers before
    try:
        start = sold.sold_from or dt.date.fromisoformat(row["release_date"])
    except ValueError:
        raise BadInput(
            f"threshold: say with sold_from when {sold.item!r} was first sold; the catalogue has {row['release_date']!r}"
        ) from None
    price = 0.0 if sold.price is None else sold.price / rate
    return Chip(sold.item, start.toordinal(), rate, float(np.sqrt(rate * bandwidth)), price, max(1.0, fp4 / rate), bandwidth / rate)


Window = tuple[int, int, float, tuple[Laid, ...]]
"""First day, day after the last, share of the volume that goes to China, and the overlays that act."""


def windows(laid: Sequence[Laid], cap: np.ndarray) -> list[Window]:
    """Cut the years of the model where an overlay begins to act or the volume cap changes."""
    caps = {start_of(t): min(float(cap[t]), 1.0) for t in range(QUARTERS)}
    days = sorted({*caps, *(x.start.toordinal() for x in laid)})
    found: list[Window] = []
    share = 1.0
    for day, end in zip(days, [*days[1:], LAST.toordinal()], strict=True):
        share = caps.get(day, share)
        acting = {x.overlay: x for x in laid if x.start.toordinal() <= day}  # laid again, an overlay takes its own place
        now = tuple(acting.values())
        if found and found[-1][2:] == (share, now):
            found[-1] = (found[-1][0], end, share, now)
        else:
            found.append((day, end, share, now))
    return found


Days = list[tuple[int, int, bool]]
"""Windows in which a chip may be sold, and whether it needs a license there."""


def _legal_days(
    chip: Chip, cut: Sequence[Window], grants: Sequence[Grant], threshold: Threshold, pack: str | None, overlays: tuple[str, ...]
) -> Days:
    found: Days = []
    granted = [(g.start.toordinal(), g.end.toordinal() if g.end else LAST.toordinal()) for g in grants if chip.item in g.items]
    conditions = tuple(sorted(threshold.met_conditions.items()))
    for first_day, end, share, laid in cut:
        start = max(first_day, chip.sold_from)
        if start >= end:
            continue
        laid_over = tuple((str(x.overlay), tuple(sorted(x.parameters.items()))) for x in laid)
        for a, b, outcome, policy in _segments(chip.item, start, end, share, conditions, laid_over, pack, overlays):
            if outcome in FREE:
                found.append((a, b, False))
            elif outcome == "license_required" and policy in GRANTED:
                found.append((a, b, True))
            elif outcome == "license_required" and policy is None:
                found += [(max(a, first), min(b, last), True) for first, last in granted if max(a, first) < min(b, last)]
    return found


Segment = tuple[int, int, str, str | None]


@lru_cache(maxsize=4096)
def _segments(
    item: str,
    start: int,
    end: int,
    share: float,
    conditions: tuple[tuple[str, bool], ...],
    laid: tuple[tuple[str, tuple[tuple[str, Any], ...]], ...],
    pack: str | None,
    overlays: tuple[str, ...],
) -> tuple[Segment, ...]:
    """Return the verdicts on a chip over days, from the user's cache where they were worked out before."""
    parameters = {k: v for _, values in laid for k, v in values}
    stack = (*overlays, *(folder for folder, _ in laid))
    found = the_pack(pack, stack, parameters or None)
    stamp = [found.stamp.sha256, found.stamp.overlays, sorted(found.parameters.items())]
    key = hashlib.sha256(json.dumps([FORMAT, stamp, item, start, end, share, conditions], default=str).encode()).hexdigest()
    place = cache_folder() / f"threshold-{key}.json"
    with contextlib.suppress(OSError, ValueError, TypeError):
        return tuple((int(a), int(b), str(o), p) for a, b, o, p in json.loads(place.read_bytes()))
    facts = {**dict(conditions), "china_volume_share": share}
    sale = {"item": item, "to": "CN", "date": FIRST.isoformat(), "activity": "export", "parties": [BUYER], "facts": facts}
    book = rulebook(found)
    over = timeline(book, item, "CN", start=dt.date.fromordinal(start), end=dt.date.fromordinal(end), transaction=sale)
    segments: list[Segment] = []
    for s in over.segments:
        a, b = dt.date.fromisoformat(s.start).toordinal(), dt.date.fromisoformat(str(s.end)).toordinal()
        if segments and segments[-1][2:] == (s.outcome, s.review_policy):
            segments[-1] = (segments[-1][0], b, s.outcome, s.review_policy)
        else:
            segments.append((a, b, s.outcome, s.review_policy))
    with contextlib.suppress(OSError):
        write_atomically(place, json.dumps(segments).encode())
    return tuple(segments)


def _best(chips: Sequence[Chip], found: Mapping[str, Days], threshold: Threshold, median_rate: float) -> Resolution:
    """Return for each quarter the most useful chip that is legal on some of its days; where none is, the last one that was."""
    columns: dict[str, list[float]] = {k: [] for k in ("legal", "license", "usefulness", "price", "fp4", "bandwidth", "age")}
    items: list[str] = []
    last = chips[0]
    for t in range(QUARTERS):
        start, end = start_of(t), start_of(t + 1)
        open_: dict[str, list[tuple[int, int, bool]]] = {}
        for chip in chips:
            days = [(max(a, start), min(b, end), needs) for a, b, needs in found[chip.item] if max(a, start) < min(b, end)]
            if days:
                open_[chip.item] = days
        legal = [c for c in chips if c.item in open_]
        best = max(legal, key=lambda c: (c.usefulness, c.sold_from), default=None)
        days = [d for c in legal for d in open_[c.item]]
        shown = last = best or last
        length = end - start
        newest = _age(shown, chips, threshold, t) == 0.0
        growth = threshold.frontier_growth ** _beyond(chips, t) if newest else 1.0
        columns["legal"].append(_covered(days) / length)
        columns["license"].append(_covered([d for d in open_.get(shown.item, []) if d[2]]) / length)
        columns["usefulness"].append(shown.usefulness * growth)
        columns["price"].append(0.0 if newest and growth > 1.0 else shown.price)
        columns["fp4"].append(shown.fp4)
        columns["bandwidth"].append(shown.bandwidth)
        columns["age"].append(_age(shown, chips, threshold, t))
        items.append(shown.item if best else "")
    arrays = {k: np.array(v) for k, v in columns.items()}
    return Resolution(item=tuple(items), median_rate=median_rate, **arrays)


def _covered(days: Sequence[tuple[int, int, bool]]) -> int:
    """Return how many days windows cover together."""
    covered, reach = 0, 0
    for a, b, _ in sorted(days):
        covered += max(0, b - max(a, reach))
        reach = max(reach, b)
    return covered


def _age(chip: Chip, chips: Sequence[Chip], threshold: Threshold, t: int) -> float:
    """Return the years from the first sale of a later generation to the middle of a quarter."""
    middle = (start_of(t) + start_of(t + 1)) / 2
    later = [c.sold_from for c in chips if c.rate >= threshold.superseded_by * chip.rate]
    return max(0.0, middle - max(min(later), chip.sold_from)) / 365.25 if later else 0.0


def _beyond(chips: Sequence[Chip], t: int) -> float:
    """Return the years from the first sale of the last chip to the middle of a quarter."""
    return max(0.0, (start_of(t) + start_of(t + 1)) / 2 - chips[-1].sold_from) / 365.25


def start_of(t: int) -> int:
    """Return the first day of a quarter as an ordinal."""
    return dt.date(2022 + t // 4, 3 * (t % 4) + 1, 1).toordinal()


def overlay_folders(laid: Sequence[Laid]) -> tuple[Path, ...]:
    """Return the folders of the overlays that a policy lays."""
    return tuple(dict.fromkeys(x.overlay for x in laid))
