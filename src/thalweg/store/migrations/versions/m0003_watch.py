"""The watch: documents and pulls, events as told and as fused, rules that may be stale, alerts with their outbox, and mutes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of the watch."""
    _read()
    _known()
    _told()


def _read() -> None:
    """Documents, the events that each tells of, and the log of pulls."""
    op.create_table(
        "watch_documents",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("published", sa.Date),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("extractor", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("text", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", "digest", name="pk_watch_documents"),
    )
    op.create_index("ix_watch_documents_source_at", "watch_documents", ["source", "at"])
    op.create_table(
        "watch_events",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("family", sa.Text, nullable=False),
        sa.Column("day", sa.Integer, nullable=False),
        sa.Column("fused", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_watch_events"),
    )
    op.create_index("ix_watch_events_family_day", "watch_events", ["family", "day"])
    op.create_index("ix_watch_events_fused", "watch_events", ["fused"])
    op.create_index("ix_watch_events_document", "watch_events", ["document"])
    op.create_table(
        "watch_pulls",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("good", sa.Boolean, nullable=False),
        sa.Column("through", sa.Text, nullable=False),
        sa.Column("documents", sa.Integer, nullable=False),
        sa.Column("fresh", sa.Integer, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_watch_pulls"),
    )
    op.create_index("ix_watch_pulls_source_at", "watch_pulls", ["source", "at"])


def _known() -> None:
    """Events as all accounts tell them, their states, what they touch, and rules that may be stale."""
    op.create_table(
        "watch_fused",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("day", sa.Text, nullable=False),
        sa.Column("event_type", sa.Text, nullable=False),
        sa.Column("measure_type", sa.Text, nullable=False),
        sa.Column("certainty", sa.Text, nullable=False),
        sa.Column("first_at", sa.Text, nullable=False),
        sa.Column("changed_at", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_watch_fused"),
    )
    op.create_index("ix_watch_fused_day", "watch_fused", ["day"])
    op.create_table(
        "watch_states",
        sa.Column("fused", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("starts", sa.Text, nullable=False),
        sa.Column("printed", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("fused", "position", name="pk_watch_states"),
    )
    op.create_index("ix_watch_states_starts", "watch_states", ["starts"])
    op.create_table(
        "watch_marks",
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("day", sa.Text, nullable=False),
        sa.Column("fused", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("kind", "value", "day", "fused", name="pk_watch_marks"),
    )
    op.create_index("ix_watch_marks_fused", "watch_marks", ["fused"])
    op.create_table(
        "watch_stale",
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("amended_on", sa.Text, nullable=False),
        sa.Column("reviewed", sa.Text, nullable=False),
        sa.Column("level", sa.Text, nullable=False),
        sa.Column("noted_at", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("rule", "document", name="pk_watch_stale"),
    )


def _told() -> None:
    """Alerts, what each has been raised for, what is still to be sent, and what is muted."""
    op.create_table(
        "watch_alerts",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("fused", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_watch_alerts"),
    )
    op.create_index("ix_watch_alerts_at", "watch_alerts", ["at"])
    op.create_table(
        "watch_alerted",
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("alert", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("rule", "state", "event", name="pk_watch_alerted"),
    )
    op.create_table(
        "watch_outbox",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("alert", sa.Text, nullable=False),
        sa.Column("outlet", sa.Text, nullable=False),
        sa.Column("made_at", sa.Text, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("next_at", sa.Text, nullable=False),
        sa.Column("sent_at", sa.Text),
        sa.Column("error", sa.Text, nullable=False),
        sa.UniqueConstraint("alert", "outlet", name="uq_watch_outbox_alert_outlet"),
        sa.PrimaryKeyConstraint("id", name="pk_watch_outbox"),
    )
    op.create_index("ix_watch_outbox_sent_at_next_at", "watch_outbox", ["sent_at", "next_at"])
    op.create_table(
        "watch_mutes",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("fused", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("until", sa.Text, nullable=False),
        sa.Column("lifted_at", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_watch_mutes"),
    )
