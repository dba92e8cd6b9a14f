"""One decision with its full trace, in process, over catalogue chips, destinations and dates of every window."""

from __future__ import annotations

import time
from statistics import median

from thalweg.controls import decide, rulebook
from thalweg.pack import load_pack

ITEMS = (
    "NVIDIA H100 SXM",
    "NVIDIA H20",
    "NVIDIA L40",
    "NVIDIA RTX 4090",
    "NVIDIA L20",
    "NVIDIA B200",
    "NVIDIA DGX H100",
    "AMD Instinct MI325X",
)
PLACES = ("CN", "VN", "AE", "SA", "DE", "TW", "MY", "RU", "SG", "IN")
DATES = ("2022-12-01", "2023-06-01", "2024-06-01", "2025-05-01", "2025-10-15", "2026-02-01", "2026-08-01")


def transactions() -> list[dict[str, object]]:
    """Return the transactions; one in ten does not state the ultimate parent."""
    found: list[dict[str, object]] = []
    for number, (item, place, date) in enumerate((i, p, d) for d in DATES for p in PLACES for i in ITEMS):
        party = {
            "role": "end_user",
            "name": "Example Buyer",
            "country": place,
            "headquarters": place,
            "ultimate_parent_headquarters": place,
        }
        if number % 10 == 0:
            del party["ultimate_parent_headquarters"]
        found.append({"date": date, "item": item, "from": "US", "to": place, "parties": [party]})
    return found


def one_decision(repeats: int) -> tuple[int, float, float]:
    """Return the number of rules, and the median and 99th percentile in milliseconds."""
    book = rulebook(load_pack())
    cases = transactions()
    for case in cases:
        _ = decide(book, case).trace
    times: list[float] = []
    for _ in range(repeats):
        for case in cases:
            start = time.perf_counter()
            _ = decide(book, case).trace
            times.append((time.perf_counter() - start) * 1000)
    times.sort()
    return len(book.pack.rules), median(times), times[int(len(times) * 0.99)]
