"""What is known of each source, and the sources that a user names."""

from __future__ import annotations

import pytest

from thalweg.evidence import BadInput
from thalweg.sources.news import news_sources, read_sources


def test_every_shipped_source_states_its_cadence_volume_terms_and_limit():
    for source in news_sources().values():
        assert source.title
        assert source.terms
        assert source.volume is not None
        assert source.stale_after >= source.cadence
        assert source.client == "list_changes" or source.address.startswith("https://")
        assert not source.own


def test_those_that_need_a_contact_or_a_query_of_ones_own_are_not_on_by_default():
    assert [s.id for s in news_sources().values() if not s.default] == ["edgar", "gdelt"]


OWN = """
sources:
  trade-blog:
    feed: https://blog.example/rss.xml
    title: A blog on trade
    stale_after: 3 weeks
    articles: true
  ministry:
    index: https://ministry.example/news
    match: /news/\\d+
    kind: official
    language: nl
  clippings:
    folder: saved
  chips:
    gdelt: '"chip exports" sourcecountry:US'
  registers:
    federal_register:
      - {agencies: [foreign-assets-control-office]}
"""


def test_sources_of_the_user_are_read_with_their_defaults(tmp_path):
    (tmp_path / "sources.yaml").write_text(OWN)
    found = news_sources(tmp_path / "sources.yaml")
    blog, ministry = found["trade-blog"], found["ministry"]
    assert (blog.client, blog.title, blog.stale_after_hours, blog.kind, blog.options, blog.own) == (
        "feed",
        "A blog on trade",
        504,
        "media",
        {"articles": True},
        True,
    )
    assert (ministry.client, ministry.kind, ministry.options) == ("index", "official", {"match": "/news/\\d+"})
    assert found["clippings"].address == str(tmp_path / "saved")
    assert found["clippings"].kind == "file"
    assert (found["chips"].address, found["chips"].pause) == (found["gdelt"].address, 6)
    assert found["registers"].options["searches"] == [{"agencies": ["foreign-assets-control-office"]}]
    assert "federal_register" in found


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: [", "is not valid YAML"),
        ("- x", "begins with `sources:`"),
        ("sources: {}\nmore: 1", "begins with `sources:`"),
        ("sources: {Blog: {feed: https://a.example}}", "sources.Blog: an id begins with a small letter"),
        ("sources: {gdelt: {feed: https://a.example}}", "sources.gdelt: that id is taken"),
        ("sources: {blog: https://a.example}", "sources.blog: say where it is"),
        ("sources: {blog: {title: x}}", "has none of feed, page, index"),
        ("sources: {blog: {feed: https://a.example, page: https://b.example}}", "has feed and page; give one of them"),
        ("sources: {blog: {feed: https://a.example, stale: 1 day}}", "'stale' is no key"),
        ("sources: {blog: {feed: http://a.example/rss}}", "address 'http://a.example/rss': is not an https address"),
        ("sources: {blog: {feed: 5}}", "sources.blog.feed: is no text"),
        ("sources: {blog: {feed: https://a.example, cadence: often}}", "cadence: 'often' is no span; write it as"),
        ("sources: {blog: {feed: https://a.example, stale_after: 1 hour}}", "stale_after is under cadence"),
        ("sources: {blog: {index: https://a.example, match: '('}}", "match: is no regular expression"),
        ("sources: {blog: {feed: https://a.example, kind: gossip}}", "kind: should be 'official'"),
        ("sources: {blog: {feed: https://a.example, pause: -1}}", "pause: should be greater"),
        ("sources: {blog: &a {feed: https://a.example}, other: *a}", "an alias (*) is not taken"),
        ("sources: {blog: {feed: 'http://a.example/rss?api_key=HIDDEN'}}", "address 'http://a.example/rss?...': is not"),
        ("sources: !!python/object/apply:os.system ['true']", "is not valid YAML"),
    ],
)
def test_what_does_not_hold_to_the_form_is_said_with_the_place(tmp_path, text, says):
    path = tmp_path / "sources.yaml"
    path.write_text(text)
    with pytest.raises(BadInput) as caught:
        read_sources(path)
    assert says in str(caught.value)
    assert str(path) in str(caught.value)


def test_no_and_off_are_ids_like_others(tmp_path):
    path = tmp_path / "sources.yaml"
    path.write_text("sources:\n  no: {feed: https://a.example/rss}\n  off: {feed: https://b.example/rss, language: no}\n")
    found = read_sources(path)
    assert ([*found], found["off"].language) == (["no", "off"], "no")


def test_a_file_that_is_not_there_is_said(tmp_path):
    with pytest.raises(BadInput, match="cannot be read: No such file"):
        read_sources(tmp_path / "none.yaml")
