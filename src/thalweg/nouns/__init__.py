"""What several engines speak of."""

from __future__ import annotations

from thalweg.nouns.listing import LIST_IDS, Identifier, IdentifierKind, ListCopy, ListedBasis, ListEntry, PartyType
from thalweg.nouns.names import name_key
from thalweg.nouns.transaction import Item, Owner, Party, Throughput, Transaction

__all__ = [
    "LIST_IDS",
    "Identifier",
    "IdentifierKind",
    "Item",
    "ListCopy",
    "ListEntry",
    "ListedBasis",
    "Owner",
    "Party",
    "PartyType",
    "Throughput",
    "Transaction",
    "name_key",
]
