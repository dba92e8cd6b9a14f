from __future__ import annotations

import datetime as dt
import re

import pytest

import thalweg as tw
from thalweg.briefs import brief, read_portfolio, write_briefing
from thalweg.briefs.judge import rests_on
from thalweg.briefs.model import Sale
from thalweg.briefs.render_html import render_html
from thalweg.briefs.render_markdown import render_markdown
from thalweg.briefs.render_terminal import render_terminal
from thalweg.briefs.words import turn
from thalweg.controls import decide, rulebook, to_local_buyer
from thalweg.evidence import BadInput
from thalweg.pack.overlay import overlay

DATE = dt.date(2026, 11, 25)
EXPORTER = {"name": "Meander Silicon, Inc.", "country": "US"}


@pytest.fixture(scope="module")
def held(examples):
    return read_portfolio(examples / "gpu-designer" / "portfolio.toml")


@pytest.fixture(scope="module")
def laid(pack, held):
    return overlay(pack, *held.overlays)


def at_the_top(briefing):
    return [briefing.lead, *(p.text for p in briefing.points)]


def row(briefing, identity):
    return next(d for d in briefing.deals if d.id == identity)


def test_the_listed_customer_of_the_chip_designer_is_not_cleared(designer):
    smic = row(designer, "D-5")
    assert smic.verdict.outcome == "license_required"
    assert smic.verdict.policy == "presumption_of_denial"
    assert "Entity List" in smic.listed[0].text
    assert any("Semiconductor Manufacturing International Corporation (D-5)" in line for line in at_the_top(designer))


def test_each_deal_is_decided_as_decide_does(designer, held, laid):
    customers = {c.id: c for c in held.customers}
    items = {p.id: p.item for p in held.products}
    book = rulebook(laid)
    assert len(designer.deals) == len(held.deals)
    for deal in held.deals:
        customer = customers[deal.customer]
        asked = {
            "id": deal.id, "date": deal.date, "item": items[deal.product], "quantity": deal.quantity, "value_usd": deal.value_usd,
            "from": "US", "to": customer.country, "exporter": EXPORTER, "parties": [customer.model_dump(exclude={"id"}, exclude_none=True)],
        }  # fmt: skip
        answer, shown = decide(book, asked), row(designer, deal.id)
        assert (shown.verdict.outcome, shown.verdict.policy) == (answer.outcome, answer.review_policy)
        assert shown.verdict.codified_outcome == answer.codified_outcome
        assert [c.text for c in shown.verdict.why] == [r.title for r in answer.requirements]
        assert [m.question for m in shown.missing] == [m.question for m in answer.missing_facts]
        assert shown.trace == answer.explain()


def test_every_month_of_the_heatmap_is_what_decide_says(designer, held, laid):
    items = {p.id: p.item for p in held.products}
    book = rulebook(laid)
    for line in designer.heat[::7]:
        for month, outcome, policy in list(zip(designer.months, line.outcomes, line.policies, strict=True))[::5]:
            day = dt.date.fromisoformat(f"{month}-01")
            answer = decide(book, to_local_buyer(items[line.product], line.place, day, {"exporter": EXPORTER}))
            assert (outcome, policy) == (answer.outcome, answer.review_policy), (line.product, line.place, month)


def test_the_heatmap_runs_from_october_2022_to_a_year_after_the_date(designer):
    assert (designer.months[0], designer.months[-1]) == ("2022-10", "2027-11")


def test_the_headline_adds_up_to_the_value_of_the_deals(designer, maker):
    for found in (designer, maker):
        assert sum(found.headline.values()) == sum(d.value_usd for d in found.deals)
        for outcome, value in found.headline.items():
            assert value == sum(d.value_usd for d in found.deals if d.verdict.outcome == outcome)
    assert designer.lead.startswith("Of 124.2 million USD in 7 deals, 16.0 million USD (13%) may ship without a license")


def test_a_house_rule_stands_beside_the_verdict_that_it_turns_with_reason_author_and_date(designer):
    (effect,) = row(designer, "D-6").verdict.overlays
    assert (effect.kind, effect.without) == ("house_rule", "undetermined")
    assert effect.reason.startswith("Advanced circuits to transshipment hubs wait")
    assert (effect.author, effect.decided) == ("Trade compliance, Meander Silicon", "2026-06-01")


def test_counsel_stands_beside_the_verdict_that_it_turns(designer):
    (effect,) = row(designer, "D-1").verdict.overlays
    assert (effect.kind, effect.without, effect.decided) == ("counsel", "no_license_required", "2026-08-15")
    assert row(designer, "D-1").verdict.policy == "presumption_of_denial"


def test_an_overlay_is_not_named_where_the_verdict_is_the_same_without_it(designer, pack, held):
    assert row(designer, "D-7").verdict.overlays == []
    bare = brief(held.model_copy(update={"overlays": []}), pack=pack, date=DATE)
    for deal in designer.deals:
        other = row(bare, deal.id).verdict
        turned = (deal.verdict.outcome, deal.verdict.policy) != (other.outcome, other.policy)
        assert bool(deal.verdict.overlays) == turned, deal.id
        if turned:
            assert (deal.verdict.overlays[0].without, deal.verdict.overlays[0].without_policy) == (other.outcome, other.policy)
    for cell, other in zip(designer.matrix, bare.matrix, strict=True):
        turned = (cell.verdict.outcome, cell.verdict.policy) != (other.verdict.outcome, other.verdict.policy)
        assert bool(cell.verdict.overlays) == turned


def test_a_draft_touches_the_deals_whose_verdict_it_moves(designer, laid, held):
    gain = next(d for d in designer.drafts if d.draft == "gain-ai-act")
    assert gain.value_usd == sum(t.value_usd for t in gain.touched) > 0
    assert {t.deal for t in gain.touched} <= {d.id for d in designer.deals}
    customers = {c.id: c for c in held.customers}
    items = {p.id: p.item for p in held.products}
    under = rulebook(overlay(laid, "gain-ai-act"))
    for deal in held.deals:
        customer = customers[deal.customer]
        asked = {
            "id": deal.id, "date": gain.on, "item": items[deal.product], "quantity": deal.quantity, "value_usd": deal.value_usd,
            "from": "US", "to": customer.country, "exporter": EXPORTER, "parties": [customer.model_dump(exclude={"id"}, exclude_none=True)],
        }  # fmt: skip
        before, after = decide(rulebook(laid), asked), decide(under, asked)
        moved = (before.outcome, before.review_policy) != (after.outcome, after.review_policy)
        assert moved == (deal.id in {t.deal for t in gain.touched if t.kind != "steps"}), deal.id


def test_a_draft_that_only_adds_steps_touches_the_deals_that_would_need_them(designer):
    chip = next(d for d in designer.drafts if d.draft == "chip-security-act")
    assert (chip.value_usd, chip.turned_usd) == (100_200_000, 0)
    assert {t.kind for t in chip.touched} == {"steps"}
    assert "D-1" not in {t.deal for t in chip.touched}
    for touched in chip.touched:
        assert touched.adds[0] == "Ship the product only if it carries a chip security mechanism that verifies its location."
        assert touched.adds[0] not in [o.text for o in row(designer, touched.deal).verdict.obligations]
    assert any("Chip Security Act (H.R. 3447, S. 1705) would touch the most: 100.2 million USD" in line for line in at_the_top(designer))


def test_the_license_that_ends_before_a_deal_says_so(designer):
    (cover,) = row(designer, "D-3").covers
    assert cover.ends_before
    assert not cover.enough
    (cover,) = row(designer, "D-4").covers
    assert (cover.enough, cover.value_left_usd) == (True, 30_000_000)


def test_what_changed_names_the_day_and_the_rule_that_turned_it(designer):
    moved = {(c.on, what): c for c in designer.changed for what in (*c.deals, *c.sales)}
    emirates = moved["2026-07-10", Sale(product="H200", place="AE")]
    assert any("91 FR 43034" in {s.citation for s in r.rule.sources} for r in emirates.rules)
    counsel = moved["2026-08-15", "D-1"]
    assert (counsel.kind, counsel.before, counsel.after) == ("verdict", "no_license_required", "license_required")
    assert {r.rule.overlay for r in counsel.rules} == {"meander-counsel"}
    assert all(designer.since < c.on <= designer.date for c in designer.changed)
    assert [c.on for c in designer.changed] == sorted((c.on for c in designer.changed), reverse=True)


def test_every_change_is_a_difference_between_the_day_and_the_day_before(pack, examples):
    items = {p.id: p.item for p in read_portfolio(examples / "server-maker").products}
    book, found = rulebook(pack), brief(examples / "server-maker", pack=pack, date=dt.date(2024, 4, 1))
    assert found.changed
    for change in found.changed:
        for sale in change.sales:
            day = dt.date.fromisoformat(change.on)
            more = {"exporter": {"name": "Oxbow Systems Ltd", "country": "US"}}
            eve, on = (decide(book, to_local_buyer(items[sale.product], sale.place, d, more)) for d in (day - dt.timedelta(1), day))
            assert (eve.outcome, eve.review_policy) == (change.before, change.before_policy)
            assert (on.outcome, on.review_policy) == (change.after, change.after_policy)
            assert change.kind == ("grounds" if eve.outcome == on.outcome else "verdict")


def test_a_verdict_that_stays_on_other_grounds_is_told_from_one_that_turns(designer):
    emirates = Sale(product="RTX 4090", place="AE")
    turned, other = sorted((c for c in designer.changed if emirates in c.sales), key=lambda c: c.on)
    assert (turned.on, turned.kind, turned.before, turned.after) == ("2026-06-01", "verdict", "license_exception", "license_required")
    assert (other.on, other.kind, other.before, other.after) == ("2026-07-10", "grounds", "license_required", "license_required")
    words = turn(other.before, other.before_policy, other.after, other.after_policy)
    assert words == "Still needs a license, on other grounds"
    for page in (render_html(designer), render_markdown(designer), render_terminal(designer)):
        assert words in page
    moved = [c for c in designer.changed if c.kind == "verdict"]
    assert all(c.before != c.after for c in moved)
    assert len(moved) < len(designer.changed)


def test_another_review_of_the_same_verdict_is_a_change_of_grounds():
    words = turn("license_required", "presumption_of_denial", "license_required", "case_by_case")
    assert words == "Still needs a license, under another review: presumption of denial → case by case"
    assert turn("license_exception", None, "license_required", None) == "License exception → License required"


def test_an_exception_that_takes_the_place_of_another_changes_the_grounds():
    assert rests_on("license_exception", ["r"], ["NAC"]) != rests_on("license_exception", ["r"], ["ACA"])
    assert rests_on("license_required", ["r"], ["NAC"]) == rests_on("license_required", ["r"], ["ACA"])


def test_a_sale_of_the_table_and_a_deal_with_the_same_facts_have_the_same_verdict(designer, pack, held):
    local = {c.id for c in held.customers if c.country == c.headquarters == c.ultimate_parent_headquarters and c.id != "smic"}
    same = brief(
        held.model_copy(update={"deals": [d.model_copy(update={"date": DATE}) for d in held.deals if d.customer in local]}),
        pack=pack, date=DATE, since=dt.date(2026, 11, 1),
    )  # fmt: skip
    cells = {(c.product, c.place): c.verdict for c in designer.matrix}
    assert {d.id for d in same.deals} == {"D-1", "D-2", "D-4", "D-7"}
    for deal in same.deals:
        assert deal.verdict == cells[deal.product, deal.to], deal.id


def test_the_tenth_of_november_2025_is_among_what_was_coming_before_it(pack, examples):
    found = brief(examples / "server-maker", pack=pack, date=dt.date(2026, 10, 2))
    switch = next(c for c in found.coming if c.on == "2026-11-10" and c.expected)
    assert switch.printed
    assert switch.sources
    assert not switch.due


def test_a_switch_that_fell_due_since_verification_is_named_with_both_branches(designer):
    due = [c for c in designer.coming if c.due]
    assert [c.on for c in due] == ["2026-11-10", "2026-11-10"]
    assert all(c.printed and c.expected for c in due)
    assert any(line.startswith("2 switches in the law fell due after the pack was verified") for line in at_the_top(designer))


def test_the_end_of_a_license_held_is_coming(designer, maker):
    assert ("2026-12-31", "License D-EX-100 ends") in [(c.on, c.title) for c in designer.coming]
    assert ("2027-01-31", "License D-EX-217 ends") in [(c.on, c.title) for c in maker.coming]


def test_what_was_taken_for_granted_stands_once_with_the_number_of_verdicts_that_rest_on_it(designer):
    assert designer.verdicts == len(designer.matrix) + len(designer.deals)
    texts = [t.text for t in designer.taken]
    assert len(texts) == len(set(texts))
    counts = {t.text: t.verdicts for t in designer.taken}
    assert counts["Names were matched exactly against partial lists; no match there is no all-clear"] == designer.verdicts
    (plant,) = [t for t in designer.taken if "back-end" in t.text]
    assert 0 < plant.verdicts < designer.verdicts


def test_the_briefing_names_the_lists_that_are_partial_and_the_stretches_that_nobody_verified(designer, pack):
    partial = {h["title"]: h for h in pack.lists.values() if h["partial"]}
    assert {x.title for x in designer.lists} == set(partial)
    entities = next(x for x in designer.lists if x.title == "Entity List")
    assert (entities.rows, entities.official_rows) == (partial["Entity List"]["rows"], partial["Entity List"]["official_rows"])
    assert designer.unverified[0].startswith("The rules of US-232 and US-EAR were verified through 2026-10-02; after it, to 2027-11-25")
    assert "D-1" in designer.unverified[1]


def test_each_step_stands_once_with_every_deal_that_needs_it(designer):
    assert len({s.text for s in designer.steps}) == len(designer.steps)
    for deal in designer.deals:
        assert {s.text for s in designer.steps if deal.id in s.deals} == {o.text for o in deal.verdict.obligations}


def test_facts_come_in_the_order_of_what_they_decide_and_of_value(designer, maker):
    for found in (designer, maker):
        keys = [("outcome" not in f.decides, -f.value_usd) for f in found.facts]
        assert keys == sorted(keys)
    parent = maker.facts[0]
    assert parent.question == "Where is the ultimate parent of this party headquartered?"
    assert parent.value_usd == sum(d.value_usd for d in maker.deals if d.id in parent.deals) > 0


def test_every_requirement_and_review_policy_is_cited(designer, maker):
    for found in (designer, maker):
        for verdict in (*(c.verdict for c in found.matrix), *(d.verdict for d in found.deals)):
            assert all(c.sources for c in (*verdict.why, *verdict.review, *verdict.exceptions))
        assert all(r.rule.sources for c in found.changed for r in c.rules)
        assert all(c.sources for c in found.coming)


def test_verdicts_beyond_verification_say_so_and_earlier_ones_do_not(designer, pack, examples):
    assert all(c.verdict.beyond_verified for c in designer.matrix)
    early = brief(examples / "gpu-designer" / "portfolio.toml", pack=pack, date=dt.date(2026, 9, 1))
    assert all(not c.verdict.beyond_verified for c in early.matrix)


@pytest.mark.parametrize("more", ["", '[[products]]\nid = "a"\nitem = "NVIDIA H20"', '[[destinations]]\nplace = "CN"'])
def test_a_portfolio_with_little_in_it_still_has_every_page(tmp_path, pack, more):
    path = tmp_path / "portfolio.toml"
    path.write_text(f'[firm]\nname = "Meander Silicon"\n{more}', encoding="utf-8")
    found = brief(path, pack=pack, date=DATE)
    assert (found.matrix, found.deals, found.heat) == ([], [], [])
    assert [p.stat().st_size > 1000 for p in write_briefing(found, tmp_path / "out")] == [True] * 4
    assert "The portfolio names no product or no destination." in render_terminal(found)


def test_the_verb_takes_dates_as_text(one_deal):
    found = tw.brief(one_deal(), date="2026-11-25", since="2026-11-01", overlays=["chip-security-act"])
    assert (found.date, found.since, [o["id"] for o in found.overlays]) == ("2026-11-25", "2026-11-01", ["chip-security-act"])
    with pytest.raises(BadInput, match="since"):
        tw.brief(one_deal(), date="2026-11-25", since="last month")


def test_progress_is_told_as_it_begins(one_deal, pack):
    told = []
    brief(one_deal(), pack=pack, date=DATE, since=dt.date(2026, 11, 1), progress=told.append)
    assert len(told) == len(set(told)) == 4


def test_a_deal_without_a_date_is_decided_on_the_date_of_the_briefing(one_deal, pack):
    path = one_deal()
    path.write_text(re.sub(r"date = .*\n", "", path.read_text("utf-8")), encoding="utf-8")
    assert brief(path, pack=pack, date=DATE).deals[0].date == "2026-11-25"


def test_a_product_described_by_its_specifications_is_decided_from_them(one_deal, pack):
    path = one_deal()
    text = path.read_text("utf-8").replace(
        'item = "NVIDIA L40S"', 'specification = {kind = "integrated_circuit", tpp = 9000, performance_density = 12, datacenter = true}'
    )
    path.write_text(text, encoding="utf-8")
    found = brief(path, pack=pack, date=DATE)
    assert found.errors == []
    assert "3A090.a" in found.deals[0].verdict.classification
    assert found.heat[0].outcomes[-1] == found.matrix[0].verdict.outcome


def test_a_portfolio_without_deals_still_says_what_each_sale_would_need(one_deal, pack):
    path = one_deal()
    path.write_text(path.read_text("utf-8").partition("[[deals]]")[0], encoding="utf-8")
    found = brief(path, pack=pack, date=DATE)
    assert found.deals == []
    assert found.matrix[0].verdict.outcome == "license_required"
    assert found.lead.startswith("The portfolio holds no deal")
