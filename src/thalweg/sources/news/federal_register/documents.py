"""From a row of the Federal Register to a document: what it states, what it corrects, and whether it was withdrawn."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

from thalweg.evidence import BadInput
from thalweg.nouns.news import Document
from thalweg.sources.caller import Caller
from thalweg.sources.documents import Origin
from thalweg.sources.documents.days import day_of
from thalweg.sources.documents.origin import MAX_TEXT, document, one_line
from thalweg.sources.news.federal_register.full_text import amended, full_text

FIELDS: Final = (
    "abstract",
    "action",
    "agencies",
    "cfr_references",
    "citation",
    "comments_close_on",
    "correction_of",
    "corrections",
    "dates",
    "disposition_notes",
    "docket_ids",
    "document_number",
    "effective_on",
    "executive_order_number",
    "html_url",
    "not_received_for_publication",
    "publication_date",
    "raw_text_url",
    "regulation_id_numbers",
    "signing_date",
    "significant",
    "subtype",
    "title",
    "type",
)
_CORRECTS: Final = re.compile(r"^[CR]\d+-(\d{4}-\d+|[A-Z]?\d[\w-]*)$")
_NUMBER: Final = re.compile(r"/([A-Z]?\d*-?\d{2,4}-\d+[\w-]*|[CR]\d+-[\w-]+)(?:\.json)?(?:$|[/?#])")
_WITHDRAWN: Final = re.compile(r"\bwithdraw(?:n|al|s|ing)\b", re.IGNORECASE)
_FULL_BYTES: Final = 8 << 20
_STANDS: Final = dt.timedelta(days=30)
"""A text that was published is corrected by another document, not in its place."""


def document_of(row: dict[str, Any], origin: Origin) -> Document:
    """Make a document of a row; its key is its number and its day. Fields that a row lacks are left out of its facts."""
    number, day = str(row["document_number"]), str(row["publication_date"])
    return document(
        replace(origin, url=str(row.get("html_url") or ""), key=f"{number}:{day}", publisher=_agencies(row) or origin.publisher),
        title=str(row.get("title") or number),
        text="\n\n".join(str(t) for t in (row.get("action"), row.get("abstract"), row.get("dates"), row.get("disposition_notes")) if t),
        published=day_of(day),
        language="en",
        facts={"number": number, "publication_date": day, "abstract_only": "yes"} | facts_of(row),
    )


def facts_of(row: dict[str, Any]) -> dict[str, str]:
    """Return what a row states, as strings; empty ones left out."""
    stated = {
        "action": one_line(str(row.get("action") or "")),
        "type": str(row.get("type") or ""),
        "subtype": str(row.get("subtype") or ""),
        "effective_on": _day(row.get("effective_on")),
        "comments_close_on": _day(row.get("comments_close_on")),
        "signed_on": _day(row.get("signing_date")),
        "citation": str(row.get("citation") or ""),
        "cfr": _cfr(row.get("cfr_references")),
        "docket": "; ".join(_texts(row.get("docket_ids"))),
        "rin": " ".join(_texts(row.get("regulation_id_numbers"))),
        "executive_order": str(row.get("executive_order_number") or ""),
        "significant": "yes" if row.get("significant") else "",
        "agencies": " ".join(str(a["slug"]) for a in row.get("agencies") or () if isinstance(a, dict) and a.get("slug")),
        "corrects": _corrects(row),
        "corrected_by": " ".join(filter(None, map(_number, _texts(row.get("corrections"))))),
        "withdrawn": "yes" if _withdrawn(row) else "",
    }
    return {k: v for k, v in stated.items() if v}


def with_full_text(found: Document, row: dict[str, Any], caller: Caller, *, whole: bool) -> Document:
    """Return a document with the sections that its full text amends as facts, and, if `whole`, with that text in the place of the abstract.

    Where the full text cannot be fetched the reason is a fact.
    """
    url = str(row.get("raw_text_url") or "")
    if not url:
        return found
    try:
        answer = caller.get(url, again=True, fresh_for=_STANDS, or_last=True, max_bytes=_FULL_BYTES)
    except BadInput as error:
        return replace(found, facts=dict(found.facts) | {"text_note": f"the full text could not be read: {error}"})
    text = full_text(answer.text())
    parts = frozenset(reference.partition(":")[2] for reference in found.facts.get("cfr", "").split())
    sections, supplements, eccns = amended(text, parts)
    named = {"sections": " ".join(sections), "appendices": "; ".join(supplements), "eccns": " ".join(eccns)}
    facts = dict(found.facts) | {k: v for k, v in named.items() if v}
    if not whole or not text:
        return replace(found, facts=facts)
    del facts["abstract_only"]
    cut = answer.cut or len(text) > MAX_TEXT
    if cut:
        facts["note"] = "the body goes on and was cut"
    return replace(found, text=text[:MAX_TEXT], cut=cut, facts=facts)


def _agencies(row: dict[str, Any]) -> str:
    """Return the name of the agency that acts: the last named is the bureau, the first its department."""
    named = [str(a.get("name") or a.get("raw_name") or "") for a in row.get("agencies") or () if isinstance(a, dict)]
    return "; ".join(n for n in reversed(named) if n)


def _day(stated: Any) -> str:
    """Return a stated day in ISO form; empty where it is none."""
    found = day_of(str(stated or ""))
    return found.isoformat() if found else ""


def _cfr(references: Any) -> str:
    return " ".join(
        dict.fromkeys(
            f"{r['title']}:{r['part']}"
            for r in references or ()
            if isinstance(r, dict) and r.get("title") is not None and r.get("part") is not None
        )
    )


def _corrects(row: dict[str, Any]) -> str:
    given = row.get("correction_of")
    if given:
        return _number(str(given)) or str(given)
    found = _CORRECTS.match(str(row["document_number"]))
    return found[1] if found else ""


def _number(url: str) -> str:
    """Return the number of a document that an address ends in; a number alone is one."""
    found = _NUMBER.search(f"/{url}" if "/" not in url else url)
    return found[1] if found else ""


def _withdrawn(row: dict[str, Any]) -> bool:
    told = " ".join(str(row.get(k) or "") for k in ("action", "editorial_note", "disposition_notes"))
    return bool(_WITHDRAWN.search(told))


def _texts(value: Any) -> Iterable[str]:
    return [str(v) for v in value if v] if isinstance(value, (list, tuple)) else []
