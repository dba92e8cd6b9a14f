"""The store: copies of lists over time, and what reviewers decided, in SQLite or PostgreSQL."""

from __future__ import annotations

from thalweg.store.encode import content_hash, query_hash
from thalweg.store.model import (
    AsOf,
    Changed,
    CopyConflict,
    CopyRefused,
    Coverage,
    Disposition,
    FieldChange,
    ListDiff,
    Loaded,
    NoStore,
    Renamed,
    Seen,
    SizeRefused,
    Snapshot,
    StoreError,
)
from thalweg.store.opening import location, open_store
from thalweg.store.store import Store

__all__ = [
    "AsOf",
    "Changed",
    "CopyConflict",
    "CopyRefused",
    "Coverage",
    "Disposition",
    "FieldChange",
    "ListDiff",
    "Loaded",
    "NoStore",
    "Renamed",
    "Seen",
    "SizeRefused",
    "Snapshot",
    "Store",
    "StoreError",
    "content_hash",
    "location",
    "open_store",
    "query_hash",
]
