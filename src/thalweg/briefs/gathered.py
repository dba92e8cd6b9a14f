"""What was gathered of the customers from outside the pack, as a briefing is handed it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from thalweg.briefs.model_parties import OwnersFound, RulePosture


@dataclass(frozen=True, slots=True)
class OwnersOn:
    """What holdings say of a customer from a day on: facts of the party, null where they are not known, and what pages show of it."""

    day: dt.date
    facts: Mapping[str, Any]
    found: OwnersFound


@dataclass(frozen=True, slots=True)
class Evidence:
    """Who owns the customers, by id, each from its earliest day on; entries of lists stand in the pack, under the names of the customers.

    ``rule`` is None where no holdings were read.
    """

    owners: Mapping[str, tuple[OwnersOn, ...]] = field(default_factory=dict)
    rule: RulePosture | None = None

    def on(self, customer: str, day: dt.date) -> OwnersOn | None:
        """Return what holdings say of a customer on a day: the latest of before, or the first there is."""
        steps = self.owners.get(customer, ())
        return next((s for s in reversed(steps) if s.day <= day), steps[0] if steps else None)


NOTHING = Evidence()
