"""Parties: who they are, whether they were listed on a day, and who owns them."""
