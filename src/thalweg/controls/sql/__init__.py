"""The rulebook as SQL for a warehouse, and transactions as the tables that it reads."""

from __future__ import annotations

from thalweg.controls.sql.dialects import DIALECTS
from thalweg.controls.sql.frame import Tables, facts_frame
from thalweg.controls.sql.script import compile_sql

__all__ = ["DIALECTS", "Tables", "compile_sql", "facts_frame"]
