"""Thalweg decides export-control questions about AI chips from dated, cited rules held as data.

`import thalweg` is light: each verb is imported from the desk when it is first used.
"""

from __future__ import annotations

import importlib
from typing import Any, Final

__version__ = "0.1.0"

_ANSWER: Final = "thalweg.desk.answer"

VERBS: Final[dict[str, str]] = {
    "attribute_edges": "thalweg.desk.ownership",
    "attribute_ownership": "thalweg.desk.ownership",
    "benchmarks": "thalweg.desk.simulate_past",
    "brief": _ANSWER,
    "calibrate": "thalweg.desk.simulate_past",
    "classify": _ANSWER,
    "compare": "thalweg.desk.simulate_compare",
    "compare_names": "thalweg.desk.screen",
    "compile_rules": "thalweg.desk.compile",
    "decide": _ANSWER,
    "decide_file": _ANSWER,
    "decide_many": _ANSWER,
    "diff": _ANSWER,
    "discover": "thalweg.desk.simulate_studies",
    "facts_frame": "thalweg.desk.compile",
    "headroom": _ANSWER,
    "hindcast": "thalweg.desk.simulate_past",
    "rescreen_many": "thalweg.desk.screen",
    "screen": "thalweg.desk.screen",
    "screen_many": "thalweg.desk.screen",
    "search": "thalweg.desk.simulate_search",
    "sensitivity": "thalweg.desk.simulate_studies",
    "simulate": "thalweg.desk.simulate",
    "timeline": _ANSWER,
    "validate": _ANSWER,
}
"""Each public verb and the module that holds it."""

__all__ = ["VERBS", "__version__", *VERBS]  # noqa: PLE0604


def __getattr__(name: str) -> Any:
    """Import a verb when it is first asked for.

    Raises:
        AttributeError: `name` is not a verb of the package.
    """
    if name not in VERBS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    verb = getattr(importlib.import_module(VERBS[name]), name)
    globals()[name] = verb
    return verb


def __dir__() -> list[str]:
    return sorted({*globals(), *VERBS})
