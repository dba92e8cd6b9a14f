"""The command from a cold start, as a person waits for it."""

from __future__ import annotations

import subprocess
import sys
import time
from statistics import median


def seconds(*args: str, repeats: int) -> float:
    """Return the median wall time of a command."""
    times: list[float] = []
    for _ in range(repeats + 1):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-m", "thalweg", *args], capture_output=True, check=True)  # noqa: S603
        times.append(time.perf_counter() - start)
    return median(times[1:])
