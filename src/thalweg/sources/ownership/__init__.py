"""Ownership data: graphs of the contract, tables of holdings, GLEIF level 2, Open Ownership statements, FollowTheMoney entities."""

from __future__ import annotations

from thalweg.sources.ownership.contract import Asked, asked, listed_from
from thalweg.sources.ownership.listed import read_known, read_listed
from thalweg.sources.ownership.read import KINDS, begun, kind_of, read_graph
from thalweg.sources.ownership.records import Record, records

__all__ = ["KINDS", "Asked", "Record", "asked", "begun", "kind_of", "listed_from", "read_graph", "read_known", "read_listed", "records"]
