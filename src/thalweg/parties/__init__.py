"""Parties: who they are, whether they were listed on a day, and who owns them."""

from __future__ import annotations

from thalweg.parties.model import Hit, Hits, Level, ListSeen, NameMatch

__all__ = ["Hit", "Hits", "Level", "ListSeen", "NameMatch"]
