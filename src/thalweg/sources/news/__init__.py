"""Sources of news: one folder for each with its metadata and its client; those that a user names are read from a file of theirs."""

from __future__ import annotations

from thalweg.sources.news.again import read_again
from thalweg.sources.news.catalogue import NewsSource, news_sources, read_sources
from thalweg.sources.news.pulling import Batch, Reach, pull

__all__ = ["Batch", "NewsSource", "Reach", "news_sources", "pull", "read_again", "read_sources"]
