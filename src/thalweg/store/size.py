"""Whether the size of a copy is believable beside its neighbor in time.

Issuers publish broken files: the Consolidated Screening List once lost some 15,000 rows in a day
(https://github.com/InternationalTradeAdministration/developerportal/issues/146). The shares are declared here; no source gives them.
"""

from __future__ import annotations

from typing import Final

from thalweg.store.model import SizeRefused, Snapshot

SHARE_AT_ONCE: Final = 0.15
"""Share of its rows that a list may gain or lose from one day to the next; the largest single actions seen stay below it."""
SHARE_A_YEAR: Final = 0.60
"""What is added to that share for each year between the two copies."""
LOST_AT_MOST: Final = 0.60
"""Share that may be lost however long ago the neighbor was."""
ROWS_ANYWAY: Final = 25
"""Rows that a short list may gain or lose whatever their share."""


def check_size(list_id: str, rows: int, days: int, neighbor: Snapshot) -> None:
    """Refuse a copy that has lost or gained more than the declared share against its neighbor.

    Raises:
        SizeRefused: with both sizes, the share and what is allowed.
    """
    change = rows - neighbor.rows
    share = SHARE_AT_ONCE + SHARE_A_YEAR * days / 365
    if change < 0:
        share = min(share, LOST_AT_MOST)
    if abs(change) <= max(ROWS_ANYWAY, share * neighbor.rows) and rows > 0:
        return
    moved = f"{abs(change) / neighbor.rows:.0%} {'fewer' if change < 0 else 'more'}" if neighbor.rows else "after none"
    raise SizeRefused(
        f"{list_id}: {rows:,} rows, {moved} than the {neighbor.rows:,} of {neighbor.data_date} ({share:.0%} is allowed in {days:,} days); "
        "nothing was changed. If the list really has this size, say --accept-size"
    )
