"""Notices of the Ministry of Commerce of China."""
