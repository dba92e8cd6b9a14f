"""The answer to one transaction, as people and programs receive it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel, ConfigDict, PrivateAttr


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CitationModel(_Frozen):
    """One source of one statement."""

    citation: str = ""
    title: str = ""
    document: str = ""
    url: str = ""
    basis: str = "primary"
    note: str = ""
    accessed: str | None = None


class RuleModel(_Frozen):
    """A rule that acts in the answer."""

    rule: str
    title: str
    citations: list[CitationModel]
    reason: str = ""
    lifted_by: list[str] = []
    note: str = ""
    overlay: str = ""


class ExceptionModel(_Frozen):
    """A license exception that was considered. ``available`` is None where that is not known."""

    exception: str
    available: bool | None
    why: str
    rule: str
    notice_days: int | None = None
    """Calendar days of notice before it may be used."""
    citations: list[CitationModel] = []


class ObligationModel(_Frozen):
    """A step that comes with the answer."""

    obligation: str
    rule: str
    citations: list[CitationModel] = []


class FlagModel(_Frozen):
    """A red flag that is raised."""

    flag: str
    rule: str
    number: int | None = None
    citations: list[CitationModel] = []


class DutyModel(_Frozen):
    """A duty on import that stands beside the answer."""

    duty: str
    rate: str
    rule: str
    headings: str = ""
    citations: list[CitationModel] = []


class MissingFact(_Frozen):
    """A fact some value of which changes the answer."""

    fact: str
    of: str
    decides: list[str]
    question: str
    state_as: str = ""
    note: str = ""


class Assumption(_Frozen):
    """What was taken as so because nothing was said."""

    assumption: str
    fact: str = ""
    value: Any = None
    citation: str = ""


class Determination(_Frozen):
    """One transaction, decided: the outcome, what it rests on, and what is not known."""

    id: str | None = None
    as_of: str
    outcome: str
    codified_outcome: str
    classification: list[str]
    stated_eccn: str | None = None
    review_policy: str | None
    possible_outcomes: list[str] = []
    possible_policies: list[str] = []
    """The review policies that are possible, where a license is required and the policy is not settled."""
    requirements: list[RuleModel]
    exceptions: list[ExceptionModel]
    review_rules: list[RuleModel] = []
    obligations: list[ObligationModel]
    red_flags: list[FlagModel]
    duties: list[DutyModel]
    screening: list[dict[str, Any]]
    missing_facts: list[MissingFact]
    open_questions: list[str]
    may_be_stale: list[str] = []
    """Rules it rests on that an official document amended after their review, in words; `open_questions` has them too."""
    assumptions: list[Assumption]
    conflict: dict[str, Any] | None = None
    notes: list[str] = []
    beyond_verified: bool
    pack: dict[str, Any]

    _trace: Any = PrivateAttr(default=None)
    _explain: Callable[[Determination], str] | None = PrivateAttr(default=None)

    @property
    def trace(self) -> dict[str, Any]:
        """Every rule that mattered, with each clause, the values it read and its truth."""
        return self._trace() if callable(self._trace) else {}

    def explain(self) -> str:
        """Return the answer and its trace as text."""
        return self._explain(self) if self._explain else self.model_dump_json(indent=1)

    def _repr_markdown_(self) -> str:
        return f"```\n{self.explain()}\n```"
