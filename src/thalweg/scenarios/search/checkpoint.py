"""Checkpoints of a search: every candidate evaluated so far, in order, in one file that is replaced whole.

The file holds plain arrays (NumPy's .npz, no pickles) and a hash of everything the search depends on. A search that resumes goes through
the same steps as one from the start, and reads what stands in the file instead of simulating it: so the result is the same.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from thalweg.evidence import BadInput
from thalweg.pack.files import write_atomically

FORMAT: Final = 1
_MOST_BYTES: Final = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Evaluated:
    """Candidates (n, places) and their objectives (n, objectives), in the order of evaluation."""

    candidates: np.ndarray
    objectives: np.ndarray


def save(path: Path, question: str, evaluated: Evaluated) -> None:
    """Write a checkpoint; the file is the old one or the new one, never half of one."""
    content = io.BytesIO()
    np.savez(
        content,
        format=np.array(FORMAT),
        question=np.frombuffer(question.encode(), dtype=np.uint8),
        candidates=evaluated.candidates.astype(np.int32),
        objectives=evaluated.objectives.astype(np.float64),
    )
    write_atomically(path, content.getvalue())


def load(path: Path, question: str) -> Evaluated | None:
    """Read a checkpoint, or None where there is no file.

    Raises:
        BadInput: if the file is no checkpoint, or one of another search, or has no folder to be in.

    """
    if not path.parent.is_dir():
        raise BadInput(f"checkpoint {path}: there is no folder {path.parent} to write it to")
    if not path.exists():
        return None
    hint = "name another file, or remove this one to start anew"
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise BadInput(f"checkpoint {path} is larger than any search leaves; {hint}")
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as held:
            found = {name: held[name] for name in ("format", "question", "candidates", "objectives")}
    except (OSError, ValueError, KeyError, zipfile.BadZipFile, EOFError) as error:
        raise BadInput(f"{path} is no checkpoint of a search; {hint}") from error
    if int(found["format"]) != FORMAT or found["question"].tobytes().decode("utf-8", "replace") != question:
        raise BadInput(f"checkpoint {path} belongs to another search (policy, space, objectives, draws or seed differ); {hint}")
    candidates, objectives = found["candidates"], found["objectives"]
    if candidates.ndim != 2 or objectives.ndim != 2 or len(candidates) != len(objectives) or not np.isfinite(objectives).all():
        raise BadInput(f"{path} is no checkpoint of a search; {hint}")
    return Evaluated(candidates.astype(np.int64), objectives.astype(np.float64))


def question_of(*parts: object) -> str:
    """Return a hash over what a search depends on: texts, numbers and arrays."""
    digest = hashlib.sha256(f"thalweg-search {FORMAT}\n".encode())
    for part in parts:
        if isinstance(part, np.ndarray):
            digest.update(f"{part.dtype.str}{part.shape}".encode() + np.ascontiguousarray(part).tobytes())
        else:
            digest.update(repr(part).encode() + b"\0")
    return digest.hexdigest()
