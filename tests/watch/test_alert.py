"""Which rules fire, and why; and what a file of rules may say."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from pydantic import ValidationError

from thalweg.watch.alert import Readied, fires, message
from thalweg.watch.alert_rules import AlertRule, AlertRules
from thalweg.watch.fuse import fuse
from thalweg.watch.link import link, marks
from thalweg.watch.model import Interests

SPEC = importlib.util.spec_from_file_location("told", Path(__file__).parent / "told.py")
told_by = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(told_by)
account = told_by.account

TOLD = account(
    "a",
    "US requires a license for H20 chips to China",
    measure_type="licence_requirement",
    certainty="company_filing",
    status="in_force",
    kind="filing",
    actors=[("Example Cloud JSC", "buyer")],
    items=[("H20", "NVIDIA H20", "3A090")],
    destination=["CN"],
)


@pytest.fixture
def fired(looked_up):
    (event,) = fuse([TOLD])
    marked = marks(event, link(event, (TOLD,), looked_up))

    def of(state="in_force", chips=None, portfolio=None, **keys):
        rule = AlertRule.model_validate({"name": "r", "send": ["terminal"], **keys})
        return fires(Readied(rule, chips or {}, {}, portfolio), event, marked, state)

    return of


def test_a_rule_without_keys_fires_for_every_event(fired):
    assert fired().why == ("every event",)


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        ({"measures": ["licence_requirement"]}, "measure is licence requirement"),
        ({"event_types": ["regulation"]}, "type is regulation"),
        ({"certainty": ["company_filing"]}, "certainty is company filing"),
        ({"states": ["in_force"]}, "state is in force"),
        ({"destinations": ["CN", "RU"]}, "goes to CN"),
        ({"imposers": ["US"]}, "by the authority of US"),
        ({"customers": ["Example Cloud, Inc"]}, None),
        ({"customers": ["EXAMPLE CLOUD JSC"]}, "names EXAMPLE CLOUD JSC as buyer"),
        ({"words": ["license for h20"]}, "says “license for h20”"),
        ({"official_only": True}, "told by the authority or a filing"),
        ({"measures": ["guidance"]}, None),
        ({"states": ["stayed"]}, None),
        ({"destinations": ["RU"]}, None),
        ({"rules": ["us-ear/744/*"]}, None),
        ({"words": ["weather"]}, None),
    ],
)
def test_each_key_narrows_and_says_how_it_fits(fired, keys, why):
    found = fired(**keys)
    assert (found.why if found else None) == ((why,) if why else None)


def test_all_keys_must_fit_and_each_is_named(fired):
    found = fired(products=["NVIDIA H20"], chips={"nvidia h20": "NVIDIA H20"}, destinations=["CN"], measures=["licence_requirement"])
    assert found.why == ("measure is licence requirement", "about NVIDIA H20", "goes to CN")
    assert fired(products=["NVIDIA H20"], chips={"nvidia h20": "NVIDIA H20"}, destinations=["RU"]) is None


def test_a_portfolio_narrows_to_what_touches_it(fired):
    assert fired(portfolio=Interests(chips={"nvidia h20": "H20"})).why == ("portfolio: is about H20",)
    assert fired(portfolio=Interests(chips={"nvidia h100": "H100"})) is None


def test_the_id_is_that_of_rule_event_and_state(fired):
    assert fired().id == fired().id
    assert fired().id != fired(state="stayed").id
    body = message(fired(destinations=["CN"]))
    assert (body["why"], body["sources"][0]["url"]) == (["goes to CN"], "https://example.com/a")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"rules": [{"name": "a"}]}, "send"),
        ({"rules": [{"name": "a", "send": ["desk"]}]}, "which is no outlet of the file"),
        ({"rules": [{"name": "a", "send": ["terminal"], "measure": ["guidance"]}]}, "Extra inputs"),
        ({"rules": [{"name": "a", "send": ["terminal"], "measures": ["guidances"]}]}, "Input should be"),
        ({"rules": [{"name": "A b", "send": ["terminal"]}]}, "match pattern"),
        ({"rules": [{"name": "a", "send": ["terminal"]}, {"name": "a", "send": ["terminal"]}]}, "two rules are named a"),
        ({"rules": [{"name": "a", "send": ["f"]}], "outlets": {"f": {}}}, "one of jsonl, rss, email and webhook"),
        ({"rules": [{"name": "a", "send": ["f"]}], "outlets": {"f": {"rss": "a", "jsonl": "b"}}}, "one of jsonl"),
        ({"rules": [{"name": "a", "kind": "silence", "send": ["terminal"], "destinations": ["CN"]}]}, "takes no destinations"),
        (
            {"rules": [{"name": "a", "send": ["m"]}], "outlets": {"m": {"email": {"to": ["a@b\nBcc: c@d"], "from": "a@b.c", "host": "h"}}}},
            "pattern",
        ),
        ({"rules": []}, "at least 1"),
        ("text", "valid dictionary"),
    ],
)
def test_what_a_file_of_rules_may_not_say(data, said):
    with pytest.raises(ValidationError, match=said):
        AlertRules.model_validate(data)
