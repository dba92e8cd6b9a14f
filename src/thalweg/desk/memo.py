"""A policy memo on two policies: what was compared, what is robust, what is fragile, and what the model does not know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from thalweg.briefs.scenario_memo_model import Memo, MemoSection
from thalweg.desk import memo_parts as parts
from thalweg.desk.memo_ask import MemoAsk
from thalweg.desk.memo_caveats import caveats
from thalweg.desk.memo_findings import fragile, robust, trade_off
from thalweg.desk.memo_front import lead, points
from thalweg.desk.memo_numbers import held, lessons, turns
from thalweg.desk.memo_past import past
from thalweg.desk.memo_responses import responses
from thalweg.desk.memo_sources import Cited
from thalweg.desk.packs import Overlays
from thalweg.desk.scenarios_asked import asked, policy_of
from thalweg.desk.simulate_compare_model import Comparison
from thalweg.desk.simulate_compare_text import middle_year
from thalweg.desk.simulate_text import foot
from thalweg.evidence import BadInput
from thalweg.pack.load import EMBEDDED
from thalweg.pack.policies_model import Policy


def memo_of(
    answer: Comparison,
    policies: Sequence[str | Path | Policy],
    *,
    set: Mapping[str, Any] | None = None,  # noqa: A002  (the word of the command)
    pack: str | Path | None = None,
    overlays: Overlays = (),
) -> Memo:
    """Return the memo on a comparison of two policies.

    Args:
        answer: the comparison; seed, runs and every other option are taken from it.
        policies: the two that were compared.
        set: as for the comparison.
        pack: as for the comparison.
        overlays: as for the comparison.

    Raises:
        BadInput: if there are not two policies, or the comparison is of others.
        PackError: if a policy or an overlay does not hold to its format.
    """
    if len(policies) != 2:
        raise BadInput(f"memo: it is on two policies, and {len(policies)} are named")
    a, b = (policy_of(name, pack=pack, overlays=overlays, set=set)[0] for name in policies)
    q = answer.asked
    same = {name: q[name] for name in ("runs", "seed", "dtype", "anchor", "set", "definition", "method")}
    question = asked(**same, pack=pack, overlays=overlays)
    compared = [(p["id"], p["sha256"]) for p in answer.policies]
    if compared != [(p.policy.id, p.policy.sha256) for p in (a, b)] or question.as_dict() != q:
        raise BadInput("memo: the comparison is of other policies, or under another pack or overlays")
    since = max(a.policy.starts, b.policy.starts)
    had = held(question, a, since), held(question, b, since)
    year = middle_year(answer)
    ask = MemoAsk(
        answer=answer,
        question=question,
        policies=(a, b),
        held=had,
        year=year,
        since=since,
        turned=turns(question, a, b, had),
        lessons=lessons(question, (a.policy.id, b.policy.id), had, year),
        past=past(EMBEDDED if pack is None else Path(pack)),
        cited=Cited(),
    )
    sections = tuple(_sections(ask))
    return Memo(
        title=f"Policy memo: {a.policy.title} against {b.policy.title}",
        date=answer.as_of,
        lead=lead(ask),
        points=tuple(points(ask, sections)),
        sections=sections,
        sources=ask.cited.rows,
        foot=(*foot(answer), "A model's reading of two sets of assumptions. It does not say what should be done."),
    )


def _sections(ask: MemoAsk) -> Iterator[MemoSection]:
    yield parts.question(ask)
    yield parts.compared(ask)
    yield robust(ask)
    yield fragile(ask)
    yield trade_off(ask)
    yield responses(ask)
    yield parts.learn(ask)
    yield parts.undone(ask)
    yield caveats(ask)
