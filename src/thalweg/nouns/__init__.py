"""What several engines speak of."""

from __future__ import annotations

from thalweg.nouns.listing import LIST_IDS, Identifier, IdentifierKind, ListCopy, ListedBasis, ListEntry, PartyType
from thalweg.nouns.names import name_key
from thalweg.nouns.news import Actor, Amount, Document, Event, EventCountries, EventItem, Quantity
from thalweg.nouns.ownership import ListedAs, OwnedParty, OwnershipEdge, OwnershipGraph, Share
from thalweg.nouns.transaction import Item, Owner, Party, Throughput, Transaction

__all__ = [
    "LIST_IDS",
    "Actor",
    "Amount",
    "Document",
    "Event",
    "EventCountries",
    "EventItem",
    "Identifier",
    "IdentifierKind",
    "Item",
    "ListCopy",
    "ListEntry",
    "ListedAs",
    "ListedBasis",
    "OwnedParty",
    "Owner",
    "OwnershipEdge",
    "OwnershipGraph",
    "Party",
    "PartyType",
    "Quantity",
    "Share",
    "Throughput",
    "Transaction",
    "name_key",
]
