"""Documents on public inspection: what the Federal Register will publish, as it was filed.

The desk holds what is filed now, so every pull reads it whole. A document keeps its number when it is published, and may be withdrawn
before: then its editorial note says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from thalweg.nouns.news import Document
from thalweg.sources.answers import TryAgain
from thalweg.sources.caller import Answer
from thalweg.sources.documents import Origin
from thalweg.sources.documents.days import day_of
from thalweg.sources.documents.origin import document
from thalweg.sources.news.federal_register.documents import facts_of
from thalweg.sources.news.reach import Batch, Reach


def pull(reach: Reach) -> Iterator[Batch]:
    """Yield the documents on the desk of the agencies that the source names; of all if it names none.

    Raises:
        BadInput: if the desk cannot be read.
    """
    answer = reach.caller.get(
        f"{reach.source.address}/public-inspection-documents/current.json", accept="application/json", again=True, check=_check
    )
    yield Batch(tuple(documents(reach, answer)), reach.until.isoformat(), fresh=not answer.unchanged)


def documents(reach: Reach, answer: Answer) -> list[Document]:
    """Return the documents of the agencies that the source names."""
    wanted = frozenset(reach.source.options.get("agencies", ()))
    rows = [r for r in answer.json().get("results", ()) if not wanted or wanted & _slugs(r)]
    return [_document(row, reach.origin(answer)) for row in rows]


def answers_documents(url: str) -> bool:
    """Tell whether an address is of the desk, rather than of a document."""
    return "/public-inspection-documents/" in url


def _document(row: dict[str, Any], origin: Origin) -> Document:
    number = str(row["document_number"])
    filed, due = str(row.get("filed_at") or ""), str(row.get("publication_date") or "")
    subjects = " ".join(str(row[k]) for k in ("subject_1", "subject_2", "subject_3") if row.get(k))
    agencies = [str(a.get("name") or a.get("raw_name") or "") for a in row.get("agencies") or () if isinstance(a, dict)]
    stated = {
        "number": number,
        "filed_at": filed,
        "publication_date": due,
        "filing_type": str(row.get("filing_type") or ""),
        "docket": "; ".join(str(d) for d in row.get("docket_numbers") or ()),
        "pages": str(row.get("num_pages") or ""),
        "editorial_note": str(row.get("editorial_note") or ""),
        "abstract_only": "yes",
    }
    text = "\n\n".join(
        t for t in (subjects, str(row.get("toc_subject") or ""), str(row.get("toc_doc") or ""), stated["editorial_note"]) if t
    )
    return document(
        replace(
            origin,
            url=str(row.get("html_url") or ""),
            key=number,
            publisher="; ".join(reversed([a for a in agencies if a])) or origin.publisher,
        ),
        title=str(row.get("title") or row.get("toc_doc") or number),
        text=text,
        published=day_of(filed) or day_of(due),
        language="en",
        facts=facts_of(row) | {k: v for k, v in stated.items() if v},
    )


def _slugs(row: dict[str, Any]) -> set[str]:
    return {str(a["slug"]) for a in row.get("agencies") or () if isinstance(a, dict) and a.get("slug")}


def _check(answer: Answer) -> None:
    body = answer.json()
    if not isinstance(body, dict) or not isinstance(body.get("count"), int):
        raise TryAgain("answered without a count of documents")
    rows = body.get("results", [])
    if not isinstance(rows, list) or len(rows) != body["count"] or not all(isinstance(r, dict) and r.get("document_number") for r in rows):
        raise TryAgain(f"counts {body['count']:,} documents and gives others")
