"""What is wrong with an entry of a knowledge file, in plain words: where it stands, what it is, and what it should be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from thalweg.evidence import nearest

Path_ = tuple[str | int, ...]

SHAPES: Final = {
    r"^20[0-9]{2}Q[1-4]$": "a quarter such as 2027Q1",
    r"^[a-z0-9]+(-[a-z0-9]+)*$": "small letters and digits joined by hyphens, such as tight-controls",
    r"^[a-z0-9][a-z0-9-]*$": "small letters, digits and hyphens, such as tight-controls",
    r"^[A-Za-z][A-Za-z0-9]*$": "a name of letters and digits, such as kO",
    r"^[A-Za-z][A-Za-z0-9_]*$": "a name of letters, digits and underscores, such as rho_2026",
    r"^[a-z][a-z0-9_]*$": "small letters, digits and underscores, such as as_announced",
}
"""What the patterns of the schemas ask for, in words."""
BOUNDS: Final = {
    "greater_than": ("above", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than": ("below", "lt"),
    "less_than_equal": ("at most", "le"),
}
MAPPINGS: Final = ("dict_type", "model_type", "model_attributes_type", "dataclass_type", "mapping_type")
EXAMPLES: Final = {
    "distribution": "{uniform: {min: 0.1, max: 0.3}}",
    "uniform": "{min: 0.1, max: 0.3}",
    "lognormal": "{p05: 1.2, p95: 1.8}",
    "probabilities": "{lookback: 0.5, constant: 0.5}",
    "levers": "{v: {2027Q1: 1.0}}",
}
"""What a mapping of that name may look like."""
MOST: Final = 60
"""Letters of what was given that are shown."""


def refusal(error: ValidationError, model: type[BaseModel], data: Any) -> tuple[Path_, str]:
    """Return where the first thing stands that does not hold, and what is wrong with it; the names of models and types are left out.

    Args:
        error: of the model.
        model: to which the data were held.
        data: what was read.
    """
    found = error.errors(include_url=False)
    first = found[0]
    if first["type"] == "missing":  # a key that is spelled wrong is missing and unknown at once
        beside = (e for e in found if e["type"] == "extra_forbidden" and e["loc"][:-1] == first["loc"][:-1])
        first = next((e for e in beside if nearest(str(e["loc"][-1]), [str(first["loc"][-1])])), first)
    where, branched = _where(first, data)
    if not branched:
        return where, _words(first, where, model)
    start = _start(first, data)
    others = [e for e in found if e["loc"][: len(start)] == start]
    deepest = max(len(_where(e, data)[0]) for e in others)
    kept = [e for e in others if len(_where(e, data)[0]) == deepest]
    where = _where(kept[0], data)[0]
    return where, _either([e for e in kept if _where(e, data)[0] == where], where, model)


def _where(e: Mapping[str, Any], data: Any) -> tuple[Path_, bool]:
    """Return the keys on the way to what is wrong, and whether the model had several forms to choose from on it."""
    path, passed = _walk(e["loc"], data, missing=e["type"] == "missing")
    return path, bool(passed)


def _start(e: Mapping[str, Any], data: Any) -> tuple[str | int, ...]:
    """Return the steps before the first that stands for a form and for no key."""
    _, passed = _walk(e["loc"], data, missing=e["type"] == "missing")
    return tuple(e["loc"][: passed[0]])


def _walk(loc: Sequence[str | int], data: Any, *, missing: bool) -> tuple[Path_, list[int]]:
    """Return the steps that are keys or positions of the data, and the numbers of those that are not."""
    path: list[str | int] = []
    passed: list[int] = []
    here = data
    for i, step in enumerate(loc):
        if step == "[key]":
            continue
        if isinstance(here, Mapping) and (key := _spelled(step, here)) is not None:
            path.append(key)
            here = here[key]
        elif isinstance(here, list) and isinstance(step, int) and step < len(here):
            path.append(step)
            here = here[step]
        elif missing and i == len(loc) - 1:
            path.append(step)
        else:
            passed.append(i)
    return tuple(path), passed


def _spelled(step: str | int, here: Mapping[Any, Any]) -> Any:
    """Return the key of which a step is the text: YAML reads 2027 as a number."""
    return next((k for k in here if str(k) == str(step)), None)


def _either(errors: Iterable[Mapping[str, Any]], where: Path_, model: type[BaseModel]) -> str:
    """Return what each of several forms asks for, what was given said once."""
    told: list[str] = []
    given = ""
    for e in errors:
        if not _words(e, where, model).startswith("should be "):
            return _words(e, where, model)  # the form that fits says what it lacks
        text, _, was = _words(e, where, model).partition(", not ")
        given = given or was
        short = text.removeprefix("should be ")
        if short not in told:
            told.append(short)
    return f"should be {' or '.join(told)}{f', not {given}' if given else ''}"


def _words(e: Mapping[str, Any], where: Path_, model: type[BaseModel]) -> str:
    """Return what is wrong."""
    kind, given, context = str(e["type"]), e.get("input"), e.get("ctx") or {}
    if e["loc"] and e["loc"][-1] == "[key]":
        return f"as a key, should be {SHAPES.get(str(context.get('pattern')), 'another name')}, not {shown(given)}"
    if kind == "extra_forbidden":
        known = [f.alias or n for n, f in model.model_fields.items()]
        return f"unknown key{nearest(str(where[-1]), known)}"
    if kind == "missing":
        return "is missing"
    if kind in ("value_error", "assertion_error"):
        return str(e["msg"]).removeprefix("Value error, ").removeprefix("Assertion failed, ")
    if kind in BOUNDS:
        word, key = BOUNDS[kind]
        return f"should be {word} {context[key]:g}, not {shown(given)}"
    if kind in ("string_too_short", "string_too_long"):
        ends = ("at least", context.get("min_length")) if kind == "string_too_short" else ("at most", context.get("max_length"))
        return f"should have {ends[0]} {ends[1]} letters, and has {len(str(given))}"
    if kind in ("too_short", "too_long"):
        ends = ("at least", context.get("min_length")) if kind == "too_short" else ("at most", context.get("max_length"))
        return f"should hold {ends[0]} {ends[1]}, and holds {context.get('actual_length')}"
    wanted = _wanted(kind, given, context)
    if kind in MAPPINGS:
        example = EXAMPLES.get(str(where[-1])) if where else None
        example = example or ("{2027Q1: 1.0}" if len(where) > 1 and where[-2] == "levers" else None)
        wanted += f", such as {example}" if example else ""
    return f"should be {wanted}, not {shown(given)}" if wanted else str(e["msg"]).replace("Input should", "should")


def _wanted(kind: str, given: Any, context: Mapping[str, Any]) -> str:
    """Return what a value should be, empty where it is not known how to say it."""
    if kind in MAPPINGS:
        return "a mapping of keys to values"
    if kind in ("literal_error", "enum"):
        options = [x.strip("'") for x in str(context.get("expected", "")).replace(" or ", ", ").split(", ")]
        close = nearest(given, options) if isinstance(given, str) else ""
        return (f"{', '.join(options[:-1])} or {options[-1]}" if len(options) > 1 else options[0]) + close
    if kind == "string_pattern_mismatch":
        return SHAPES.get(str(context.get("pattern")), f"of the form {context.get('pattern')}")
    if kind == "string_type":
        return "text, in quotes" if isinstance(given, int | float) else "text"
    if kind.startswith(("date", "datetime")):
        return "a day such as 2027-01-31"
    if kind.startswith(("bool",)):
        return "true or false"
    if kind.startswith("int"):
        return "a whole number"
    if kind.startswith(("float", "decimal", "finite")):
        return "a number"
    return "a list, such as [a, b]" if kind in ("list_type", "tuple_type", "set_type") else ""


def shown(given: Any) -> str:
    """Return what was given, short."""
    if given is None:
        return "nothing"
    if isinstance(given, bool):
        return str(given).lower()
    text = repr(given) if isinstance(given, str) else "a mapping" if isinstance(given, Mapping) else str(given)
    return text if len(text) <= MOST else text[: MOST - 1] + "\N{HORIZONTAL ELLIPSIS}"
