"""The page of the sources shows what is known of them."""

from __future__ import annotations

import re

import yaml

from thalweg.sources.news import news_sources, read_sources


def span(delta):
    days = delta.total_seconds() / 86_400
    return f"{days:g} day{'' if days == 1 else 's'}"


def test_every_shipped_source_stands_in_the_table_with_its_numbers(root):
    page = (root / "docs" / "reference" / "news-sources.md").read_text(encoding="utf-8").partition("## How each is read")[0]
    rows = {r[1]: r for r in (re.split(r"\s*\|\s*", line) for line in page.splitlines() if line.startswith("| `"))}
    for source in news_sources().values():
        _, _, _, kind, cadence, stale, volume, default, _ = rows[f"`{source.id}`"]
        assert (kind, cadence, stale) == (source.kind, span(source.cadence), span(source.stale_after))
        assert volume == f"{source.volume.min} to {source.volume.max:,}"
        assert default.startswith("yes" if source.default else "no")


def test_the_sources_that_the_how_to_shows_are_read(root, tmp_path):
    page = (root / "docs" / "how-to" / "pull-news.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    (tmp_path / "sources.yaml").write_text(shown, encoding="utf-8")
    found = read_sources(tmp_path / "sources.yaml")
    assert set(found) == set(yaml.safe_load(shown)["sources"])
