"""The protocol of the hindcast as data, with the hash under which it was frozen."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from thalweg.evidence import PackError
from thalweg.pack.load import EMBEDDED
from thalweg.pack.reader import read_csv, read_yaml

FOLDER = "hindcast"
FILES = ("protocol.yaml", "history.yaml", "beijing.yaml")
"""What the hash covers: the protocol, and the acts that the tested levers come from."""

Target = Literal["world", "legal", "revenue", "lag", ""]
TARGETS: tuple[Target, ...] = ("world", "legal", "revenue", "lag")


@dataclass(frozen=True, slots=True)
class Trial:
    """One run of the protocol: the last day that is fitted and the last that is tested."""

    id: str
    fitted_to: dt.date
    tested_to: dt.date
    headline: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A series of the protocol: what it is held against and what it counts for."""

    id: str
    title: str
    series: str
    unit: str
    target: Target
    baseline: str
    power: float
    """Data that a point counts for in the likelihood; 0 is not fitted."""
    fitted_from: dt.date
    restates: str
    """The row that says the same in another unit."""


@dataclass(frozen=True, slots=True)
class Act:
    """A lever's value from a day on."""

    day: dt.date
    lever: str
    value: float
    because: str
    event: str = ""


@dataclass(frozen=True, slots=True)
class Protocol:
    """The ten lines, the readings that they leave open, and their settings."""

    lines: tuple[str, ...]
    readings: tuple[str, ...]
    trials: Mapping[str, Trial]
    rows: tuple[Row, ...]
    acts: tuple[Act, ...]
    beijing: tuple[Act, ...]
    seed: int
    runs: int
    block: int
    discrepancy: float
    held: float
    """Log spread a quarter of a maker's share that is held from the last fitted points on."""
    freedom: float
    implausible: float
    effective: float
    cover90: float
    cover50: tuple[float, float]
    skilled: int
    baseline_quarters: int
    baseline_floor: float
    baseline_freedom: float
    sha256: str
    frozen: tuple[tuple[str, str, str], ...]
    """Hash, day and what changed, of each protocol that was frozen; the last is in force."""

    @property
    def is_frozen(self) -> bool:
        """Whether this is the protocol that was frozen last."""
        return bool(self.frozen) and self.frozen[-1][0] == self.sha256

    @property
    def standing(self) -> str:
        """One sentence on whether the protocol is the frozen one."""
        if self.is_frozen:
            return f"Protocol {self.sha256[:12]}, frozen {self.frozen[-1][1]}."
        last = f"{self.frozen[-1][0][:12]} of {self.frozen[-1][1]}" if self.frozen else "none"
        return f"CHANGED PROTOCOL: {self.sha256[:12]} is not the one that was frozen last ({last}); its scores are no test."

    def row(self, name: str) -> Row:
        """Return a row by id."""
        return next(row for row in self.rows if row.id == name)


@lru_cache(maxsize=8)
def load_protocol(root: Path | None = None) -> Protocol:
    """Read the protocol of the embedded pack or of a knowledge folder, and work out its hash.

    Raises:
        PackError: a file is missing or does not hold to its form.
    """
    folder = (root or EMBEDDED) / FOLDER
    data, acts, beijing = (read_yaml(folder / name).data for name in FILES)
    try:
        return _protocol(data, acts, beijing, _frozen(folder))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise PackError(f"is no hindcast protocol: {type(error).__name__} {error}", file=str(folder / FILES[0])) from error


def content_hash(*parts: Any) -> str:
    """Return the hash of what files say, whatever their comments and layout."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, ensure_ascii=False, default=str).encode()).hexdigest()


def _frozen(folder: Path) -> tuple[tuple[str, str, str], ...]:
    rows = read_csv(folder / "frozen.csv", required=("sha256", "frozen", "what"))
    return tuple((row["sha256"], row["frozen"], row["what"]) for row in rows)


def _protocol(data: Any, acts: Any, beijing: Any, frozen: tuple[tuple[str, str, str], ...]) -> Protocol:
    fit, passing, base = data["fit"], data["pass"], data["baseline"]
    return Protocol(
        lines=tuple(map(str, data["lines"])),
        readings=tuple(map(str, data["readings"])),
        trials={name: Trial(name, _day(t["fitted_to"]), _day(t["tested_to"]), _yes(t["headline"])) for name, t in data["trials"].items()},
        rows=tuple(_row(row) for row in data["rows"]),
        acts=tuple(
            sorted(
                (Act(_day(a["from"]), a["lever"], float(a["value"]), a["because"], a.get("event", "")) for a in acts),
                key=lambda act: (act.lever, act.day),
            )
        ),
        beijing=tuple(Act(_day(a["from"]), "throttled", float(a["throttled"]), a["because"], a.get("event", "")) for a in beijing),
        seed=int(data["seed"]),
        runs=int(data["runs"]),
        block=int(data["block"]),
        discrepancy=float(fit["discrepancy"]),
        held=float(fit["held"]),
        freedom=float(fit["freedom"]),
        implausible=float(fit["implausible"]),
        effective=float(fit["effective"]),
        cover90=float(passing["cover90"]),
        cover50=(float(passing["cover50"][0]), float(passing["cover50"][1])),
        skilled=int(passing["skilled"]),
        baseline_quarters=int(base["quarters"]),
        baseline_floor=float(base["floor"]),
        baseline_freedom=float(base["freedom"]),
        sha256=content_hash(data, acts, beijing),
        frozen=frozen,
    )


def _row(row: Mapping[str, Any]) -> Row:
    since = _day(row["from"]) if "from" in row else dt.date.min
    return Row(
        row["id"],
        row["title"],
        row["series"],
        row["unit"],
        row["target"] or "",
        row["baseline"],
        float(row["power"]),
        since,
        row["restates"] or "",
    )


def _day(value: Any) -> dt.date:
    return value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value))


def _yes(value: Any) -> bool:
    return value if isinstance(value, bool) else str(value) in {"yes", "true"}
