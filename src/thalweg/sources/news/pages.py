"""Pages by their address: one page whose text is watched, or an index whose articles are read; and the article that an entry links to."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final
from urllib.parse import urldefrag, urljoin, urlsplit

from thalweg.evidence import BadInput
from thalweg.nouns.news import Document
from thalweg.sources.addresses import shown, without_secrets
from thalweg.sources.caller import Answer
from thalweg.sources.documents import read_document
from thalweg.sources.news.reach import Batch, Reach

MOST: Final = 50
"""Articles of one index, or of one feed, that are fetched in one pull."""
_ARTICLE: Final = dt.timedelta(days=1)
"""Articles are asked for again once a day at most; their index or feed at every pull."""
_HREF: Final = re.compile(r"""<a\b[^<>]{0,2000}?\bhref\s*=\s*(?:"([^"]{1,2000})"|'([^']{1,2000})'|([^\s>"']{1,2000}))""", re.IGNORECASE)


def pull(reach: Reach) -> Iterator[Batch]:
    """Yield the document of a page, or those of the articles that an index links to by the pattern of the source.

    Raises:
        BadInput: if the page or the index cannot be read, or an index links to nothing that the pattern fits or to no readable article.
    """
    answer = reach.caller.get(reach.source.address, again=True)
    if reach.source.client == "page":
        made = documents(reach, answer)
        yield Batch(tuple(made), reach.until.isoformat(), _cut(answer), fresh=not answer.unchanged)
        return
    links = links_of(answer, str(reach.source.options.get("match", "")))
    if not links:
        raise BadInput(f"{shown(reach.source.address)}: links to nothing that `match` fits; has the page changed?")
    most = int(reach.source.options.get("most", MOST))
    found: list[Document] = []
    failed: list[str] = []
    for link in links[:most]:
        try:
            article = reach.caller.get(link, again=True, fresh_for=_ARTICLE)
            found += documents(reach, article)
        except BadInput as error:
            failed.append(str(error))
    if failed and not found:
        raise BadInput(f"{shown(reach.source.address)}: of {len(failed)} articles none can be read; the first: {failed[0]}")
    notes = [_cut(answer)]
    if failed:
        notes.append(f"{len(failed)} of {min(len(links), most)} articles could not be read; the first: {failed[0]}")
    if len(links) > most:
        notes.append(f"{len(links) - most} links beyond the first {most} were not followed")
    yield Batch(tuple(found), reach.until.isoformat(), "; ".join(filter(None, notes)))


def documents(reach: Reach, answer: Answer) -> list[Document]:
    """Return the document of a page, under its address; under a hash of it where what is asked in it may be a secret."""
    key = answer.url
    if without_secrets(key) != key:
        key = f"{shown(key)}#{hashlib.sha256(key.encode()).hexdigest()[:16]}"
    return read_document(answer.data, replace(reach.origin(answer), key=key))


def links_of(answer: Answer, match: str = "") -> list[str]:
    """Return the addresses on the same host that a page links to, in its order, each once; those that a pattern is found in."""
    import html

    wanted = re.compile(match) if match else None
    host = urlsplit(answer.url).netloc
    found: dict[str, None] = {}
    for groups in _HREF.findall(answer.text()):
        try:
            link = urldefrag(urljoin(answer.url, html.unescape(next(filter(None, groups))).strip())).url
            parts = urlsplit(link)
        except ValueError:
            continue
        if parts.netloc == host and parts.scheme in ("http", "https") and link != answer.url and (wanted is None or wanted.search(link)):
            found.setdefault(link.replace("http://", "https://", 1) if answer.url.startswith("https://") else link)
    return list(found)


def with_bodies(documents: Sequence[Document], reach: Reach) -> list[Document]:
    """Return documents with the body of the article that each links to, where it says more; where it cannot be read, with the reason."""
    made: list[Document] = []
    for number, found in enumerate(documents):
        if number >= int(reach.source.options.get("most", MOST)) or not found.url:
            made.append(found)
            continue
        try:
            answer = reach.caller.get(reach.caller.secure(found.url), again=True, fresh_for=_ARTICLE, or_last=True)
            body = read_document(answer.data, replace(reach.origin(answer), title=found.title))[0]
        except BadInput as error:
            made.append(replace(found, facts=dict(found.facts) | {"text_note": f"the article could not be read: {error}"}))
            continue
        if len(body.text) <= len(found.text):
            made.append(found)
            continue
        facts = {k: v for k, v in found.facts.items() if k != "title_only"} | ({"note": body.facts["note"]} if "note" in body.facts else {})
        made.append(
            replace(found, text=body.text, reader=body.reader, sha256=body.sha256, cut=body.cut, language=body.language, facts=facts)
        )
    return made


def _cut(answer: Answer) -> str:
    return f"the page goes on beyond {len(answer.data):,} bytes and was cut" if answer.cut else ""
