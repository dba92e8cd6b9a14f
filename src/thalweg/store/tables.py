"""The tables of the store.

A wording of an entry is kept once, and the copies it stood in as spans of data dates: `first_seen` is the first copy with it, `gone`
the first copy after that without it. An open span costs nothing when a further copy agrees, so a copy costs what changed.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

HEAD: Final = "0002"
KNOWN: Final = ("0001", "0002")
"""Every version of the schema, oldest first; the last one is the head of the migrations."""
VERSION_TABLE: Final = "thalweg_version"

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

snapshots = sa.Table(
    "list_snapshots",
    metadata,
    sa.Column("list", sa.Text, primary_key=True),
    sa.Column("data_date", sa.Date, primary_key=True),
    sa.Column("rows", sa.Integer, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("fields", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("file", sa.Text, nullable=False),
    sa.Column("taken_at", sa.Text, nullable=False),
)

entries = sa.Table(
    "list_entries",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("list", sa.Text, nullable=False),
    sa.Column("entry_id", sa.Text, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("listed_on", sa.Date),
    sa.Column("listed_basis", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.UniqueConstraint("list", "entry_id", "hash"),
)

spans = sa.Table(
    "list_spans",
    metadata,
    sa.Column("entry", sa.Integer, sa.ForeignKey("list_entries.id"), primary_key=True),
    sa.Column("first_seen", sa.Date, primary_key=True),
    sa.Column("gone", sa.Date),
    sa.Column("list", sa.Text, nullable=False),
    sa.CheckConstraint("gone IS NULL OR first_seen < gone", name="order"),
    sa.Index(None, "list", "first_seen", "gone"),
)

loads = sa.Table(
    "list_loads",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("list", sa.Text, nullable=False),
    sa.Column("data_date", sa.Date, nullable=False),
    sa.Column("rows", sa.Integer, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("file", sa.Text, nullable=False),
    sa.Column("taken_at", sa.Text, nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
)

dispositions = sa.Table(
    "dispositions",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("query", sa.Text, nullable=False),
    sa.Column("query_hash", sa.Text, nullable=False),
    sa.Column("list", sa.Text, nullable=False),
    sa.Column("entry_id", sa.Text, nullable=False),
    sa.Column("entry_hash", sa.Text, nullable=False),
    sa.Column("decision", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.CheckConstraint("decision IN ('cleared', 'confirmed', 'withdrawn')", name="decision"),
    sa.Index(None, "query_hash"),
    sa.Index(None, "list", "entry_id"),
)
