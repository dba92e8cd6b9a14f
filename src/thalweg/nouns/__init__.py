"""What several engines speak of."""

from __future__ import annotations

from thalweg.nouns.names import name_key
from thalweg.nouns.transaction import Item, Owner, Party, Throughput, Transaction

__all__ = ["Item", "Owner", "Party", "Throughput", "Transaction", "name_key"]
