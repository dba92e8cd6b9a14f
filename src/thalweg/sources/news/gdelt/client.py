"""Titles and addresses of articles from GDELT: the window of time is halved while an answer is full."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from thalweg.evidence import BadInput
from thalweg.nouns.news import Document
from thalweg.sources.addresses import shown
from thalweg.sources.answers import TryAgain
from thalweg.sources.caller import Answer
from thalweg.sources.documents.origin import document
from thalweg.sources.news.pages import with_bodies
from thalweg.sources.news.reach import Batch, Reach

MOST: Final = 250
REACHES_BACK: Final = dt.timedelta(days=85)
"""The service answers for about three months."""
_NOTICE_WAIT: Final = 6.0
_SHORTEST: Final = dt.timedelta(minutes=15)
_NOTICE: Final = re.compile(r"limit requests|one every \d+ seconds|too many requests", re.IGNORECASE)
_CODES: Final = {
    "english": "en",
    "chinese": "zh",
    "german": "de",
    "french": "fr",
    "spanish": "es",
    "japanese": "ja",
    "korean": "ko",
    "dutch": "nl",
    "russian": "ru",
}


def pull(reach: Reach) -> Iterator[Batch]:
    """Yield the articles from a day on that the query of the source finds.

    Raises:
        BadInput: if the service cannot be read, or refuses the query.
    """
    begin = dt.datetime.combine(reach.since, dt.time(), dt.UTC)
    end = dt.datetime.combine(reach.until + dt.timedelta(days=1), dt.time(), dt.UTC) - dt.timedelta(seconds=1)
    oldest = end - REACHES_BACK
    note = f"the service answers for three months, so {begin.date()} to {oldest.date()} are missing" if begin < oldest else ""
    seen: dict[str, tuple[dict[str, Any], Answer]] = {}
    full = False
    for articles, answer, whole in _windows(reach, max(begin, oldest), end):
        full = full or not whole
        for article in articles:
            if isinstance(article, dict) and article.get("url"):
                seen.setdefault(str(article["url"]), (article, answer))
    if full:
        note = "; ".join(filter(None, (note, f"a quarter of an hour has more than {MOST} articles; narrow the query")))
    made = [_document(reach, article, answer) for article, answer in seen.values()]
    if reach.source.options.get("articles"):
        made = with_bodies(made, reach)
    yield Batch(tuple(made), reach.until.isoformat(), note, fresh=bool(made))


def documents(reach: Reach, answer: Answer) -> list[Document]:
    """Return the documents of one answer."""
    articles = [a for a in answer.json().get("articles", ()) if isinstance(a, dict) and a.get("url")]
    made = [_document(reach, article, answer) for article in articles]
    return with_bodies(made, reach) if reach.source.options.get("articles") else made


def answers_documents(url: str) -> bool:
    """Tell whether an address is of the service, rather than of an article."""
    return "mode=artlist" in url


def _windows(reach: Reach, begin: dt.datetime, end: dt.datetime) -> Iterator[tuple[list[Any], Answer, bool]]:
    """Yield the articles of windows that are not full, and whether they are all of their window."""
    values: dict[str, str | int] = {
        "query": str(reach.source.options.get("query", "")),
        "mode": "artlist",
        "format": "json",
        "maxrecords": MOST,
        "sort": "DateDesc",
        "startdatetime": f"{begin:%Y%m%d%H%M%S}",
        "enddatetime": f"{end:%Y%m%d%H%M%S}",
    }
    answer = reach.caller.get(reach.source.address, values, accept="application/json", check=_check)
    articles = list(answer.json().get("articles", ()))
    if len(articles) < MOST or end - begin <= _SHORTEST:
        yield articles, answer, len(articles) < MOST
        return
    middle = begin + (end - begin) // 2
    yield from _windows(reach, begin, middle.replace(microsecond=0))
    yield from _windows(reach, middle.replace(microsecond=0) + dt.timedelta(seconds=1), end)


def _check(answer: Answer) -> None:
    """Tell an answer from the notice to wait, and from the page that a query which is not understood is answered with.

    Raises:
        TryAgain: for the notice to wait, and for JSON that is broken off.
        BadInput: for a query that is refused.
    """
    text = answer.text().lstrip("\ufeff \r\n")
    if _NOTICE.search(text[:500]) and not text.startswith("{"):
        raise TryAgain("asks for fewer requests, with status 200", _NOTICE_WAIT)
    if not text.startswith("{"):
        raise BadInput(f"{shown(answer.url)}: refuses the query: {' '.join(re.sub('<[^>]*>', ' ', text[:500]).split())[:200]!r}")
    body = answer.json()
    if not isinstance(body.get("articles", []), list):
        raise TryAgain("answered without articles")


def _document(reach: Reach, article: dict[str, Any], answer: Answer) -> Document:
    seen = str(article.get("seendate") or "")
    try:
        day = dt.datetime.strptime(seen, "%Y%m%dT%H%M%SZ").replace(tzinfo=dt.UTC).date()
    except ValueError:
        day = None
    url, domain = str(article["url"]), str(article.get("domain") or "")
    facts = {"seen_at": seen, "domain": domain, "source_country": str(article.get("sourcecountry") or ""), "title_only": "yes"}
    return document(
        replace(reach.origin(answer), url=url, key=url, publisher=domain),
        title=str(article.get("title") or ""),
        text="",
        published=day,
        language=_CODES.get(str(article.get("language") or "").casefold(), ""),
        facts={k: v for k, v in facts.items() if v},
    )
