"""Events as documents tell them: kind, certainty, parts, numbers, dates."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from thalweg.nouns.news import Document
from thalweg.watch.extract import extract
from thalweg.watch.labels import labels

KEYS = [
    "event_type", "actors", "countries", "items", "measure_type", "amounts", "quantities", "dates", "certainty", "status",
    "contradicts", "evidence",
]  # fmt: skip


def test_a_rule_that_is_made_is_final_and_one_that_is_weighed_is_anonymous(read):
    (made,) = read("Commerce bans exports of AI chips to Russia", "The rule takes effect immediately.")
    assert (made.event_type, made.measure_type, made.certainty) == ("regulation", "export_control_rule", "official_final")
    (weighed,) = read("US weighs ban on exports of AI chips to Russia", "A decision is close, people familiar with the matter said.")
    assert (weighed.event_type, weighed.certainty, weighed.status) == ("regulation", "reported_anonymous", "proposed")


def test_a_rule_with_a_later_day_is_announced_and_that_day_is_its_effect(read):
    (event,) = read("Netherlands tightens export controls on lithography machines", "The licence requirement applies from 1 April.")
    assert event.certainty == "official_announced"
    assert event.dates == {"effective": "2026-04-01", "announced": "2026-01-15"}


@pytest.mark.parametrize(
    ("title", "certainty", "measure"),
    [
        ("Two men charged in Texas with smuggling Nvidia GPUs to China", "alleged_charged", "enforcement_criminal"),
        ("Texas man pleads guilty to smuggling Nvidia GPUs to China", "admitted_plea", "enforcement_criminal"),
        ("Applied Materials settles with BIS over illegal exports to SMIC", "settled", "enforcement_civil"),
        ("Texas man sentenced to 40 months in prison for smuggling Nvidia GPUs", "official_final", "enforcement_criminal"),
    ],
)
def test_a_case_is_as_sure_as_its_step(read, title, certainty, measure):
    (event,) = read(title)
    assert (event.event_type, event.certainty, event.measure_type) == ("enforcement", certainty, measure)


def test_countries_have_the_parts_that_the_words_give_them(read):
    (event,) = read(
        "Men charged with shipping Nvidia servers to China", "The servers went through Malaysia and Thailand, US prosecutors said."
    )
    where = event.countries
    assert where.imposer == ("US",)
    assert where.source == ("US",)
    assert where.destination == ("CN",)
    assert where.transit == ("MY", "TH")


def test_a_list_of_parties_has_no_source_and_names_its_parties(read):
    (event,) = read("US adds Sophgo and Zhipu AI to Entity List", "More than 25 entities were added.")
    assert event.event_type == "listing"
    assert event.countries.source == ()
    assert {(a.name, a.role) for a in event.actors} >= {("Sophgo", "listed_party"), ("Zhipu AI", "listed_party")}
    assert [(q.value, q.unit, q.qualifier) for q in event.quantities] == [(25, "entities", "more_than")]


@pytest.mark.parametrize(
    ("words", "value", "currency", "qualifier"),
    [
        ("about $5.5 billion", 5.5e9, "USD", "approx"),
        ("USD 252 million", 2.52e8, "USD", "exact"),
        ("nearly $170m", 1.7e8, "USD", "nearly"),
        ("more than €1.2bn", 1.2e9, "EUR", "more_than"),
        ("up to 400 million yuan", 4e8, "CNY", "up_to"),
        ("at least RMB 3 billion", 3e9, "CNY", "at_least"),
        ("two billion dollars", 2e9, "USD", "exact"),
        ("$2.5B", 2.5e9, "USD", "exact"),
        ("410 million yen", 4.1e8, "JPY", "exact"),
    ],
)
def test_sums_are_read_with_their_currency_and_qualifier(read, words, value, currency, qualifier):
    (event,) = read("Chip firm settles with BIS over exports of GPUs to China", f"It will pay {words} for the violations.")
    assert [(a.value, a.currency, a.qualifier) for a in event.amounts] == [(value, currency, qualifier)]


def test_a_case_over_a_sum_does_not_say_that_the_sum_is_more(read):
    (event,) = read("Broker charged over $2.5B of Nvidia GPU sales to China", "He was arrested in Texas.")
    assert event.amounts[0].qualifier == "exact"


@pytest.mark.parametrize(
    ("words", "value", "unit", "qualifier"),
    [
        ("about 750 servers", 750, "servers", "approx"),
        ("more than 60,000 Nvidia chips", 60_000, "chips", "more_than"),
        ("up to one million Google TPUs", 1e6, "chips", "up_to"),
        ("at least 30 days' notice", 30, "days_notice", "at_least"),
        ("up to 75,000 H200 chips per Chinese customer", 75_000, "chips_per_customer", "up_to"),
    ],
)
def test_things_are_counted_in_their_unit(read, words, value, unit, qualifier):
    (event,) = read("US export controls on AI chips for Malaysia", f"The rule covers {words}.")
    assert (value, unit, qualifier) in [(q.value, q.unit, q.qualifier) for q in event.quantities]


def test_nanometers_layers_model_numbers_and_years_count_nothing(read):
    (event,) = read(
        "US bans exports of H100 and 910B chips at 14 nm to China", "Memory of 256 layers made since 2023 falls under the rule of 2022."
    )
    assert event.quantities == ()


@pytest.mark.parametrize(
    ("words", "date"),
    [
        ("on 9 April 2025", "2025-04-09"),
        ("on April 9, 2025", "2025-04-09"),
        ("on 9 January", "2026-01-09"),
        ("on Wednesday", "2026-01-14"),
        ("yesterday", "2026-01-14"),
        ("on 20 December", "2025-12-20"),
    ],
)
def test_dates_are_read_against_the_day_of_publication(read, words, date):
    (event,) = read("BIS amends export controls on AI chips", f"The bureau announced the rule {words}.")
    assert event.dates["announced"] == date


def test_a_date_keeps_the_precision_of_the_text(read):
    (event,) = read("BIS settles with firm over illegal exports to China", "The shipments ran between November 2020 and July 2022.")
    assert event.dates == {"conduct_start": "2020-11", "conduct_end": "2022-07"}


def test_a_date_that_needs_the_day_of_publication_is_left_out_where_that_is_not_known(read):
    (event,) = read("BIS amends export controls on AI chips", "The rule was announced on Wednesday.", published=None)
    assert event.dates == {}


def test_items_link_to_the_catalogue_and_to_classes(read):
    (event,) = read(
        "US requires licence for exports of Nvidia H20 and HBM to China", "ECCN 3A090.a covers the chip; ion implanters stay free."
    )
    assert {(i.text, i.chip, i.eccn) for i in event.items} >= {
        ("Nvidia H20", "NVIDIA H20", ""),
        ("HBM", "", "3A090.c"),
        ("ECCN 3A090.a", "", "3A090.a"),
        ("ion implanters", "", "3B001.b"),
    }


def test_a_chinese_notice_is_read_with_its_list_its_count_and_its_states(read):
    (event,) = read("商务部公告：将28家美国实体列入出口管制管控名单", "自公布之日起正式实施。", published=dt.date(2025, 1, 2))
    assert (event.event_type, event.measure_type, event.certainty) == ("listing", "entity_listing", "official_final")
    assert event.countries.imposer == ("CN",)
    assert event.countries.destination == ("US",)
    assert [(q.value, q.unit) for q in event.quantities] == [(28, "entities")]
    (paused,) = read("商务部：暂停对美国实施稀土出口管制", "至2026年11月10日。")
    assert (paused.event_type, paused.measure_type) == ("de_escalation", "suspension")
    assert paused.dates["expiry"] == "2026-11-10"


def test_a_two_line_ticker_has_one_event_and_a_long_article_several(read):
    assert len(read("TAIWAN ADDS HUAWEI, SMIC TO EXPORT CONTROL LIST")) == 1
    listing = "The Commerce Department added 42 Chinese companies to the Entity List on Tuesday. " + "They bought American tools. " * 12
    plea = "Separately, Jane Roe pleaded guilty in Boston to smuggling 300 Nvidia GPUs to Russia. " + "She is in custody. " * 12
    deal = "OpenAI agreed to buy 90,000 AMD chips in a supply deal worth $3 billion. " + "Deliveries start in summer. " * 12
    events = read("Chips and control: the week", f"{listing}\n\n{plea}\n\n{deal}")
    assert [e.event_type for e in events] == ["listing", "enforcement", "supply_deal"]
    assert [q.value for q in events[0].quantities] == [42]
    assert "Jane Roe" in [a.name for a in events[1].actors]
    assert events[2].amounts[0].value == 3e9


def test_every_field_that_is_filled_has_a_sentence_of_the_text(read):
    title = "US charges three men with smuggling Nvidia GPUs worth $20 million to China"
    text = (
        "Prosecutors in Texas said John Q. Miller, Mei Tan and Ravi Rao shipped 400 chips through Malaysia between May 2024 and July 2025."
    )
    (event,) = read(title, text)
    for field in ("actors", "items", "amounts", "quantities", "event_type", "measure_type", "certainty", "status"):
        assert event.evidence[field], field
        assert all(said in (title, text) for said in event.evidence[field])
    assert {"John Q. Miller", "Mei Tan", "Ravi Rao"} <= {a.name for a in event.actors}


def test_labels_have_the_keys_of_the_contract_in_their_order(read):
    (event,) = read("US adds Sophgo to Entity List")
    data = labels(event)
    assert list(data) == KEYS
    assert list(data["countries"]) == ["imposer", "source", "transit", "destination", "other"]
    assert json.loads(json.dumps(data)) == data


def test_what_a_source_states_beside_the_text_dates_the_event(lexicon):
    document = Document(
        "fr:1", "federal_register", "", "Additions to the Entity List", "BIS adds 11 entities to the Entity List.",
        dt.date(2025, 9, 16), kind="official", facts={"effective_on": "2025-09-16"},
    )  # fmt: skip
    (event,) = extract(document, lexicon)
    assert event.dates["effective"] == "2025-09-16"
    assert event.certainty == "official_final"


def test_the_same_document_gives_the_same_events(read):
    again = [read("US adds Sophgo to Entity List", "More than 25 entities were added on Monday.") for _ in range(2)]
    assert again[0] == again[1]
