"""What does not hold to the form of a file that people write, in plain words."""

from __future__ import annotations

from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from thalweg.evidence import nearest
from thalweg.pack.refusal import refusal


def refused(error: ValidationError, model: type[BaseModel], data: Any) -> tuple[tuple[str | int, ...], str]:
    """Return where the first thing stands that does not hold to a model, and what is wrong; for an unknown key also the known ones."""
    where, said = refusal(error, model, data)
    if not said.startswith("unknown key") or not where:
        return where, said
    known = _keys(model, where[:-1])
    return where, f"is no key{nearest(str(where[-1]), known)}; known are {', '.join(known)}" if known else said


def _keys(model: type[BaseModel], way: tuple[str | int, ...]) -> list[str]:
    """Return the keys of the model that stands at the end of a way through models, lists and mappings."""
    here: Any = model
    for step in way:
        if isinstance(here, type) and issubclass(here, BaseModel):
            named = {f.alias or n: f.annotation for n, f in here.model_fields.items()}
            here = named.get(str(step))
        else:
            here = next((a for a in reversed(get_args(here)) if a is not type(None)), None)
        here = _inner(here)
    if isinstance(here, type) and issubclass(here, BaseModel):
        return sorted(f.alias or n for n, f in here.model_fields.items())
    return []


def _inner(annotation: Any) -> Any:
    """Return what an annotation that may be None is otherwise."""
    args = get_args(annotation)
    if type(None) in args:
        return next((a for a in args if a is not type(None)), annotation)
    return annotation
