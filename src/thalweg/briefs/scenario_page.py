"""Charts on one page that opens without a network: no script, nothing fetched."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

STYLE = (
    "body{margin:0;background:#f5f7f9;color:#1b2330;font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif}"
    "main{max-width:780px;margin:0 auto;padding:36px 20px 60px}h1{font-size:1.5rem;line-height:1.25}"
    "figure{margin:22px 0;background:#fff;border:1px solid #dde2e8;border-radius:8px;padding:10px;overflow-x:auto}"
    "svg{max-width:100%;height:auto;display:block}p{max-width:74ch}@media print{body{background:#fff}figure{break-inside:avoid}}"
)


def charts_page(title: str, lead: str, charts: Sequence[str], notes: Sequence[str] = ()) -> str:
    """Return the page.

    Args:
        title: heading and name of the page.
        lead: a sentence under it.
        charts: SVG texts as the charts of this package give them; they stand in the page as they are.
        notes: paragraphs below.
    """
    figures = "\n".join(f"<figure>{chart}</figure>" for chart in charts)
    below = "\n".join(f"<p>{escape(note)}</p>" for note in notes)
    return (
        "<!doctype html>\n"
        '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>\n"
        f"<body><main><h1>{escape(title)}</h1><p>{escape(lead)}</p>\n{figures}\n{below}\n</main></body></html>\n"
    )
