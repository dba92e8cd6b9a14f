"""Documents of the watch and the log of pulls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from typing import Any

import sqlalchemy as sa

from thalweg.nouns.news import Document
from thalweg.store.news import document_digest, document_of, document_parts
from thalweg.store.tables import documents, pulls, watermarks
from thalweg.store.watch_model import Pull, TakenDocument, Watermark
from thalweg.store.wordings import chunks


class DocumentShelf:
    """Documents, each wording once, and how far every source was read."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def take(self, taken: Iterable[Document], *, at: str, extractor: str) -> list[TakenDocument]:
        """Keep documents; one whose last wording this is stays as it is, one with other content is kept beside it.

        An earlier wording that a source goes back to is the last one again.
        """
        last = {d.id: d for d in taken}  # a source may give a document twice in one answer
        known, newest = self._digests(last), self._newest_digests(last)
        done: list[TakenDocument] = []
        for document in last.values():
            digest = document_digest(document)
            before = known.get(document.id, set())
            if digest in newest.get(document.id, ()):
                done.append(TakenDocument(document, digest, "same"))
                continue
            if digest in before:
                again = (documents.c.id == document.id) & (documents.c.digest == digest)
                self._connection.execute(documents.update().where(again).values(at=at, extractor=extractor))
                done.append(TakenDocument(document, digest, "changed"))
                continue
            body, text = document_parts(document)
            row: dict[str, Any] = {"id": document.id, "digest": digest, "source": document.source, "published": document.published}
            row |= {"at": at, "extractor": extractor, "body": body, "text": text}
            self._connection.execute(documents.insert(), row)
            done.append(TakenDocument(document, digest, "changed" if before else "new"))
        return done

    def known(self, given: Iterable[Document]) -> set[str]:
        """Return the ids of those documents whose last wording is the one given."""
        wanted = {d.id: document_digest(d) for d in given}
        held = self._newest_digests(wanted)
        return {identity for identity, digest in wanted.items() if digest in held.get(identity, ())}

    def newest(self, ids: Iterable[str] | None = None, *, not_by: str | None = None) -> Iterator[Document]:
        """Yield the last wording of documents: of those named, else of all; only those that another extractor read, where one is named."""
        newest = sa.select(documents.c.id, sa.func.max(documents.c.at).label("at")).group_by(documents.c.id).subquery()
        asked = sa.select(documents.c.body, documents.c.text).join(
            newest, (documents.c.id == newest.c.id) & (documents.c.at == newest.c.at)
        )
        asked = asked.order_by(documents.c.id, documents.c.digest)
        if not_by is not None:
            asked = asked.where(documents.c.extractor != not_by)
        groups = [None] if ids is None else list(chunks(ids))
        for some in groups:
            for body, text in self._connection.execute(asked if some is None else asked.where(documents.c.id.in_(some))).all():
                yield document_of(body, text)

    def read_by(self, ids: Iterable[str], extractor: str) -> None:
        """Note by which version of the extractor documents were read last."""
        for some in chunks(ids):
            self._connection.execute(documents.update().where(documents.c.id.in_(some)).values(extractor=extractor))

    def count(self) -> int:
        """Return the number of documents."""
        return int(self._connection.execute(sa.select(sa.func.count(sa.distinct(documents.c.id)))).scalar_one())

    def _newest_digests(self, ids: Iterable[str]) -> dict[str, set[str]]:
        """Return the last wording of each document; all of those that came at one instant, as where a source gives an id twice."""
        found: dict[str, set[str]] = {}
        for some in chunks(ids):
            asked = sa.select(documents.c.id, documents.c.digest, documents.c.at).where(documents.c.id.in_(some))
            latest: dict[str, str] = {}
            for identity, digest, at in self._connection.execute(asked.order_by(documents.c.at.desc())):
                if latest.setdefault(identity, at) == at:
                    found.setdefault(identity, set()).add(digest)
        return found

    def _digests(self, ids: Iterable[str]) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for some in chunks(ids):
            for identity, digest in self._connection.execute(sa.select(documents.c.id, documents.c.digest).where(documents.c.id.in_(some))):
                found.setdefault(identity, set()).add(digest)
        return found

    # ---------------------------------------------------------------- pulls

    def pulled(self, pull: Pull) -> None:
        """Note a pull of a source, good or not: in the log, and in how far the source was read."""
        row = {"source": pull.source, "at": pull.at, "good": pull.good, "through": pull.through, "documents": pull.documents}
        self._connection.execute(pulls.insert(), row | {"fresh": pull.fresh, "note": pull.note})
        same = watermarks.c.source == pull.source
        held = self._connection.execute(sa.select(watermarks).where(same)).mappings().first()
        mark = Watermark(**held) if held else Watermark(pull.source, "", "", "", "", 0, "", pull.at)
        after = asdict(moved(mark, pull))
        self._connection.execute(watermarks.update().where(same).values(after) if held else watermarks.insert().values(after))

    def watermarks(self) -> tuple[Watermark, ...]:
        """Return how far each source was read, by source; `failures` counts the pulls that failed since the last good one."""
        asked = sa.select(watermarks).order_by(watermarks.c.source)
        return tuple(Watermark(**row) for row in self._connection.execute(asked).mappings())


def moved(mark: Watermark, pull: Pull) -> Watermark:
    """Return a watermark after one more pull."""
    if not pull.good:
        return replace(mark, tried_at=pull.at, failures=mark.failures + 1, note=pull.note)
    fresh = pull.at if pull.fresh else min(mark.fresh_at, pull.at)  # one noted by a clock that ran ahead is brought back
    through = max(mark.through, pull.through)
    return replace(mark, good_at=pull.at, through=through, fresh_at=fresh, tried_at=pull.at, failures=0, note=pull.note)
