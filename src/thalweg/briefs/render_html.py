"""The briefing as one self-contained page."""

from __future__ import annotations

from importlib.resources import files
from typing import Final

from thalweg.briefs import firm_words, news_words, party_words, words
from thalweg.briefs.captions import captions
from thalweg.briefs.glossary import terms
from thalweg.briefs.grouping import group_cells
from thalweg.briefs.heatmap import days, heatmap
from thalweg.briefs.model import HELD, Briefing
from thalweg.briefs.tables import HOLDS, notes, review_line

_SECTIONS: Final[tuple[tuple[str, str], ...]] = (
    ("matrix", "Products and destinations"),
    ("deals", "Deals"),
    ("counterparties", "Counterparties"),
    ("changed", "What changed"),
    ("coming", "What is coming"),
    ("policies", "Under policies"),
    ("news", "What happened"),
    ("time", "Over time"),
    ("facts", "Facts to collect"),
    ("licenses", "Licenses held"),
    ("grounds", "Why: each verdict"),
    ("cases", "Why: each deal"),
    ("steps", "Steps"),
    ("unknown", "Not known"),
    ("words", "Words"),
    ("method", "Method"),
)
_OPTIONAL: Final = ("licenses", "policies", "news")
_FILTERS: Final = (
    *("word", "short", "mark", "color", "plain", "review", "kind", "basis", "state", "usd", "millions"),
    *("turn", "same_touch", "decides", "fit", "drawn", "on_condition", "notify", "hit_word"),
)


def render_html(briefing: Briefing) -> str:
    """Return the page; every value is escaped, and the page may fetch nothing."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined
    from markupsafe import Markup

    folder = files("thalweg.briefs") / "templates"

    def read(name: str) -> str:
        return (folder / name).read_text("utf-8")

    environment = Environment(loader=FunctionLoader(read), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {name: getattr(words, name) for name in _FILTERS}
    environment.filters |= {
        "sold": lambda sales: words.names(sales, briefing),
        "place": lambda code: briefing.places.get(code, code),
        "notes": notes,
        "review_line": review_line,
        "holds": HOLDS.__getitem__,
        "standing": party_words.standing,
        "found": party_words.found,
        "owners": party_words.owners,
        "ask": party_words.ask,
        "days": lambda span: days(span.first, span.last),
    }
    groups = group_cells(briefing.matrix)
    numbers = {(cell.product, cell.place): n for n, (_, cells) in enumerate(groups, 1) for cell in cells}
    return environment.get_template("briefing.html.j2").render(
        b=briefing,
        total=sum(briefing.headline.values()),
        places=list(dict.fromkeys(c.place for c in briefing.matrix)),
        rows=[(p, [(c, numbers[c.product, c.place]) for c in briefing.matrix if c.product == p]) for p in briefing.products],
        groups=groups,
        looked_at=list(party_words.looked_at(briefing.counterparties)),
        rule_line=party_words.rule,
        customers={c.name: n for n, c in reversed([*enumerate(briefing.counterparties.rows, 1)])},
        said=captions(briefing),
        held=HELD,
        overlays={o["id"]: words.kind(o["kind"]) for o in briefing.overlays},
        sections=[s for s in _SECTIONS if not (s[0] in _OPTIONAL and not getattr(briefing, s[0]))],
        firm=firm_words,
        news=news_words,
        outcomes=shown_outcomes(briefing),
        heat=heatmap(briefing),
        denial=words.DENIAL,
        terms=terms(briefing),
        style=Markup(read("briefing.css")),  # noqa: S704  (a file of this package)
        script=Markup(read("briefing.js")),  # noqa: S704  (a file of this package)
    )


def shown_outcomes(briefing: Briefing) -> list[str]:
    """Return the outcomes that the pictures show, in their order."""
    seen = {HELD if s.held else s.outcome for row in briefing.heat for s in row.spans} | {c.verdict.shown for c in briefing.matrix}
    return [o for o in words.OUTCOMES if o in seen]
