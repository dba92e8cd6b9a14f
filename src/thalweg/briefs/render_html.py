"""The briefing as one self-contained page."""

from __future__ import annotations

from importlib.resources import files

from thalweg.briefs.heatmap import heatmap
from thalweg.briefs.model import Briefing
from thalweg.briefs.words import OUTCOMES, color, mark, usd, word


def render_html(briefing: Briefing) -> str:
    """Return the page; every value is escaped, and the page may fetch nothing."""
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"word": word, "mark": mark, "color": color, "usd": usd}
    source = (files("thalweg.briefs") / "templates" / "briefing.html.j2").read_text("utf-8")
    picture = Markup(heatmap(briefing))  # noqa: S704  (names are escaped where the picture is drawn)
    return environment.from_string(source).render(b=briefing, picture=picture, outcomes=list(OUTCOMES))
