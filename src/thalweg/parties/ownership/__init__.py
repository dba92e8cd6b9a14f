"""Ownership: who is covered by a rule because of who owns it."""

from __future__ import annotations

from thalweg.parties.ownership.attribute import attribute_ownership
from thalweg.parties.ownership.model import STATUSES, OwnershipStatus, Status

__all__ = ["STATUSES", "OwnershipStatus", "Status", "attribute_ownership"]
