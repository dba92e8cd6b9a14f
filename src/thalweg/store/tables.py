"""The tables of the store.

A wording of an entry is kept once, and the copies it stood in as spans of data dates: `first_seen` is the first copy with it, `gone`
the first copy after that without it. An open span costs nothing when a further copy agrees, so a copy costs what changed.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

HEAD: Final = "0004"
KNOWN: Final = ("0001", "0002", "0003", "0004")
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

# ---------------------------------------------------------------- watch

documents = sa.Table(
    "watch_documents",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("published", sa.Date),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("extractor", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("text", sa.LargeBinary, nullable=False),
    sa.Index(None, "source", "at"),
)

events = sa.Table(
    "watch_events",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("family", sa.Text, nullable=False),
    sa.Column("day", sa.Integer, nullable=False),
    sa.Column("fused", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Index(None, "family", "day"),
    sa.Index(None, "fused"),
    sa.Index(None, "document"),
)

fused_events = sa.Table(
    "watch_fused",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("day", sa.Text, nullable=False),
    sa.Column("event_type", sa.Text, nullable=False),
    sa.Column("measure_type", sa.Text, nullable=False),
    sa.Column("certainty", sa.Text, nullable=False),
    sa.Column("first_at", sa.Text, nullable=False),
    sa.Column("changed_at", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Index(None, "day"),
)

states = sa.Table(
    "watch_states",
    metadata,
    sa.Column("fused", sa.Text, primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("starts", sa.Text, nullable=False),
    sa.Column("printed", sa.Boolean, nullable=False),
    sa.Index(None, "starts"),
)

marks = sa.Table(
    "watch_marks",
    metadata,
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, primary_key=True),
    sa.Column("day", sa.Text, primary_key=True),
    sa.Column("fused", sa.Text, primary_key=True),
    sa.Index(None, "fused"),
)

stale_rules = sa.Table(
    "watch_stale",
    metadata,
    sa.Column("rule", sa.Text, primary_key=True),
    sa.Column("document", sa.Text, primary_key=True),
    sa.Column("amended_on", sa.Text, nullable=False),
    sa.Column("reviewed", sa.Text, nullable=False),
    sa.Column("level", sa.Text, nullable=False),
    sa.Column("noted_at", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
)

pulls = sa.Table(
    "watch_pulls",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("good", sa.Boolean, nullable=False),
    sa.Column("through", sa.Text, nullable=False),
    sa.Column("documents", sa.Integer, nullable=False),
    sa.Column("fresh", sa.Integer, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Index(None, "source", "at"),
)

watermarks = sa.Table(
    "watch_watermarks",
    metadata,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("good_at", sa.Text, nullable=False),
    sa.Column("through", sa.Text, nullable=False),
    sa.Column("fresh_at", sa.Text, nullable=False),
    sa.Column("tried_at", sa.Text, nullable=False),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("first_at", sa.Text, nullable=False),
)

alerts = sa.Table(
    "watch_alerts",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("fused", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Index(None, "at"),
)

alerted = sa.Table(
    "watch_alerted",
    metadata,
    sa.Column("rule", sa.Text, primary_key=True),
    sa.Column("state", sa.Text, primary_key=True),
    sa.Column("event", sa.Text, primary_key=True),
    sa.Column("alert", sa.Text, nullable=False),
)

outbox = sa.Table(
    "watch_outbox",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("alert", sa.Text, nullable=False),
    sa.Column("outlet", sa.Text, nullable=False),
    sa.Column("made_at", sa.Text, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("next_at", sa.Text, nullable=False),
    sa.Column("sent_at", sa.Text),
    sa.Column("error", sa.Text, nullable=False),
    sa.Column("trying_at", sa.Text),
    sa.UniqueConstraint("alert", "outlet"),
    sa.Index(None, "sent_at", "next_at"),
)

mutes = sa.Table(
    "watch_mutes",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("fused", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("until", sa.Text, nullable=False),
    sa.Column("lifted_at", sa.Text),
)
