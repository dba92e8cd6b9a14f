"""Knowledge packs: policy as dated, cited data."""

from __future__ import annotations

from thalweg.pack.load import load_pack
from thalweg.pack.model import Doubtful, Fact, Listing, Membership, Pack, PackStamp, PartySet, ReasonRow, Rule, Version

__all__ = ["Doubtful", "Fact", "Listing", "Membership", "Pack", "PackStamp", "PartySet", "ReasonRow", "Rule", "Version", "load_pack"]
