"""How far each source was read, a row each, since the log of pulls grows with every round; and alerts that are on their way."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table and fill it from the log; and a place for when an alert set out."""
    op.add_column("watch_outbox", sa.Column("trying_at", sa.Text))
    made = op.create_table(
        "watch_watermarks",
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("good_at", sa.Text, nullable=False),
        sa.Column("through", sa.Text, nullable=False),
        sa.Column("fresh_at", sa.Text, nullable=False),
        sa.Column("tried_at", sa.Text, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("first_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("source", name="pk_watch_watermarks"),
    )
    names = ("good_at", "through", "fresh_at", "tried_at", "failures", "note", "first_at")
    marks: dict[str, dict[str, str | int]] = {}
    log = sa.text("SELECT source, at, good, through, fresh, note FROM watch_pulls ORDER BY id")
    for pull in op.get_bind().execute(log):
        was = marks.setdefault(pull.source, dict.fromkeys(names, "") | {"failures": 0, "first_at": pull.at})
        was |= {"tried_at": pull.at, "note": pull.note}
        if pull.good:
            was |= {"good_at": pull.at, "through": max(str(was["through"]), pull.through), "failures": 0}
            was |= {"fresh_at": pull.at} if pull.fresh else {}
        else:
            was["failures"] = int(was["failures"]) + 1
    if marks:
        op.bulk_insert(made, [{"source": source, **mark} for source, mark in marks.items()])
