"""Three-valued (Kleene) truth as small integers.

``FALSE < UNKNOWN < TRUE``, so that AND is ``min``, OR is ``max`` and NOT is ``TRUE - x``,
for one value and for a NumPy ``uint8`` column alike.
"""

from __future__ import annotations

from typing import Final

FALSE: Final = 0
UNKNOWN: Final = 1
TRUE: Final = 2

_NAMES = ("false", "unknown", "true")


def kleene_name(value: int) -> str:
    """Name a truth value for people: ``false``, ``unknown`` or ``true``."""
    return _NAMES[value]
