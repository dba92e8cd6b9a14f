"""Filings at the Securities and Exchange Commission that name export controls."""
