"""The page on alert rules names every key there is, and the example of the how-to holds to the form."""

from __future__ import annotations

import re

import pytest
import yaml

from thalweg.watch import alert_rules
from thalweg.watch.alert import Readied, fires, message


@pytest.fixture(scope="module")
def page(root):
    return (root / "docs" / "reference" / "alert-rules.md").read_text(encoding="utf-8")


def named(page, head):
    table = page.partition(f"## {head}\n")[2].partition("\n## ")[0]
    return {name for cell in re.findall(r"^\| ([^|]*) \|", table, re.MULTILINE) for name in re.findall(r"`([^`]+)`", cell)}


def test_every_key_of_a_rule_and_of_an_outlet_is_in_its_table(page):
    assert named(page, "A rule") == set(alert_rules.AlertRule.model_fields)
    assert named(page, "An outlet") == set(alert_rules.Outlet.model_fields)
    keys = {f.alias or n for m in (alert_rules.Email, alert_rules.Webhook) for n, f in m.model_fields.items()}
    assert keys <= set(re.findall(r"`([a-z_]+)`", page.partition("## An outlet")[2]))


def test_every_field_of_an_alert_is_in_its_table(page):
    from thalweg.nouns.fused import Account
    from thalweg.nouns.news import Event
    from thalweg.watch.fuse import fuse

    event = Event("k", "d", "Head", "guidance", "guidance", "official_final", "in_force")
    (fused,) = fuse([Account(event, "s", "", "", "Head", "media", None)])
    fired = fires(Readied(alert_rules.AlertRule(name="r", send=["terminal"])), fused, (), "in_force")
    assert {*message(fired), "muted", "send"} == named(page, "An alert")


def test_the_example_of_the_how_to_holds_to_the_form(root):
    text = (root / "docs" / "how-to" / "files" / "news" / "alerts.yaml").read_text(encoding="utf-8")
    assert len(alert_rules.AlertRules.model_validate(yaml.safe_load(text)).rules) == 4
