"""The store: copies of lists over time, and what reviewers decided, in SQLite or PostgreSQL."""

from __future__ import annotations

from thalweg.store.encode import content_hash, query_hash, wording_hash
from thalweg.store.model import (
    AsOf,
    Changed,
    CopyConflict,
    CopyRefused,
    Coverage,
    Disposition,
    FieldChange,
    Judged,
    ListDiff,
    Loaded,
    NoEntry,
    NoStore,
    Recorded,
    Renamed,
    Review,
    ReviewRefused,
    Seen,
    SizeRefused,
    Snapshot,
    StoreError,
)
from thalweg.store.opening import location, open_store, shown_as
from thalweg.store.store import Store
from thalweg.store.watch_model import KeptEvent, Mute, Pull, RaisedAlert, Sending, StaleRule, TakenDocument, Watermark
from thalweg.store.watch_room import WatchRoom

__all__ = [
    "AsOf",
    "Changed",
    "CopyConflict",
    "CopyRefused",
    "Coverage",
    "Disposition",
    "FieldChange",
    "Judged",
    "KeptEvent",
    "ListDiff",
    "Loaded",
    "Mute",
    "NoEntry",
    "NoStore",
    "Pull",
    "RaisedAlert",
    "Recorded",
    "Renamed",
    "Review",
    "ReviewRefused",
    "Seen",
    "Sending",
    "SizeRefused",
    "Snapshot",
    "StaleRule",
    "Store",
    "StoreError",
    "TakenDocument",
    "WatchRoom",
    "Watermark",
    "content_hash",
    "location",
    "open_store",
    "query_hash",
    "shown_as",
    "wording_hash",
]
