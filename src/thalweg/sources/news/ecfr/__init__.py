"""Amended sections of the Export Administration Regulations."""
