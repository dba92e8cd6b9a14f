from __future__ import annotations

import datetime as dt
import html
import itertools
import re

import pytest

import thalweg as tw
from thalweg.briefs import brief, read_portfolio, write_briefing
from thalweg.briefs.claims import policies
from thalweg.briefs.model_base import Sale
from thalweg.briefs.render_html import render_html
from thalweg.briefs.render_markdown import render_markdown
from thalweg.briefs.render_terminal import render_terminal
from thalweg.briefs.turns import rests_on
from thalweg.briefs.words import becomes, fit, turn
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
    """The law with counsel's reading, without the house rules."""
    return overlay(pack, *[o for o in held.overlays if "counsel" in o])


def at_the_top(briefing):
    return [briefing.lead, *(p.text for p in briefing.points)]


def point(briefing, label):
    return " ".join(p.text for p in briefing.points if p.label == label)


def row(briefing, identity):
    return next(d for d in briefing.deals if d.id == identity)


def test_the_listed_customer_of_the_chip_designer_is_not_cleared(designer):
    smic = row(designer, "D-5")
    assert smic.verdict.outcome == "license_required"
    assert smic.verdict.policies == ["presumption_of_denial"]
    assert "Entity List" in smic.listed[0].text
    assert any("Semiconductor Manufacturing International Corporation (D-5)" in line for line in at_the_top(designer))


def test_each_deal_is_decided_by_law_as_decide_does(designer, held, laid, pack):
    customers = {c.id: c for c in held.customers}
    items = {p.id: p.item for p in held.products}
    book = rulebook(laid)
    assert len(designer.deals) == len(held.deals)
    for deal in held.deals:
        customer = customers[deal.customer]
        asked = {
            "id": deal.id, "date": deal.date, "item": items[deal.product], "quantity": deal.quantity, "value_usd": deal.value_usd,
            "from": "US", "to": customer.country, "exporter": EXPORTER, "parties": [customer.party()],
        }  # fmt: skip
        answer, shown = decide(book, asked), row(designer, deal.id)
        assert shown.verdict.outcome == answer.outcome
        assert shown.verdict.policies == (answer.possible_policies or ([answer.review_policy] if answer.review_policy else []))
        assert shown.verdict.codified_outcome == decide(rulebook(pack), asked).codified_outcome
        assert [c.text for c in shown.verdict.why] == [r.title for r in answer.requirements]
        assert [m.question for m in shown.missing] == [m.question for m in answer.missing_facts]
        assert shown.trace.startswith(answer.explain())


def test_every_span_of_the_heatmap_is_what_decide_says_on_its_first_and_last_day(designer, held, laid):
    items = {p.id: p.item for p in held.products}
    book, firm = rulebook(laid), rulebook(overlay(laid, *[o for o in held.overlays if "house" in o]))
    for line in designer.heat[::3]:
        for span in line.spans:
            for day in (span.first, span.last):
                asked = to_local_buyer(items[line.product], line.place, dt.date.fromisoformat(day), {"exporter": EXPORTER})
                law, own = decide(book, asked), decide(firm, asked)
                assert (span.outcome, span.policies) == (law.outcome, list(policies(law))), (line.product, line.place, day)
                assert span.held == (own.outcome == "license_required" != law.outcome)


def test_the_spans_of_the_heatmap_follow_one_another_from_october_2022_to_a_year_after_the_date(designer):
    for line in designer.heat:
        assert (line.spans[0].first, line.spans[-1].last) == ("2022-10-01", "2027-11-25")
        for one, other in itertools.pairwise(line.spans):
            assert dt.date.fromisoformat(other.first) - dt.date.fromisoformat(one.last) == dt.timedelta(1)
            assert (one.outcome, one.policies, one.held) != (other.outcome, other.policies, other.held)


def test_the_heatmap_names_the_exact_days_of_turns(designer):
    china = next(h for h in designer.heat if (h.product, h.place) == ("H20", "CN"))
    assert [(s.last, s.outcome) for s in china.spans] == [("2026-08-14", "no_license_required"), ("2027-11-25", "license_required")]
    assert "| H20 | China | 2022-10-01 | 2026-08-14 | No license required |" in render_markdown(designer)


def test_the_headline_adds_up_to_the_value_of_the_deals(designer, maker):
    for found in (designer, maker):
        assert sum(found.headline.values()) == sum(d.value_usd for d in found.deals)
        for outcome, value in found.headline.items():
            assert value == sum(d.value_usd for d in found.deals if d.verdict.shown == outcome)
    assert designer.lead == (
        "Of 124.8 million USD in 8 deals, 16.0 million USD (13%) needs no license on the facts stated, 600,000 USD (under 1%) may go under "
        "a license exception, 77.2 million USD (62%) needs a license (24.0 million USD of it by counsel's reading alone) and 31.0 "
        "million USD (25%) is held by the firm's own rules."
    )


def test_what_a_house_rule_holds_counts_apart_from_what_needs_a_license(designer):
    held = row(designer, "D-6").verdict
    assert (held.held, held.shown, held.outcome, held.policies) == (True, "held", "undetermined", [])
    (effect,) = held.house
    assert (effect.kind, effect.without) == ("house_rule", "undetermined")
    assert effect.reason.startswith("Advanced circuits to transshipment hubs wait")
    assert (effect.author, effect.decided) == ("Trade compliance, Meander Silicon", "2026-06-01")
    assert designer.headline["held"] == 31_000_000
    assert designer.headline["license_required"] == sum(d.value_usd for d in designer.deals if d.verdict.outcome == "license_required")
    assert point(designer, "Held by the firm") == ("The firm's own rules hold 31.0 million USD (D-6). By law: Undetermined.")


def test_a_house_rule_beside_a_license_requirement_of_the_law_leaves_the_verdict_to_the_law(designer):
    found = row(designer, "D-3").verdict
    assert (found.held, found.shown, [o.id for o in found.house]) == (False, "license_required", ["meander-house"])
    assert not any(c.overlay == "meander-house" for c in found.why)
    assert "With the firm's own rules" in row(designer, "D-3").trace
    assert "With the firm's own rules" not in row(designer, "D-4").trace


def test_the_text_as_printed_knows_no_house_rule_and_no_counsel(designer):
    assert row(designer, "D-1").verdict.codified_outcome == "no_license_required"
    malaysia = next(c for c in designer.matrix if (c.product, c.place) == ("H200", "MY")).verdict
    assert malaysia.held
    assert malaysia.codified_outcome == "undetermined"


def test_a_house_rule_that_would_loosen_the_law_is_not_applied_and_is_named(one_deal, pack, tmp_path):
    house = tmp_path / "loose"
    house.mkdir()
    head = "id: loose\ntitle: No more\nkind: house_rule\nauthor: Sales\nreason: It costs us\ndecided: 2026-06-01\n"
    (house / "overlay.yaml").write_text(head, encoding="utf-8")
    end = "ends: us-ear/742/6-a-6-iii-A-2023\non: 2026-06-01\nsources:\n  - {citation: Manual}\n"
    (house / "end.yaml").write_text(end, encoding="utf-8")
    found = brief(one_deal(), pack=pack, date=DATE, overlays=[house])
    assert found.deals[0].verdict.outcome == "license_required"
    assert found.deals[0].verdict.house == []
    assert found.errors == ["overlay 'loose': a house rule cannot loosen the law; not applied where it would"]


def test_counsel_stands_beside_the_verdict_that_it_turns_and_its_policy_is_called_counsels_reading(designer):
    found = row(designer, "D-1").verdict
    (effect,) = found.overlays
    assert (effect.kind, effect.without, effect.decided) == ("counsel", "no_license_required", "2026-08-15")
    assert (found.policies, found.policy_by, found.shown) == (["presumption_of_denial"], "counsel", "license_required")
    assert "24.0 million USD (D-1)" in point(designer, "Counsel's reading")
    assert "which is no statement of BIS" in point(designer, "Counsel's reading")
    assert "D-1" not in point(designer, "Denial")
    for page in (render_html(designer), render_markdown(designer), render_terminal(designer, width=300)):
        assert "presumption of denial (counsel's reading)" in html.unescape(page)


def test_a_review_that_missing_facts_leave_open_is_said_not_to_be_settled(designer):
    found = row(designer, "D-2").verdict
    assert found.policies == ["case_by_case", "presumption_of_denial"]
    assert [c.depends for c in found.review] == ["", "if the missing facts fit"]
    assert "91 FR 1684" in {s.citation for s in found.review[1].sources}
    words = "review not settled: case by case or presumption of denial"
    for page in (render_html(designer), render_markdown(designer), render_terminal(designer, width=300)):
        assert words in page
    assert point(designer, "Denial") == "License applications for 200,000 USD (D-5) would come under a presumption of denial."
    assert "case by case or presumption of denial for 16.0 million USD (D-2)" in point(designer, "Review not settled")
    assert not any("reviewed for denial" in page for page in (render_html(designer), render_markdown(designer), render_terminal(designer)))


def test_an_overlay_is_not_named_where_the_verdict_is_the_same_without_it(designer, pack, held):
    assert row(designer, "D-7").verdict.overlays == row(designer, "D-7").verdict.house == []
    bare = brief(held.model_copy(update={"overlays": []}), pack=pack, date=DATE)
    pairs = [(d.verdict, row(bare, d.id).verdict) for d in designer.deals]
    pairs += [(c.verdict, o.verdict) for c, o in zip(designer.matrix, bare.matrix, strict=True)]
    for verdict, other in pairs:
        turned = (verdict.outcome, verdict.policies) != (other.outcome, other.policies)
        assert bool(verdict.overlays) == turned
        if turned:
            assert (verdict.overlays[0].without, verdict.overlays[0].without_policies) == (other.outcome, other.policies)


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
            "from": "US", "to": customer.country, "exporter": EXPORTER, "parties": [customer.party()],
        }  # fmt: skip
        before, after = decide(rulebook(laid), asked), decide(under, asked)
        moved = (before.outcome, policies(before)) != (after.outcome, policies(after))
        assert moved == (deal.id in {t.deal for t in gain.touched if t.kind != "steps"}), deal.id


def test_a_draft_that_only_adds_steps_touches_the_deals_that_would_need_them(designer):
    chip = next(d for d in designer.drafts if d.draft == "chip-security-act")
    assert (chip.value_usd, chip.turned_usd) == (100_800_000, 0)
    assert {t.kind for t in chip.touched} == {"steps"}
    assert "D-1" not in {t.deal for t in chip.touched}
    for touched in chip.touched:
        assert touched.adds[0] == "Ship the product only if it carries a chip security mechanism that verifies its location."
        assert touched.adds[0] not in [o.text for o in row(designer, touched.deal).verdict.obligations]


def test_the_top_names_the_draft_that_would_turn_the_most_and_the_one_that_would_touch_the_most(designer):
    assert point(designer, "Draft laws") == (
        "The GAIN AI Act (S. 3150, H.R. 5885) would turn the verdict on the most: 600,000 USD. "
        "The Chip Security Act (H.R. 3447, S. 1705) would touch the most: 100.8 million USD, without turning a verdict."
    )


def test_a_license_that_does_not_suffice_says_every_reason(designer):
    (cover,) = row(designer, "D-3").covers
    assert cover.ends_before
    assert cover.value_left_usd == -2_000_000
    assert fit(cover) == "does not suffice: ends 2026-12-31, before the deal; is short by 2,000,000 USD"
    assert fit(cover) in point(designer, "License too short")
    (cover,) = row(designer, "D-4").covers
    assert (cover.enough, cover.value_left_usd) == (True, 30_000_000)


def test_what_changed_names_the_day_and_the_rule_that_turned_it(designer):
    moved = {(c.on, what): c for c in designer.changed for what in (*c.deals, *c.sales)}
    emirates = moved["2026-07-10", Sale(product="H200", place="AE")]
    assert any("91 FR 43034" in {s.citation for s in r.rule.sources} for r in emirates.rules)
    counsel = moved["2026-08-15", "D-1"]
    assert (counsel.kind, counsel.by) == ("verdict", "counsel")
    assert (counsel.before, counsel.after) == ("no_license_required", "license_required")
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
            assert (eve.outcome, list(policies(eve))) == (change.before, change.before_policies)
            assert (on.outcome, list(policies(on))) == (change.after, change.after_policies)
            assert change.kind == ("grounds" if eve.outcome == on.outcome else "verdict")


def test_a_verdict_that_stays_on_other_grounds_is_told_from_one_that_turns(designer):
    emirates = Sale(product="B200", place="AE")
    (change,) = [c for c in designer.changed if emirates in c.sales and c.kind != "house"]
    assert (change.on, change.kind, change.before, change.after) == ("2026-07-10", "grounds", "license_required", "license_required")
    assert turn(change) == "Still needs a license, on other grounds"
    for page in (render_html(designer), render_markdown(designer), render_terminal(designer)):
        assert turn(change) in page
    assert all(c.before != c.after for c in designer.changed if c.kind == "verdict")


def test_a_house_rule_that_starts_is_no_change_of_the_law(designer):
    (change,) = [c for c in designer.changed if c.kind == "house"]
    assert (change.on, change.by, change.deals) == ("2026-06-01", "house_rule", ["D-3", "D-6"])
    assert turn(change) == "House rule starts; the law stays as it is"
    assert {r.rule.overlay for r in change.rules} == {"meander-house"}
    others = [c for c in designer.changed if c.kind != "house"]
    assert not any(r.rule.overlay == "meander-house" for c in others for r in c.rules)
    assert not any(c.on == "2026-06-01" for c in others)


def test_another_review_of_the_same_verdict_is_a_change_of_grounds():
    words = becomes("license_required", ["presumption_of_denial"], "license_required", ["case_by_case"])
    assert words == "Still needs a license, under another review: presumption of denial → case by case"
    assert becomes("license_exception", [], "license_required", []) == "License exception → License required"


def test_a_review_that_is_no_longer_settled_is_a_change_named_with_the_rule_that_opens_it(designer):
    (change,) = [c for c in designer.changed if c.on == "2026-01-15"]
    assert (change.kind, change.deals) == ("grounds", ["D-2"])
    assert change.sales == [Sale(product="H200", place="CN"), Sale(product="L40S", place="CN")]
    assert turn(change) == (
        "Still needs a license, under another review: presumption of denial → review not settled: case by case or presumption of denial"
    )
    (rule,) = change.rules
    assert rule.change == "may act"
    assert "91 FR 1684" in {s.citation for s in rule.rule.sources}
    assert "(91 FR 1684)" in point(designer, "Changed")
    line = next(h for h in designer.heat if (h.product, h.place) == ("H200", "CN"))
    assert [(s.first, len(s.policies)) for s in line.spans][-2:] == [("2023-11-17", 1), ("2026-01-15", 2)]
    assert 'class="unsettled"' in render_html(designer)


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
    assert {d.id for d in same.deals} == {"D-1", "D-2", "D-4", "D-7", "D-8"}
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


def test_a_printed_day_that_touches_rules_of_the_pack_is_coming(designer, pack):
    days = {(c.on, c.title) for c in designer.coming}
    assert ("2026-12-31", "Authorized designers must have applied for approval to leave the foundry presumption") in days
    assert ("2027-04-06", "The entries of G42 and Core42 among approved parties of the United Arab Emirates end") in days
    window = ("2026-10-03", "2027-11-25")
    for event in pack.events:
        dates = [str(event[k]) for k in ("effective", "compliance") if event.get(k)] if event.get("rules") else []
        for on in dates:
            if window[0] <= on <= window[1]:
                assert (on, event["title"]) in days


def test_the_end_of_a_license_held_is_coming(designer, maker):
    assert ("2026-12-31", "License D-EX-100 ends") in [(c.on, c.title) for c in designer.coming]
    assert ("2027-01-31", "License D-EX-217 ends") in [(c.on, c.title) for c in maker.coming]


def test_what_was_taken_for_granted_stands_once_with_the_number_of_verdicts_that_rest_on_it(designer):
    assert designer.verdicts == len(designer.matrix) + len(designer.deals)
    texts = [t.text for t in designer.taken]
    assert len(texts) == len(set(texts))
    counts = {t.text: t.verdicts for t in designer.taken}
    (names,) = [text for text in texts if text.startswith("Names were matched exactly")]
    assert counts[names] == designer.verdicts
    assert "entity_list" not in names
    (plant,) = [t for t in designer.taken if "back-end" in t.text]
    assert 0 < plant.verdicts < designer.verdicts


def test_the_briefing_names_the_lists_that_are_whole_in_part_and_not_held(designer, pack):
    held = {x.title: x for x in designer.lists}
    assert set(held) == {h["title"] for h in pack.lists.values()}
    for x in designer.lists:
        assert (x.holds == "nothing") == (x.rows == 0)
        assert (x.holds == "complete") == (0 < x.rows == x.official_rows)
    assert held["Military End-User List"].holds == "complete"
    assert held["Entity List"].holds == "part"
    said = point(designer, "Screening")
    assert "Entity List (473 of 3,409)" in said
    assert "not held: 14 lists, among them the Specially Designated Nationals and Blocked Persons List (0 of 19,181)" in said
    assert '"No license" rests on no match in what is held.' in said
    assert "held in part" in render_terminal(designer, width=500).partition("What the pack does not know")[2]


def test_the_briefing_names_the_stretches_that_nobody_verified(designer):
    assert designer.unverified[0].startswith("The rules of US-232 and US-EAR were verified through 2026-10-02; after it, to 2027-11-25")
    assert "D-1" in designer.unverified[1]


def test_what_differs_by_the_text_as_printed_is_named_with_the_rule_its_conditions_and_who_does_not_enforce_it(designer):
    printed = row(designer, "D-7").verdict.printed
    assert printed.outcome == row(designer, "D-7").verdict.codified_outcome == "license_exception"
    assert "15 CFR 742.6(a)(6)(iii)(A)" in {s.citation for c in printed.why for s in c.sources}
    assert any("one-time certification" in x for x in printed.conditions)
    assert {s.citation for c in printed.statements for s in c.sources} >= {"BIS press release, 2025-05-13"}
    said = point(designer, "As printed")
    assert said.startswith("The verdict on 16.0 million USD (D-7) and 27 of 50 sales in the table differs by the text as printed.")
    assert "15 CFR 742.6(a)(6)(iii)(A)" in said
    assert "BIS press release, 2025-05-13" in said
    for page in (html.unescape(render_html(designer)), render_markdown(designer).replace("\\", "")):
        assert "As printed: License exception, AIA [15 CFR 742.6(a)(6)(iii)(A)]".lower() in page.lower()


def test_the_verdict_as_printed_is_the_codified_outcome_of_decide(designer, maker):
    verdicts = [*designer.all_verdicts(), *maker.all_verdicts()]
    assert {v.printed.outcome == v.codified_outcome for v in verdicts if v.printed} == {True}
    assert any(v.outcome == v.codified_outcome and v.printed is None for v in verdicts)


def test_a_rule_that_carries_a_note_shows_it(designer):
    found = next(c for c in designer.matrix if (c.product, c.place) == ("B200", "AE")).verdict
    (policy,) = found.review
    assert policy.note.endswith("an approval presumption that stems from text not otherwise enforced.")
    assert policy.note in html.unescape(render_html(designer))
    assert policy.note in render_markdown(designer)


def test_a_deal_that_hangs_on_a_notified_exception_says_when_to_notify(designer, held, pack):
    late = row(designer, "D-8")
    assert late.verdict.outcome == "license_exception"
    assert (late.notice.exception, late.notice.days, late.notice.by, late.notice.earliest) == ("NAC", 25, "2026-11-13", "2026-12-20")
    assert point(designer, "Notice").endswith("For D-8 the day has passed: not before 2026-12-20.")
    assert row(designer, "D-5").notice is None
    later = [d.model_copy(update={"date": dt.date(2026, 12, 20)}) for d in held.deals if d.id == "D-8"]
    found = brief(held.model_copy(update={"deals": later}), pack=pack, date=DATE, since=dt.date(2026, 11, 1))
    assert (found.deals[0].notice.by, found.deals[0].notice.earliest) == ("2026-11-25", "")
    assert "notify BIS by 2026-11-25 (NAC, 25 days' notice)" in html.unescape(render_html(found))
    assert point(found, "Notice").endswith("The first notice is due by 2026-11-25.")


def test_an_exception_that_lifts_a_part_only_is_no_step(designer):
    smic = row(designer, "D-5").verdict
    assert [c.text for c in smic.lifts_part] == ["NAC would lift 742.6 alone, not 744.11"]
    assert not any("SNAP-R" in o.text for o in smic.obligations)
    assert any("SNAP-R" in o.text for o in row(designer, "D-8").verdict.obligations)
    assert not any("SNAP-R" in s.text and "D-5" in s.deals for s in designer.steps)
    assert "NAC would lift 742.6 alone, not 744.11" in render_html(designer)


def test_owners_that_nobody_stated_are_asked_for_where_the_affiliates_rule_may_act(designer, maker, held, pack):
    asked = next(f for f in designer.facts if "owns 50% or more" in f.question)
    assert set(asked.deals) == {d.id for d in designer.deals} - {"D-5"}
    assert "as expected, stayed to 2027-01-10" in asked.note
    assert "Even as expected, that runs to 2027-01-10 only; later than that: D-3, D-6." in asked.note
    assert "No temporary general license for affiliates of listed entities remains." in asked.note
    assert {"90 FR 47201", "90 FR 50857"} <= {s.citation for s in asked.sources}
    assert "S-5" in next(f for f in maker.facts if "owns 50% or more" in f.question).note.partition("later than that")[2]
    stated = [c.model_copy(update={"owners": []}) for c in held.customers]
    found = brief(held.model_copy(update={"customers": stated}), pack=pack, date=DATE, since=dt.date(2026, 11, 1))
    assert not any("owns 50% or more" in f.question for f in found.facts)
    before = [d.model_copy(update={"date": dt.date(2026, 11, 9)}) for d in held.deals]
    found = brief(held.model_copy(update={"deals": before}), pack=pack, date=dt.date(2026, 11, 9), since=dt.date(2026, 11, 1))
    assert not any("owns 50% or more" in f.question for f in found.facts)


def test_the_firm_is_asked_for_its_own_certifications_and_the_buyer_for_the_rest(designer):
    asked = {f.question: f.ask for f in designer.facts}
    assert asked["Is supply of the product in the United States sufficient?"] == ["Meander Silicon, Inc."]
    assert asked["Is every shipment tested by an independent US laboratory?"] == ["Meander Silicon, Inc."]
    assert asked["What is the ratio of TPP shipped to China and Macau to TPP shipped for US end use?"] == ["Meander Silicon, Inc."]
    assert asked["Does production for China leave foundry capacity for US end users untouched?"] == ["Meander Silicon, Inc."]
    assert asked["Has the recipient shown physical security?"] == ["Yangtze Example Cloud"]
    assert asked["Where is the ultimate parent of this party headquartered?"] == ["Dune Compute LLC", "Straits Data Pte"]


def test_a_fact_of_a_deal_that_the_firm_holds_says_what_it_settles_in_law(designer):
    parent = next(f for f in designer.facts if f.question == "Where is the ultimate parent of this party headquartered?")
    assert "outcome" in parent.decides
    assert parent.note == "The firm itself holds D-6; the answer settles what the law says."


def test_steps_and_red_flags_that_hang_on_an_unstated_parent_say_so(designer):
    dune, lotus = row(designer, "D-3").verdict, row(designer, "D-4").verdict
    depends = {f.depends for f in dune.red_flags}
    assert depends == {"if the ultimate parent is headquartered in China, which is not stated"}
    assert any(o.text.startswith("Treat the license requirement") and o.depends for o in dune.obligations)
    assert not any(c.depends for c in (*lotus.red_flags, *lotus.obligations))
    assert all(not f.depends for f in row(designer, "D-2").verdict.red_flags)
    assert "Only if the ultimate parent is headquartered in China, which is not stated: Letters of April 2025" in render_markdown(designer)


def test_each_step_stands_once_with_every_deal_that_needs_it(designer):
    assert len({(s.text, s.depends) for s in designer.steps}) == len(designer.steps)
    for deal in designer.deals:
        assert {(s.text, s.depends) for s in designer.steps if deal.id in s.deals} == {
            (o.text, o.depends) for o in deal.verdict.obligations
        }


def test_facts_come_in_the_order_of_what_they_decide_and_of_value(designer, maker):
    for found in (designer, maker):
        keys = [("outcome" not in f.decides, -f.value_usd) for f in found.facts]
        assert keys == sorted(keys)
    parent = maker.facts[1]
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
    assert found.heat[0].spans[-1].outcome == found.matrix[0].verdict.outcome


def test_a_portfolio_without_deals_still_says_what_each_sale_would_need(one_deal, pack):
    path = one_deal()
    path.write_text(path.read_text("utf-8").partition("[[deals]]")[0], encoding="utf-8")
    found = brief(path, pack=pack, date=DATE)
    assert found.deals == []
    assert found.matrix[0].verdict.outcome == "license_required"
    assert found.lead.startswith("The portfolio holds no deal")


def test_the_step_on_the_place_of_the_end_user_is_not_listed_for_destinations_that_it_warns_of(designer):
    (step,) = [s for s in designer.steps if s.text.startswith("Confirm that the end user is neither located nor headquartered")]
    assert "D-7" in step.deals
    assert not {"D-1", "D-2", "D-4", "D-5", "D-8"} & set(step.deals)
    assert not {"CN", "VN", "SA"} & {s.place for s in step.sales}
