"""A policy memo as one self-contained page, and as Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files

from thalweg.briefs.render_markdown import safe
from thalweg.briefs.scenario_memo_model import Memo, MemoTable, Said


def render_memo_html(memo: Memo) -> str:
    """Return the page; every value is escaped, there is no script, and the page may fetch nothing."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined
    from markupsafe import Markup

    folder = files("thalweg.briefs") / "templates"

    def read(name: str) -> str:
        return (folder / name).read_text("utf-8")

    environment = Environment(loader=FunctionLoader(read), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["drawing"] = Markup  # charts are drawn by this package, every word in them escaped
    return environment.get_template("memo.html.j2").render(
        m=memo,
        style=Markup(read("briefing.css") + read("memo.css")),  # noqa: S704  (files of this package)
    )


def render_memo_markdown(memo: Memo) -> str:
    """Return the memo as Markdown in the order of the page; charts stand in it by their words alone."""
    lines = [f"# {safe(memo.title)}", "", f"Pack verified through {safe(memo.date)}.", "", f"**{safe(memo.lead)}**", ""]
    lines += [*(f"- **{safe(p.label)}:** {safe(p.text)}" for p in memo.points), ""]
    for section in memo.sections:
        lines += [f"## {safe(section.title)}", "", *(f"- {_said(s)}" for s in section.sentences), ""]
        for table in section.tables:
            lines += _table(table)
        if section.charts:
            lines += ["Charts of the page:", "", *(f"- {safe(c.caption)}" for c in section.charts), ""]
    lines += ["## Sources", "", *(f"{s.number}. {_source(s.citation, s.url, s.basis)}" for s in memo.sources), ""]
    lines += [*(f"- {safe(line)}" for line in memo.foot), ""]
    return "\n".join(lines)


def _said(said: Said) -> str:
    cited = f" [{', '.join(map(str, said.sources))}]" if said.sources else ""
    return safe(said.text + cited)


def _source(citation: str, url: str, basis: str) -> str:
    told = f" ({basis})" if basis else ""
    return f"{safe(citation + told)}{f' <{url}>' if url.startswith('https://') and not set(url) & set('<> ') else ''}"


def _table(table: MemoTable) -> Iterator[str]:
    yield from [f"### {safe(table.title)}", ""]
    if not table.rows:
        yield from [safe(table.none), ""]
        return
    yield "| " + " | ".join(map(safe, table.columns)) + " |"
    yield "|" + " --- |" * len(table.columns)
    yield from ("| " + " | ".join(map(_said, row)) + " |" for row in table.rows)
    yield ""
