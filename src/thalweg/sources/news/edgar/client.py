"""Filings that the full-text search of EDGAR finds, with their text."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from thalweg.evidence import BadInput
from thalweg.nouns.news import Document
from thalweg.sources.answers import TryAgain
from thalweg.sources.caller import Answer
from thalweg.sources.documents import read_document
from thalweg.sources.documents.days import day_of
from thalweg.sources.documents.origin import document
from thalweg.sources.news.reach import Batch, Reach

CAP: Final = 10_000
_PAGE: Final = 100
_CONTACT: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_TICKER: Final = re.compile(r"\s*\((?:CIK\s*\d+|[A-Z0-9.,\s-]{1,40})\)\s*", re.IGNORECASE)
_BYTES: Final = 16 << 20
_STANDS: Final = dt.timedelta(days=365)
"""A filing does not change: an amendment is another filing."""

Hit = dict[str, Any]


def pull(reach: Reach) -> Iterator[Batch]:
    """Yield the filings of days that the query of the source finds.

    Raises:
        BadInput: if no address of mail is given to ask with, or the service cannot be read.
    """
    if not _CONTACT.search(reach.caller.contact):
        raise BadInput(
            f"{reach.source.id}: EDGAR refuses requests that name no organization and no address of mail; "
            "give --contact 'Name mail@example.com'"
        )
    found: dict[str, tuple[Hit, Answer]] = {}
    for hit, answer in _hits(reach, reach.since, reach.until):
        found.setdefault(str(hit["_id"]), (hit, answer))
    most = int(reach.source.options.get("most", 100)) if reach.source.options.get("full_text") else 0
    made = [_document(reach, hit, answer, full=number < most) for number, (hit, answer) in enumerate(found.values())]
    note = f"the text of {len(made) - most:,} filings was not fetched: more than {most} in one pull" if most and len(made) > most else ""
    yield Batch(tuple(made), reach.until.isoformat(), note, fresh=bool(made))


def documents(reach: Reach, answer: Answer) -> list[Document]:
    """Return the documents of one answer of the search, with their texts."""
    full = bool(reach.source.options.get("full_text"))
    return [_document(reach, hit, answer, full=full) for hit in answer.json()["hits"]["hits"]]


def answers_documents(url: str) -> bool:
    """Tell whether an address is of the search, rather than of a filing."""
    return "dateRange=custom" in url


def _hits(reach: Reach, first: dt.date, last: dt.date) -> Iterator[tuple[Hit, Answer]]:
    """Yield the hits of days; days that have more than the service gives are halved."""
    start, total = 0, 1
    seen: set[str] = set()
    while start < total:
        values: dict[str, Any] = {
            "q": str(reach.source.options.get("query", "")),
            "dateRange": "custom",
            "startdt": first.isoformat(),
            "enddt": last.isoformat(),
            "from": start,
        }
        if forms := reach.source.options.get("forms"):
            values["forms"] = ",".join(map(str, forms))
        answer = reach.caller.get(reach.source.address, values, accept="application/json", check=_check)
        hits = answer.json()["hits"]
        total = int(hits["total"]["value"])
        if (total >= CAP or hits["total"].get("relation") == "gte") and first < last:
            middle = first + (last - first) // 2
            yield from _hits(reach, first, middle)
            yield from _hits(reach, middle + dt.timedelta(days=1), last)
            return
        fresh = [h for h in hits["hits"] if str(h["_id"]) not in seen]
        if not fresh:
            break
        seen |= {str(h["_id"]) for h in fresh}
        yield from ((h, answer) for h in fresh)
        start += len(hits["hits"])
    if len(seen) < total:
        days = f"{first.isoformat()} to {last.isoformat()}"
        raise BadInput(f"{reach.source.id}: {days}: the search counts {total:,} filings and gives {len(seen):,}; nothing is taken")


def _document(reach: Reach, hit: Hit, answer: Answer, *, full: bool) -> Document:
    told = hit.get("_source") or {}
    filing, _, file = str(hit["_id"]).partition(":")
    names = [_TICKER.sub("", str(n)).strip() for n in told.get("display_names") or ()]
    ciks = [str(c).lstrip("0") for c in told.get("ciks") or ()]
    form = str(told.get("form") or (told.get("root_forms") or [""])[0])
    items = [str(i) for i in told.get("items") or ()]
    base = str(reach.source.options.get("files", "https://www.sec.gov/Archives/edgar/data"))
    folder = f"{base}/{ciks[0]}/{filing.replace('-', '')}" if ciks and ciks[0].isdigit() else ""
    url = f"{folder}/{file}" if folder and file else ""
    facts = {
        "form": form,
        "items": " ".join(items),
        "cik": " ".join(ciks),
        "filing": filing,
        "period_ending": str(told.get("period_ending") or ""),
    }
    described = f" ({told['file_description']})" if told.get("file_description") else ""
    found = document(
        replace(reach.origin(answer), url=url, key=str(hit["_id"]), publisher="; ".join(names) or reach.source.publisher),
        title=f"{'; '.join(names) or filing}: {form}{described}".strip(),
        text="",
        published=day_of(str(told.get("file_date") or "")),
        language="en",
        facts={k: v for k, v in facts.items() if v},
    )
    return _with_text(found, reach) if full and url else found


def _with_text(found: Document, reach: Reach) -> Document:
    try:
        answer = reach.caller.get(found.url, again=True, fresh_for=_STANDS, or_last=True, max_bytes=_BYTES)
        body = read_document(answer.data, replace(reach.origin(answer), title=found.title))[0]
    except BadInput as error:
        return replace(found, facts=dict(found.facts) | {"text_note": f"the filing could not be read: {error}"})
    text, facts = _passages(body.text, str(reach.source.options.get("passages", "")))
    return replace(found, text=text, reader=body.reader, sha256=body.sha256, cut=body.cut, facts=dict(found.facts) | facts)


def _passages(text: str, wanted: str) -> tuple[str, dict[str, str]]:
    """Return the paragraphs that a pattern is found in, and how many they are; all of them without a pattern, or where none fits.

    An annual report has thousands of paragraphs, of which a few are about the question that found it.
    """
    paragraphs = [p for p in text.split("\n") if p.strip()]
    found = [p for p in paragraphs if re.search(wanted, p, re.IGNORECASE)] if wanted else []
    if not found or len(found) == len(paragraphs):
        return text, {}
    return "\n\n".join(found), {"passages": f"{len(found):,} of {len(paragraphs):,} paragraphs"}


def _check(answer: Answer) -> None:
    body = answer.json()
    hits = body.get("hits") if isinstance(body, dict) else None
    if not isinstance(hits, dict) or not isinstance(hits.get("hits"), list) or not isinstance(hits.get("total"), dict):
        raise TryAgain("answered without hits")
    if not all(isinstance(h, dict) and h.get("_id") for h in hits["hits"]):
        raise TryAgain("answered with hits that have no id")
