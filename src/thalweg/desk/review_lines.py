"""Reviewers' decisions from files, one a line: CSV or JSON Lines. A bad line becomes an error record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, TextIO

from thalweg.desk.list_taking import one_list
from thalweg.desk.records import Line, read_records
from thalweg.desk.review_answers import DECISIONS
from thalweg.desk.review_party import described, hash_of
from thalweg.evidence import BadInput, nearest, parse_date
from thalweg.parties.query import FIELDS, Query, day_of

if TYPE_CHECKING:
    from thalweg.store import Review

OF_A_DECISION: Final = ("list", "entry_id", "decision", "reason", "who", "when")
_NEEDED: Final = ("list", "entry_id", "decision", "reason")


def read_lines(source: TextIO, kind: str) -> Iterator[Line]:
    """Yield every line of a file of kind ``jsonl`` or ``csv``: the fields of a party, and list, entry_id, decision, reason, who, when.

    Raises:
        BadInput: if a CSV file has no header that names these columns.
    """
    known = tuple(f for f in (*FIELDS, *OF_A_DECISION) if f != "names")
    yield from read_records(
        source, kind, known=known, needed=("name", *_NEEDED), what="a decision is an object with name, list and entry_id"
    )


def read_review(
    record: Mapping[str, Any],
    read: Callable[[Mapping[str, Any]], Query],
    *,
    who: str | None = None,
    date: str | dt.date | None = None,
    replace: bool = False,
) -> Review:
    """Read a decision and the party that it is on.

    Args:
        record: the fields of the party, and those of the decision.
        read: reads the party.
        who: the reviewer, where the record names none.
        date: the day whose wording of the entry was looked at, where the record names none.
        replace: let it overturn a decision that stands.

    Raises:
        BadInput: if a field is missing, unknown or cannot be read.
    """
    from thalweg.store import Review

    for field in record:
        if field not in (*FIELDS, *OF_A_DECISION):
            known = (*FIELDS, *OF_A_DECISION)
            raise BadInput(f"unknown field {field!r}{nearest(str(field), known)} (known are {', '.join(known)})")
    stated = {name: _text(record, name) for name in OF_A_DECISION if name != "when"}
    stated["who"] = stated["who"] or (who or "").strip()
    for name in (*_NEEDED, "who"):
        if not stated[name]:
            raise BadInput(f"{name}: is not stated; a decision names list, entry_id, decision, reason and who")
    query = read({name: value for name, value in record.items() if name in FIELDS})
    own = day_of(record, None)
    return Review(
        query=described(query),
        query_hash=hash_of(query),
        list=list_of(stated["list"]),
        entry_id=stated["entry_id"],
        decision=_decision(stated["decision"]),
        reason=stated["reason"],
        who=stated["who"],
        when=_instant(record.get("when")),
        date=own or (None if date in (None, "") else parse_date(date)),
        replace=replace,
    )


def list_of(text: str) -> str:
    """Return the id of a list, by which a hit may name a program of it too: ``sdn:NPWMD`` is of ``sdn``.

    Raises:
        BadInput: if it is not one.
    """
    return one_list(text.partition(":")[0].strip())


def _decision(text: str) -> Any:
    if text not in DECISIONS:
        raise BadInput(f"decision: {text!r} is none; use {', '.join(DECISIONS)}{nearest(text, DECISIONS)}")
    return text


def _text(record: Mapping[str, Any], field: str) -> str:
    value = record.get(field)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise BadInput(f"{field}: should be text, not {type(value).__name__}")
    return str(value).strip()


def _instant(value: Any) -> dt.datetime | None:
    if value in (None, ""):
        return None
    if isinstance(value, str):
        try:
            value = dt.datetime.fromisoformat(value.strip())
        except ValueError:
            raise BadInput(f"when: {value!r} is no instant; write it as 2026-08-01T10:00:00+02:00") from None
    if not isinstance(value, dt.datetime):
        raise BadInput(f"when: should be an instant, not {type(value).__name__}")
    if value.tzinfo is None:
        raise BadInput(f"when: {value.isoformat()} states no time zone; write it as 2026-08-01T10:00:00+02:00")
    return value
