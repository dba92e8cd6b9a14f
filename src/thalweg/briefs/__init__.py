"""Portfolios and the briefing made from them."""

from __future__ import annotations

from thalweg.briefs.brief import brief
from thalweg.briefs.model import Briefing
from thalweg.briefs.portfolio import read_portfolio
from thalweg.briefs.portfolio_rows import Portfolio
from thalweg.briefs.write import write_briefing

__all__ = ["Briefing", "Portfolio", "brief", "read_portfolio", "write_briefing"]
