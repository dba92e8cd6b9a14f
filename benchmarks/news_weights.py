"""The weights of `knowledge/news/weights.tsv`, made from the labelled items of the repository: `python -m benchmarks.news_weights`.

A multinomial logistic regression for each of event type, measure and certainty, over what
:mod:`thalweg.watch.extraction.features` reads. `--folds N` says instead how it does on items left out in turn (the words of the rules
were written with sight of most of these items, so the figures of the folds are too good). Needs scikit-learn; nothing is downloaded.
"""

from __future__ import annotations

import argparse
import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from benchmarks.news import OWN, document, read_cases
from thalweg.nouns.news import Document
from thalweg.pack.files import write_atomically
from thalweg.watch.extract import Lexicon, extract, load_lexicon
from thalweg.watch.extraction.certainty import tense_of
from thalweg.watch.extraction.features import features, given
from thalweg.watch.extraction.marks import Marked, marked
from thalweg.watch.extraction.text import cleaned, sentences
from thalweg.watch.extraction.weights import NONE, Weights, weights
from thalweg.watch.labels import labels

OUT: Final = Path(__file__).resolve().parent.parent / "src" / "thalweg" / "knowledge" / "news" / "weights.tsv"
QUESTIONS: Final = ("event_type", "measure_type", "certainty")
STRENGTH: Final = 2.0
"""The inverse of the penalty."""
LEAST_ITEMS: Final = 2
"""Items in which a feature must stand."""
LEAST_WEIGHT: Final = 4
"""Hundredths under which a weight is left out."""

Row = Mapping[str, Any]


def read(row: Row, lexicon: Lexicon) -> list[Marked]:
    """Return the sentences of a labelled item."""
    found: Document = document(row)
    return [marked(s, lexicon) for s in sentences(cleaned(found.title), cleaned(found.text))]


def trained(rows: Sequence[Row], lexicon: Lexicon) -> dict[str, Any]:
    """Return a table of weights in the form of :func:`thalweg.pack.news.build_news`."""
    told = [(row["labels"], read(row, lexicon)) for row in rows]
    table: dict[str, Any] = {"classes": {}, "bias": {}, "rows": {}}
    for question in QUESTIONS:
        known: list[dict[str, float]] = []
        wanted: list[str] = []
        for labelled, read_as in told:
            if question == "event_type":
                known.append(features(read_as))
                wanted.append(labelled[question] if labelled else NONE)
            elif labelled:
                known.append(given(features(read_as), labelled["event_type"], [tense_of(m) for m in read_as[:2]]))
                wanted.append(labelled[question])
        table["classes"][question], table["bias"][question], table["rows"][question] = _fitted(known, wanted)
    return table


def _fitted(known: Sequence[dict[str, float]], wanted: Sequence[str]) -> tuple[list[str], list[int], dict[str, list[list[int]]]]:
    from sklearn.feature_extraction import DictVectorizer  # type: ignore[import-untyped]
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

    count = Counter(name for one in known for name in one)
    kept = [{name: value for name, value in one.items() if count[name] >= LEAST_ITEMS} for one in known]
    columns = DictVectorizer()
    model = LogisticRegression(C=STRENGTH, max_iter=2000).fit(columns.fit_transform(kept), list(wanted))
    rows: dict[str, list[list[int]]] = {}
    for at, name in enumerate(columns.get_feature_names_out()):
        cells = [[c, w] for c, w in enumerate(round(float(v) * 100) for v in model.coef_[:, at]) if abs(w) >= LEAST_WEIGHT]
        if cells:
            rows[str(name)] = cells
    return [str(c) for c in model.classes_], [round(float(v) * 100) for v in model.intercept_], rows


def text_of(table: Mapping[str, Any], files: Sequence[Path]) -> str:
    """Return a table as the file of weights, with what it was made from."""
    lines = [
        "# Weights of a linear model for the kind, measure and certainty of an event, in hundredths. Made by",
        "# `python -m benchmarks.news_weights` from the labelled items of tests/watch/data, and from nothing else:",
        *(f"# {p.name} sha256 {hashlib.sha256(p.read_bytes()).hexdigest()}" for p in files),
        "# Columns: question, feature (w: word, b: pair of words, m: mark, t before it: of the title, e: kind, x: tense; * without any),",
        "# class:weight. Names stand as their kind.",
    ]
    for question, classes in table["classes"].items():
        lines.append("\t".join(("# classes", question, *classes)))
        lines.append(f"{question}\t*\t" + " ".join(f"{at}:{v}" for at, v in enumerate(table["bias"][question])))
        lines += [
            f"{question}\t{name}\t" + " ".join(f"{at}:{v}" for at, v in cells) for name, cells in sorted(table["rows"][question].items())
        ]
    return "\n".join(lines) + "\n"


def right(rows: Iterable[Row], lexicon: Lexicon) -> Counter[str]:
    """Count the items, and those read right in each question; an item about something else is right without an event."""
    found: Counter[str] = Counter()
    for row in rows:
        events = extract(document(row), lexicon)
        if row["labels"] is None:
            found["off"] += 1
            found["silent"] += not events
            continue
        given_labels = labels(events[0]) if events else {}
        found["on"] += 1
        found.update(q for q in QUESTIONS if given_labels.get(q) == row["labels"][q])
    return found


def folded(rows: Sequence[Row], lexicon: Lexicon, folds: int) -> Counter[str]:
    """Return the counts of :func:`right` over items that the weights were made without."""
    total: Counter[str] = Counter()
    for at in range(folds):
        left_out = rows[at::folds]
        others = [row for i, row in enumerate(rows) if i % folds != at]
        total += right(left_out, replace(lexicon, weights=weights(trained(others, lexicon))))
    return total


def shown(found: Mapping[str, int]) -> str:
    """Return counts as a line."""
    parts = [f"{q} {found[q]}/{found['on']} = {found[q] / found['on']:.3f}" for q in QUESTIONS] if found["on"] else []
    return ", ".join([*parts, f"off topic silent {found['silent']}/{found['off']}"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", nargs="*", type=Path, help="labelled items to learn from; all of tests/watch/data if left out")
    parser.add_argument("--folds", type=int, default=0, help="leave one part in so many out in turn, and say how those are read")
    parser.add_argument("--test", nargs="*", type=Path, help="learn from the files and say how these are read; write nothing")
    asked = parser.parse_args()
    files = asked.files or sorted(OWN.glob("*.jsonl"))
    rows = [row for path in files for row in read_cases(path)]
    lexicon = load_lexicon()
    if asked.test or asked.folds:
        alone = replace(lexicon, weights=Weights())
        tested = [row for path in asked.test or () for row in read_cases(path)]
        print("rules alone:      ", shown(right(tested or rows, alone)))
        both = right(tested, replace(lexicon, weights=weights(trained(rows, lexicon)))) if tested else folded(rows, lexicon, asked.folds)
        print("rules and weights:", shown(both))
        return
    write_atomically(OUT, text_of(trained(rows, lexicon), files).encode())
    print(f"{OUT}: {OUT.stat().st_size:,} bytes from {len(rows)} items")


if __name__ == "__main__":
    main()
