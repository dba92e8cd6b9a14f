"""The words by which news is read, loaded when a text is read for events and at no other time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from thalweg.evidence import PackError
from thalweg.pack import load
from thalweg.pack.files import write_atomically
from thalweg.pack.part import Part
from thalweg.pack.reader import read_yaml

NEWS = Part("news", (".yaml", ".tsv"), 1_048_576, format=2)
TABLES = ("agencies", "companies", "cues", "items", "not_names", "persons", "places", "rules", "units")


@dataclass(frozen=True)
class NewsWords:
    """The word lists of `knowledge/news`, by file, with the hash of what they were read from."""

    sha256: str
    tables: dict[str, Any]


def build_news(root: Path, out: Path | None = None) -> dict[str, Any]:
    """Read the word lists of a knowledge folder; write them to ``out`` if given.

    Raises:
        PackError: if a list is missing, or does not hold to its form.
    """
    tables: dict[str, Any] = {}
    for name in TABLES:
        path = root / NEWS.name / f"{name}.yaml"
        if not path.is_file():
            raise PackError("is missing: news cannot be read without it", file=f"{NEWS.name}/{name}.yaml")
        tables[name] = read_yaml(path, name=f"{NEWS.name}/{name}.yaml").data
        kind = list if name in ("agencies", "companies", "items", "not_names", "rules") else dict
        if not isinstance(tables[name], kind) or not tables[name]:
            raise PackError(f"is no {'list' if kind is list else 'mapping'} of words", file=f"{NEWS.name}/{name}.yaml")
    tables["weights"] = _weights(root / NEWS.name / "weights.tsv")
    data = {"sha256": NEWS.sha256(root), "format": NEWS.format, "tables": tables}
    if out is not None:
        write_atomically(out, NEWS.packed(data))
    return data


def load_news(path: str | Path | None = None) -> NewsWords:
    """Load the words of the embedded pack, or of the knowledge folder at ``path``.

    Raises:
        PackError: if there is no such folder, or a list does not hold to its form.
    """
    return _load(Path(path).resolve() if path else load.EMBEDDED)


@lru_cache(maxsize=4)
def _load(root: Path) -> NewsWords:
    data = NEWS.compiled(root, build_news)
    return NewsWords(data["sha256"], data["tables"])


def _weights(path: Path) -> dict[str, Any]:
    """Read the table of weights: lines of a question, a feature and the weight of each class in hundredths; none if there is no file.

    A line `# classes` names the classes of a question; the feature `*` holds what each class has without any.

    Raises:
        PackError: if a line does not hold to this form.
    """
    table: dict[str, Any] = {"classes": {}, "bias": {}, "rows": {}}
    if not path.is_file():
        return table
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("# classes\t"):
            _, question, *names = line.split("\t")
            table["classes"][question], table["rows"][question] = names, {}
        elif line.strip() and not line.startswith("#"):
            try:
                question, feature, values = line.split("\t")
                cells = [[int(at), int(v)] for at, v in (cell.split(":") for cell in values.split(" "))]
                if any(not 0 <= at < len(table["classes"][question]) for at, _ in cells):
                    raise ValueError(values)
            except (ValueError, KeyError) as error:
                raise PackError(f"line {number} is no question, feature and weights", file=f"{NEWS.name}/{path.name}") from error
            if feature == "*":
                table["bias"][question] = [v for _, v in sorted(cells)]
            else:
                table["rows"][question][feature] = cells
    if any(len(table["bias"].get(q, ())) != len(names) for q, names in table["classes"].items()):
        raise PackError("a question lacks the line of what each class has without any feature", file=f"{NEWS.name}/{path.name}")
    return table
