"""Decisions are found by the hash of the party asked about; the party itself, in full, is too long for an index of PostgreSQL."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Put an index on the hash in the place of the one on the party."""
    op.drop_index("ix_dispositions_query", table_name="dispositions")
    op.create_index("ix_dispositions_query_hash", "dispositions", ["query_hash"])
