"""Copies of lists, wordings of entries with the spans they were seen in, the log of loads, and reviewers' decisions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; decisions and the log of loads can be added to and not changed."""
    op.create_table(
        "list_snapshots",
        sa.Column("list", sa.Text, nullable=False),
        sa.Column("data_date", sa.Date, nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("fields", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("file", sa.Text, nullable=False),
        sa.Column("taken_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("list", "data_date", name="pk_list_snapshots"),
    )
    op.create_table(
        "list_entries",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("list", sa.Text, nullable=False),
        sa.Column("entry_id", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("listed_on", sa.Date),
        sa.Column("listed_basis", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_list_entries"),
        sa.UniqueConstraint("list", "entry_id", "hash", name="uq_list_entries_list_entry_id_hash"),
    )
    op.create_table(
        "list_spans",
        sa.Column("entry", sa.Integer, nullable=False),
        sa.Column("first_seen", sa.Date, nullable=False),
        sa.Column("gone", sa.Date),
        sa.Column("list", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("entry", "first_seen", name="pk_list_spans"),
        sa.ForeignKeyConstraint(["entry"], ["list_entries.id"], name="fk_list_spans_entry"),
        sa.CheckConstraint("gone IS NULL OR first_seen < gone", name=op.f("ck_list_spans_order")),
    )
    op.create_index("ix_list_spans_list_first_seen_gone", "list_spans", ["list", "first_seen", "gone"])
    op.create_table(
        "list_loads",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("list", sa.Text, nullable=False),
        sa.Column("data_date", sa.Date, nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("file", sa.Text, nullable=False),
        sa.Column("taken_at", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_list_loads"),
    )
    op.create_table(
        "dispositions",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("query", sa.Text, nullable=False),
        sa.Column("query_hash", sa.Text, nullable=False),
        sa.Column("list", sa.Text, nullable=False),
        sa.Column("entry_id", sa.Text, nullable=False),
        sa.Column("entry_hash", sa.Text, nullable=False),
        sa.Column("decision", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_dispositions"),
        sa.CheckConstraint("decision IN ('cleared', 'confirmed', 'withdrawn')", name=op.f("ck_dispositions_decision")),
    )
    op.create_index("ix_dispositions_query", "dispositions", ["query"])
    op.create_index("ix_dispositions_list_entry_id", "dispositions", ["list", "entry_id"])
    for table in ("list_loads", "dispositions"):
        _append_only(table)


def _append_only(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} can be added to and not changed'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {table}_only_grows() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} can be added to and not changed'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_only_grows()"
    )
