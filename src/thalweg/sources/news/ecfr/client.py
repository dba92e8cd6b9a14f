"""Amended sections of the eCFR: a document for each part and day of amendment, naming its sections."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, Final

from thalweg.evidence import BadInput
from thalweg.nouns.news import Document
from thalweg.sources.answers import TryAgain
from thalweg.sources.caller import Answer
from thalweg.sources.documents.days import day_of
from thalweg.sources.documents.origin import document
from thalweg.sources.news.reach import Batch, Reach

_MOST_PAGES: Final = 200
_SECTION: Final = re.compile(r"^\d+\.\d+\w*$")

Version = dict[str, Any]


def pull(reach: Reach) -> Iterator[Batch]:
    """Yield what was amended in issues from `since` through the day that the service is up to date as of.

    Raises:
        BadInput: if the service cannot be read.
    """
    base, options = reach.source.address, reach.source.options
    title = int(options.get("title", 15))
    titles = reach.caller.get(f"{base}/titles.json", accept="application/json", again=True, check=_check_titles)
    row = next((t for t in titles.json()["titles"] if int(t["number"]) == title), None)
    if row is None:
        raise BadInput(f"{reach.source.id}: the service has no title {title}")
    known = day_of(str(row.get("up_to_date_as_of") or ""))
    if known is None:
        raise BadInput(f"{reach.source.id}: the service does not say the day that title {title} is up to date as of; try again later")
    until = min(known, reach.until)
    if until < reach.since:
        yield Batch((), until.isoformat(), f"up to date as of {known.isoformat()}", fresh=False)
        return
    versions, answer = _versions(reach, title, until)
    importing = bool((titles.json().get("meta") or {}).get("import_in_progress"))
    made = _documents(reach, versions, answer)
    yield Batch(made, until.isoformat(), "an import is in progress at the service" if importing else "", fresh=bool(made))


def documents(reach: Reach, answer: Answer) -> list[Document]:
    """Return the documents of one answer; of versions that filled several, those whose sections are all in this one are as pulled."""
    return list(_documents(reach, answer.json()["content_versions"], answer))


def answers_documents(url: str) -> bool:
    """Tell whether an address is of versions."""
    return "/versions/" in url


def _documents(reach: Reach, versions: Iterable[Version], answer: Answer) -> tuple[Document, ...]:
    options = reach.source.options
    title = int(options.get("title", 15))
    wanted = range(int(options.get("first_part", 0)), int(options.get("last_part", 10**6)) + 1)
    grouped: dict[tuple[str, str], list[Version]] = defaultdict(list)
    for version in versions:
        part = str(version.get("part") or "")
        if part.isdigit() and int(part) in wanted:
            grouped[part, str(version.get("amendment_date") or version.get("date"))].append(version)
    return tuple(
        _document(reach, answer, title, part, day, found)
        for (part, day), found in sorted(grouped.items(), key=lambda g: (g[0][1], g[0][0]))
    )


def _versions(reach: Reach, title: int, until: dt.date) -> tuple[list[Version], Answer]:
    """Return the versions of sections that were issued in the days asked for: every page, none twice."""
    found: dict[tuple[str, ...], Version] = {}
    page = 1
    while True:
        values: dict[str, str | int] = {"issue_date[gte]": reach.since.isoformat(), "issue_date[lte]": until.isoformat(), "page": page}
        url = f"{reach.source.address}/versions/title-{title}.json"
        answer = reach.caller.get(url, values, accept="application/json", check=_check_versions)
        body = answer.json()
        meta = body.get("meta") or {}
        pages, total = _number(meta.get("total_pages"), 1), _number(meta.get("result_count"), 0)
        before = len(found)
        found |= {
            tuple(str(v.get(k)) for k in ("identifier", "part", "type", "date", "issue_date", "removed")): v
            for v in body["content_versions"]
        }
        if len(found) == before or page >= min(pages, _MOST_PAGES):
            break
        page += 1
    if len(found) < total:
        raise BadInput(f"{reach.source.id}: the service counts {total:,} versions and gives {len(found):,}; nothing of these days is taken")
    return list(found.values()), answer


def _document(reach: Reach, answer: Answer, title: int, part: str, day: str, versions: list[Version]) -> Document:
    ordered = sorted(versions, key=lambda v: str(v.get("identifier")))
    sections = list(dict.fromkeys(str(v["identifier"]) for v in ordered if _SECTION.match(str(v.get("identifier") or ""))))
    others = list(dict.fromkeys(str(v["identifier"]) for v in ordered if v.get("identifier") and str(v["identifier"]) not in sections))
    removed = list(dict.fromkeys(str(v["identifier"]) for v in ordered if v.get("removed")))
    named = [f"§ {s}" for s in sections] + others
    shown = ", ".join(named[:6]) + (f" and {len(named) - 6} more" if len(named) > 6 else "")
    issued = sorted({str(v["issue_date"]) for v in ordered if v.get("issue_date")})
    facts = {
        "cfr": f"{title}:{part}",
        "part": part,
        "sections": " ".join(sections),
        "appendices": "; ".join(others),
        "removed": "; ".join(removed),
        "amendment_date": day,
        "effective_on": day,
        "issue_date": issued[-1] if issued else "",
        "substantive": "yes" if any(v.get("substantive") for v in ordered) else "no",
    }
    lines = [_line(v) for v in ordered]
    url = f"https://www.ecfr.gov/on/{day}/title-{title}/part-{part}"
    return document(
        replace(reach.origin(answer), url=url, key=f"{title}-{part}-{day}"),
        title=f"{title} CFR part {part} amended as of {day}: {shown}",
        text="\n".join(dict.fromkeys(lines)),
        published=day_of(issued[-1]) if issued else day_of(day),
        language="en",
        facts={k: v for k, v in facts.items() if v},
    )


def _line(version: Version) -> str:
    done = "removed" if version.get("removed") else "amended"
    return f"{version.get('name') or version.get('identifier')}: {done}{'' if version.get('substantive') else ', not in substance'}."


def _number(value: Any, otherwise: int) -> int:
    """Return a number that may be given as a string."""
    text = str(value if value is not None else "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else otherwise


def _check_titles(answer: Answer) -> None:
    body = answer.json()
    if not isinstance(body, dict) or not isinstance(body.get("titles"), list):
        raise TryAgain("answered without titles")


def _check_versions(answer: Answer) -> None:
    body = answer.json()
    if not isinstance(body, dict) or not isinstance(body.get("content_versions"), list):
        raise TryAgain("answered without versions")
