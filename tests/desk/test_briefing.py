"""A briefing with what is gathered of the customers: entries of the lists of each day, and who owns them."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

import thalweg as tw
from thalweg.briefs import Briefing
from thalweg.briefs.model_parties import Counterparty
from thalweg.desk.briefing import briefed, stretches
from thalweg.desk.gather import Gatherer, Match, Reviewed, Screened
from thalweg.desk.owners import read_holdings
from thalweg.desk.product import brief_to
from thalweg.desk.standing import as_listing
from thalweg.evidence import OPEN_END, OPEN_START, BadInput
from thalweg.nouns import ListEntry
from thalweg.pack import load_pack

PACK = load_pack()
DATE = dt.date(2026, 11, 25)
ENTRY = ListEntry(
    "entity_list",
    "E1",
    "Blue Heron Semiconductor Ltd.",
    countries=("MY",),
    license_requirement="For all items subject to the EAR. (See §744.11 of the EAR)",
    license_policy="Presumption of denial",
    listed_on=dt.date(2026, 3, 4),
    notices=("91 FR 1",),
    url="https://example.org/notice",
)
PORTFOLIO = """\
[firm]
name = "Meander Silicon, Inc."
[[products]]
id = "card"
item = "NVIDIA RTX 4080"
[[destinations]]
place = "MY"
[[customers]]
id = "heron"
name = "Blue Heron Semi"
country = "MY"
headquarters = "MY"
ultimate_parent_headquarters = "MY"
@heron@
[[customers]]
id = "quiet"
name = "Quiet Water Trading"
country = "MY"
headquarters = "MY"
ultimate_parent_headquarters = "MY"
[[customers]]
id = "idle"
name = "Blue Heron Semi (Idle)"
country = "MY"
[[deals]]
id = "A"
product = "card"
customer = "heron"
value_usd = 1000000
date = 2026-12-01
[[deals]]
id = "B"
product = "card"
customer = "heron"
value_usd = 500000
date = 2026-02-02
[[deals]]
id = "C"
product = "card"
customer = "quiet"
value_usd = 2000000
date = 2026-10-15
"""


@dataclasses.dataclass
class Lists:
    """Finds one entry for every name that begins in one way, on the days on which it is found."""

    level: Any = "possible"
    entry: ListEntry = ENTRY
    until: dt.date = dt.date.max
    copies: int = 1
    undated_before: dt.date = dt.date.min
    decided: Reviewed | None = None

    def matches(self, party: Mapping[str, Any], date: dt.date) -> Sequence[Match]:
        """Find the entry as a screen does: not before it was listed."""
        if not party["name"].startswith("Blue Heron") or date >= self.until or (self.entry.listed_on or date) > date:
            return []
        return [Match(self.entry, self.level, 0.71, ["the first words are equal"], date < self.undated_before)]

    def lists(self, date: dt.date) -> Sequence[Screened]:  # noqa: ARG002  (the same copies on every day)
        """Name the copies."""
        ids = ("entity_list", "uvl", "sdn", "dpl", "meu")[: self.copies]
        return [Screened(i, dt.date(2026, 7, 31), 1000 * n) for n, i in enumerate(ids, 1)]

    def reviewed(self, party: Mapping[str, Any], date: dt.date) -> Reviewed:  # noqa: ARG002  (the same on every day)
        """Return what reviewers decided on the first customer."""
        return self.decided if self.decided and party["name"] == "Blue Heron Semi" else Reviewed()


@pytest.fixture
def portfolio(tmp_path: Path) -> Any:
    """Write the portfolio, with more said of its first customer."""

    def write(heron: str = "") -> Path:
        path = tmp_path / "portfolio.toml"
        path.write_text(PORTFOLIO.replace("@heron@", heron), encoding="utf-8")
        return path

    return write


def over(path: Path, screen: Lists | None, holdings: Any = None, **options: Any) -> Briefing:
    """Brief over what a gatherer finds."""
    return briefed(path, pack=PACK, date=options.pop("date", DATE), gatherer=Gatherer(screen, holdings), **options)


def row(found: Briefing, identity: str) -> Counterparty:
    """The row of a customer."""
    return next(c for c in found.counterparties.rows if c.id == identity)


def outcomes(found: Briefing) -> dict[str, str]:
    """The outcome of each deal."""
    return {d.id: d.verdict.outcome for d in found.deals}


def point(found: Briefing, label: str) -> str:
    """What stands at the top under a word."""
    return " ".join(p.text for p in found.points if p.label == label)


def test_a_possible_match_leaves_its_deals_open_from_the_day_of_the_listing_and_nothing_else(portfolio):
    found = over(portfolio(), Lists())
    assert outcomes(found) == {"A": "undetermined", "B": "no_license_required", "C": "no_license_required"}
    (deal,) = [d for d in found.deals if d.id == "A"]
    assert [(h.standing, h.party, h.depends) for h in deal.listed] == [("open", "Blue Heron Semi", "if it is the same party")]


def test_its_row_says_where_since_when_how_sure_and_why_and_links_the_source(portfolio):
    (entry,) = row(over(portfolio(), Lists()), "heron").entries
    assert (entry.title, entry.name, entry.country, entry.since, entry.until) == (
        "Entity List", "Blue Heron Semiconductor Ltd.", "MY", "2026-03-04", "",
    )  # fmt: skip
    assert (entry.level, entry.score, entry.why, entry.open) == ("possible", 0.71, ["the first words are equal"], "party")
    assert [(s.citation, s.url) for s in entry.sources] == [("91 FR 1", "https://example.org/notice")]


def test_what_hangs_on_it_stands_first_among_what_to_ask_and_under_the_facts_to_collect(portfolio):
    found = over(portfolio(), Lists())
    asked = row(found, "heron").ask[0]
    assert asked.question.startswith("Is Blue Heron Semi the same as Blue Heron Semiconductor Ltd. (MY, E1) on the Entity List?")
    assert (asked.deals, asked.value_usd, asked.decides[0]) == (["A"], 1_000_000, "outcome")
    assert asked.note == "State it as same_as or not_same_as of the party: entity_list:E1."
    assert asked.question in [f.question for f in found.facts]
    assert point(found, "Possible match") == (
        "Blue Heron Semi may be on a list of restricted parties. Whether 1 deal worth 1.0 million USD (A) may go hangs on it."
    )


def test_a_customer_without_a_deal_is_screened_too_and_nothing_hangs_on_it(portfolio):
    idle = row(over(portfolio(), Lists()), "idle")
    assert (idle.deals, [e.open for e in idle.entries]) == ([], ["party"])
    (asked,) = idle.ask
    assert asked.question == "Is Blue Heron Semi (Idle) the same as Blue Heron Semiconductor Ltd. (MY, E1) on the Entity List?"
    assert (asked.deals, asked.note) == ([], "State it as same_as or not_same_as: entity_list:E1.")


@pytest.mark.parametrize(
    ("said", "outcome", "settled"),
    [('same_as = ["entity_list:E1"]', "license_required", "same"), ('not_same_as = ["entity_list:E1"]', "no_license_required", "not_same")],
)
def test_said_who_it_is_the_verdict_is_settled_and_the_row_says_so(portfolio, said, outcome, settled):
    found = over(portfolio(said), Lists())
    assert outcomes(found)["A"] == outcome
    (entry,) = row(found, "heron").entries
    assert (entry.settled, entry.open) == (settled, "")
    assert not any("the same as" in f.question for f in row(found, "heron").ask)


@pytest.mark.parametrize(
    ("decided", "outcome", "settled"),
    [
        (Reviewed(same_as=("entity_list:E1",)), "license_required", "same"),
        (Reviewed(not_same_as=("entity_list:E1",)), "no_license_required", "not_same"),
    ],
)
def test_what_a_reviewer_decided_settles_it_unless_the_portfolio_says_otherwise(portfolio, decided, outcome, settled):
    found = over(portfolio(), Lists(decided=decided))
    assert outcomes(found)["A"] == outcome
    assert [e.settled for e in row(found, "heron").entries] == [settled]
    assert [e.open for e in row(found, "idle").entries] == ["party"]
    said = over(portfolio('same_as = ["entity_list:E1"]'), Lists(decided=decided))
    assert outcomes(said)["A"] == "license_required"


def test_a_strong_match_counts_and_stands_among_listed_parties(portfolio):
    found = over(portfolio(), Lists("strong"))
    assert outcomes(found)["A"] == "license_required"
    assert point(found, "Listed party") == "On a list of restricted parties: Blue Heron Semi (A)."
    assert point(found, "Possible match") == ""
    assert found.counterparties.rows[0].id == "heron"


def test_the_day_of_the_listing_turns_the_verdict_within_the_window(portfolio):
    found = over(portfolio(), Lists("strong"))
    (change,) = [c for c in found.changed if c.deals]
    assert (change.on, change.before, change.after) == ("2026-03-04", "no_license_required", "license_required")
    assert change.deals == ["B", "A"]


def test_where_nothing_was_found_the_row_says_in_what_was_looked_and_never_that_it_is_clear(portfolio):
    quiet = row(over(portfolio(), Lists()), "quiet")
    assert quiet.unmatched.startswith("No match in Entity List of 2026-07-31, 1,000 rows. No entry of this very name in the ")
    many = over(portfolio(), Lists(copies=5))
    assert row(many, "quiet").unmatched.startswith("No match in 5 lists of 2026-07-31, 15,000 rows.")
    assert row(many, "heron").unmatched.startswith("No match in the other 4 lists of 2026-07-31, 14,000 rows.")
    assert "clear" not in many.counterparties.model_dump_json().replace("all-clear", "")


def test_the_copies_stand_at_the_top_with_their_age_and_among_the_lists(portfolio):
    found = over(portfolio(), Lists())
    (copy,) = found.counterparties.copies
    assert (copy.title, copy.data_date, copy.age_days, copy.rows) == ("Entity List", "2026-07-31", 117, 1000)
    assert "Denied Persons List (502 of 564 rows" in found.counterparties.beside
    assert "Entity List" not in found.counterparties.beside
    (held,) = [x for x in found.lists if x.title == "Entity List"]
    assert (held.holds, held.rows, held.as_of) == ("copy", 1000, "2026-07-31")
    assert "screened in a copy: Entity List of 2026-07-31 (1,000 rows)" in point(found, "Screening")


def test_without_lists_it_says_which_lists_names_were_matched_against_exactly(portfolio):
    found = briefed(portfolio(), pack=PACK, date=DATE)
    assert found.counterparties.copies == []
    assert found.counterparties.rule is None
    assert found.counterparties.beside.startswith(
        "Names were matched exactly against what the pack holds of Denied Persons List (502 of 564"
    )
    assert all(c.unmatched.startswith("No entry of this very name in the ") for c in found.counterparties.rows)


def test_an_entry_that_left_the_list_counts_until_then_and_not_after(portfolio):
    found = over(portfolio(), Lists("strong", until=dt.date(2026, 11, 25), entry=dataclasses.replace(ENTRY, listed_on=None)))
    assert outcomes(found) == {"A": "no_license_required", "B": "license_required", "C": "no_license_required"}


def test_an_entry_without_a_date_is_open_before_the_copy_and_sure_from_it_on(portfolio):
    screen = Lists("strong", entry=dataclasses.replace(ENTRY, listed_on=None), undated_before=dt.date(2026, 7, 31))
    found = over(portfolio(), screen)
    assert outcomes(found) == {"A": "license_required", "B": "undetermined", "C": "no_license_required"}
    (entry,) = row(found, "heron").entries
    assert entry.since == ""
    assert {c.on for c in found.changed if c.deals} == {"2026-07-31"}


def test_a_name_that_cannot_be_screened_is_left_out_by_its_place(portfolio):
    class Refuses(Lists):
        def matches(self, party: Mapping[str, Any], date: dt.date) -> Sequence[Match]:
            if party["name"] == "Quiet Water Trading":
                raise BadInput("name: holds no letter and no digit")
            return super().matches(party, date)

    found = over(portfolio(), Refuses())
    assert found.errors[0] == "portfolio.toml: customers row 2, column name: holds no letter and no digit"
    assert [c.id for c in found.counterparties.rows] == ["heron", "idle"]
    assert set(outcomes(found)) == {"A", "B"}


@pytest.mark.parametrize("name", ["!!!", "…", "\u202e"])
def test_a_name_without_a_letter_is_left_out_and_not_passed_over_in_silence(portfolio, name):
    path = portfolio()
    path.write_text(path.read_text("utf-8").replace("Quiet Water Trading", name), encoding="utf-8")
    found = over(path, Lists())
    assert found.errors[0].startswith("portfolio.toml: customers row 2, column name: holds no letter and no digit")
    assert "quiet" not in {c.id for c in found.counterparties.rows}


def test_a_firm_that_cannot_be_screened_is_named(portfolio):
    class Refuses(Lists):
        def matches(self, party: Mapping[str, Any], date: dt.date) -> Sequence[Match]:  # noqa: ARG002  (whoever it is)
            raise BadInput("country: 'US' is not a country that is known")

    with pytest.raises(BadInput, match="firm, column country"):
        over(portfolio(), Refuses())


def test_the_dates_are_checked_before_anyone_is_screened(portfolio):
    with pytest.raises(BadInput, match="its window starts on 2026-12-01"):
        over(portfolio(), Lists(), since=dt.date(2026, 12, 1))


@pytest.fixture
def holdings(tmp_path: Path) -> Any:
    """Read holdings from edges."""

    def read(*edges: tuple[str, str, float | None]) -> Any:
        path = tmp_path / "holdings.json"
        owns = [{"owner": a, "owned": b, **({} if share is None else {"share": share})} for a, b, share in edges]
        path.write_text(json.dumps({"owns": owns}), encoding="utf-8")
        return read_holdings(path, PACK)

    return read


CHAIN = (("Blue Heron Semi", "Middle Holding", 0.6), ("Middle Holding", "Quiet Water Trading", 0.5))


def test_owners_show_status_chain_share_and_what_it_would_be_if_the_rule_acted(portfolio, holdings):
    found = over(portfolio(), Lists("strong"), holdings(*CHAIN))
    owners = row(found, "quiet").owners
    assert owners is not None
    assert (owners.status, owners.if_acting, owners.low, owners.high) == ("unknown", "covered", 0.5, 0.5)
    assert owners.chains == ["Blue Heron Semi -0.6-> Middle Holding -0.5-> Quiet Water Trading"]
    assert owners.listed_owners == ["Blue Heron Semi"]
    assert owners.takes_on == "Entity List, presumption of denial"
    assert row(found, "heron").owners is None


@pytest.mark.parametrize(
    ("date", "today", "then"),
    [
        ("2025-10-20", "on 2025-10-20 it acts, since 2025-09-29", "from 2025-11-10 on it is stayed"),
        ("2026-08-03", "on 2026-08-03 it is stayed, since 2025-11-10", "from 2026-11-10 on whether it acts is not known"),
        ("2026-11-25", "on 2026-11-25 whether it acts is not known, since 2026-11-10", ""),
    ],
)
def test_the_rule_on_owned_companies_stands_with_its_posture_on_the_day_and_at_its_next_turn(portfolio, holdings, date, today, then):
    rule = over(portfolio(), Lists(), holdings(*CHAIN), date=dt.date.fromisoformat(date)).counterparties.rule
    assert rule is not None
    assert (rule.today, rule.next) == (today, then)
    assert rule.switch == "2026-11-10: as printed, back in force; as expected, stayed to 2027-01-10"
    assert {s.citation for s in rule.sources} >= {"90 FR 47201", "90 FR 50857"}


def test_the_listing_of_an_owner_turns_the_verdict_while_the_rule_acts(portfolio, holdings):
    listed = Lists("strong", entry=dataclasses.replace(ENTRY, listed_on=dt.date(2025, 10, 8)))
    found = over(portfolio(), listed, holdings(*CHAIN), date=dt.date(2025, 11, 25), since=dt.date(2025, 10, 1))
    turned = {(c.on, c.before, c.after) for c in found.changed if "C" in c.deals}
    assert turned == {
        ("2025-10-08", "no_license_required", "license_required"),
        ("2025-11-10", "license_required", "no_license_required"),
    }


def test_an_unknown_share_is_asked_for_with_what_hangs_on_it_and_raises_a_red_flag(portfolio, holdings):
    path = portfolio()
    path.write_text(path.read_text("utf-8").replace("date = 2026-10-15", "date = 2026-12-15"), encoding="utf-8")
    found = over(path, Lists("strong"), holdings(("Blue Heron Semi", "Quiet Water Trading", None)))
    quiet = row(found, "quiet")
    assert outcomes(found)["C"] == "undetermined"
    assert quiet.owners is not None
    assert (quiet.owners.low, quiet.owners.high) == (0.0, 1.0)
    assert (quiet.ask[0].deals, quiet.ask[0].decides) == (["C"], ["outcome"])
    assert "What share of Quiet Water Trading does Blue Heron Semi hold?" in quiet.ask[0].note
    assert quiet.red_flags[0].text.startswith("Blue Heron Semi (entity_list) owns a part of Quiet Water Trading")
    assert quiet.red_flags[0].sources
    assert not any("Who owns 50% or more" in f.question and "C" in f.deals for f in found.facts)


def test_a_significant_minority_of_a_listed_owner_raises_a_red_flag(portfolio, holdings):
    quiet = row(over(portfolio(), Lists("strong"), holdings(("Blue Heron Semi", "Quiet Water Trading", 0.2))), "quiet")
    assert quiet.owners is not None
    assert quiet.owners.status == "not_covered"
    assert "holds 20% of Quiet Water Trading" in quiet.red_flags[0].text


def test_owners_that_the_portfolio_states_are_looked_for_on_the_lists(portfolio):
    path = portfolio('owners = [{ name = "Blue Heron Holding", share = 0.125 }, { name = "Other", share = 0.5 }, { name = "Third" }]')
    heron = row(over(path, Lists("strong")), "heron")
    assert heron.stated_owners == ["Blue Heron Holding (12.5%)", "Other (50%)", "Third (share not known)"]
    assert [(e.party, e.owner) for e in heron.entries] == [("Blue Heron Semi", False), ("Blue Heron Holding", True)]


def test_the_public_verb_and_the_product_take_files(portfolio, tmp_path, capsys, root):
    lists = [root / "examples" / "server-maker" / "lists"]
    holdings = root / "examples" / "server-maker" / "holdings.csv"
    found = tw.brief(root / "examples" / "server-maker", date=DATE, lists=lists, holdings=holdings)
    first = found.counterparties.rows[0]
    assert (first.name, [e.open for e in first.entries]) == ("Red River Systems JSC", ["party"])
    assert brief_to(portfolio(), tmp_path / "out", date="2026-11-25", gatherer=Gatherer(Lists())) == []
    assert "Blue Heron Semiconductor Ltd." in capsys.readouterr().out


LISTING = as_listing(ENTRY, "blue heron semi", "strong", 0.9, ["equal"])
D = [dt.date(2026, 1, 1), dt.date(2026, 4, 1), dt.date(2026, 8, 1), dt.date(2026, 12, 1)]


def windows(by_day: Mapping[dt.date, Any]) -> list[tuple[int, int, str]]:
    """The windows of the stretches, each with what is not known in it."""
    return [(x.start, x.end, x.doubt) for x in stretches(by_day, D)]


def test_an_entry_keeps_its_own_days_where_the_days_asked_about_do_not_speak_against_them():
    start = dt.date(2026, 3, 4).toordinal()
    assert windows(dict.fromkeys(D[1:], LISTING)) == [(start, OPEN_END, "")]
    undated = dataclasses.replace(LISTING, start=OPEN_START)
    assert windows(dict.fromkeys(D, undated)) == [(OPEN_START, OPEN_END, "")]


def test_an_entry_ends_on_the_day_on_which_it_is_no_longer_found_and_starts_where_it_is_found_again():
    undated = dataclasses.replace(LISTING, start=OPEN_START)
    first, second, third, fourth = (d.toordinal() for d in D)
    assert windows({D[0]: undated}) == [(OPEN_START, second, "")]
    assert windows({D[1]: undated, D[3]: undated}) == [(second, third, ""), (fourth, OPEN_END, "")]
    assert windows({}) == []
    assert first < second


def test_what_is_less_known_holds_until_more_is():
    undated = dataclasses.replace(LISTING, start=OPEN_START)
    doubtful = dataclasses.replace(undated, doubt="day")
    third = D[2].toordinal()
    assert windows({D[0]: doubtful, D[1]: doubtful, D[2]: undated, D[3]: undated}) == [
        (OPEN_START, third, "day"),
        (third, OPEN_END, ""),
    ]
    assert stretches({D[2]: undated}, D)[0].why == ("equal", "seen from 2026-08-01 on, and not known to be so before")
