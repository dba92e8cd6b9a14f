"""Titles and addresses of articles, from GDELT."""
