"""Harvest the Federal Register by slices of days, so that no limit of its search hides a document.

The search answers with at most 10,000 hits and says `count: 10000` for more; pages past the limits are page 1 again, without a word. A
slice of days is therefore halved until all of it is one page, a day that is larger is read page by page, and a slice counts only when
it gave as many documents as it said. A document is known by its number and its day: numbers before 2016 were used twice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from thalweg.evidence import BadInput
from thalweg.nouns.news import Document
from thalweg.sources.answers import TryAgain
from thalweg.sources.caller import Answer, Caller
from thalweg.sources.news.federal_register.documents import FIELDS, document_of, with_full_text
from thalweg.sources.news.reach import Batch, Reach

PER_PAGE: Final = 1_000
CAP: Final = 10_000
SLICE_DAYS: Final = 31
TYPES: Final = ("RULE", "PRORULE", "NOTICE", "PRESDOCU")
_PARTED: Final = 3
"""Times that a slice which gives fewer documents than it says is asked again."""

Row = dict[str, Any]
Key = tuple[str, str]


def pull(reach: Reach) -> Iterator[Batch]:
    """Yield the documents of each slice of days, the oldest first.

    Raises:
        BadInput: if a slice cannot be read whole: what was yielded before stands.
    """
    searches: Sequence[Mapping[str, Any]] = reach.source.options.get("searches", ({},))
    per_page = int(reach.source.options.get("per_page", PER_PAGE))
    first = reach.since
    while first <= reach.until:
        last = min(first + dt.timedelta(days=SLICE_DAYS - 1), reach.until)
        found: dict[Key, tuple[Row, Answer]] = {}
        for search in searches:
            for row, answer in harvest(reach.caller, reach.source.address, search, first, last, per_page=per_page):
                found.setdefault(_key(row), (row, answer))
        made = [_document(reach, row, answer) for row, answer in found.values()]
        yield Batch(tuple(made), last.isoformat(), fresh=bool(made))
        first = last + dt.timedelta(days=1)


def documents(reach: Reach, answer: Answer) -> list[Document]:
    """Return the documents of one answer of the search."""
    return [_document(reach, row, answer) for row in answer.json().get("results", ())]


def answers_documents(url: str) -> bool:
    """Tell whether an address is of the search, rather than of a full text."""
    return urlsplit(url).path.endswith("/documents.json")


def _document(reach: Reach, row: Row, answer: Answer) -> Document:
    made = document_of(row, reach.origin(answer))
    wanted = reach.source.options.get("full_text")
    return with_full_text(made, row, reach.caller, whole=wanted == "whole") if wanted else made


def harvest(
    caller: Caller, base: str, search: Mapping[str, Any], first: dt.date, last: dt.date, *, per_page: int = PER_PAGE
) -> Iterator[tuple[Row, Answer]]:
    """Yield every document of days once, with the answer that it came in; days inclusive.

    Raises:
        BadInput: if a day gives fewer documents than the search counts, whichever way it is asked.
    """

    def ask(a: dt.date, b: dt.date, page: int, types: str) -> tuple[int, list[Row], Answer]:
        values = _conditions(search) | {
            "conditions[publication_date][gte]": a.isoformat(),
            "conditions[publication_date][lte]": b.isoformat(),
            "fields[]": FIELDS,
            "order": "oldest",
            "per_page": per_page,
            "page": page,
        }
        if types:
            values["conditions[type][]"] = types
        answer = caller.get(f"{base}/documents.json", values, accept="application/json", check=_check)
        body = answer.json()
        return int(body["count"]), list(body.get("results", ())), answer

    yield from _slice(ask, first, last, per_page, "", by_type="type" not in search)


Ask = Callable[[dt.date, dt.date, int, str], tuple[int, list[Row], Answer]]


def _slice(ask: Ask, first: dt.date, last: dt.date, per_page: int, types: str, *, by_type: bool) -> Iterator[tuple[Row, Answer]]:
    found: dict[Key, tuple[Row, Answer]] = {}
    count = 0
    for _ in range(_PARTED):
        count, rows, answer = ask(first, last, 1, types)
        if count > per_page and first < last:
            middle = first + (last - first) // 2
            yield from _slice(ask, first, middle, per_page, types, by_type=by_type)
            yield from _slice(ask, middle + dt.timedelta(days=1), last, per_page, types, by_type=by_type)
            return
        if count >= CAP:
            break
        page = 1
        while rows:
            before = len(found)
            found |= {_key(row): (row, answer) for row in rows}
            if len(found) >= count or len(found) == before:  # all, or a page that was given before
                break
            page += 1
            _, rows, answer = ask(first, last, page, types)
        if len(found) == count:
            yield from found.values()
            return
    if by_type and not types:
        for one in TYPES:
            yield from _slice(ask, first, last, per_page, one, by_type=False)
        return
    days = first.isoformat() if first == last else f"{first.isoformat()} to {last.isoformat()}"
    raise BadInput(
        f"Federal Register of {days}: the search counts {count:,} documents and gives {len(found):,}; nothing of these days is taken"
    )


def _key(row: Row) -> Key:
    return str(row["document_number"]), str(row["publication_date"])


def _check(answer: Answer) -> None:
    """Refuse an answer that is cut or of another form.

    Raises:
        TryAgain: with what is wrong.
    """
    body = answer.json()
    if not isinstance(body, dict) or not isinstance(body.get("count"), int):
        raise TryAgain("answered without a count of documents")
    rows = body.get("results", [])
    if body["count"] and not rows:
        raise TryAgain(f"counts {body['count']:,} documents and gives none")
    if not isinstance(rows, list) or not all(isinstance(r, dict) and r.get("document_number") and r.get("publication_date") for r in rows):
        raise TryAgain("answered with documents that have no number or day")


def _conditions(search: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of a search: `agencies: [x]` as conditions[agencies][], `cfr: {title: 15}` as conditions[cfr][title]."""
    values: dict[str, Any] = {}
    for name, given in search.items():
        if isinstance(given, Mapping):
            values |= {f"conditions[{name}][{inner}]": str(v) for inner, v in given.items()}
        elif isinstance(given, (list, tuple)):
            values[f"conditions[{name}][]"] = [str(v) for v in given]
        else:
            values[f"conditions[{name}]"] = str(given)
    return values
