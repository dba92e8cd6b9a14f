"""One event told in English and in Chinese is one event; two events of one day stay two."""

from __future__ import annotations

import datetime as dt

import pytest

from thalweg.nouns.fused import Account
from thalweg.nouns.news import Document
from thalweg.watch.extract import extract, load_lexicon
from thalweg.watch.fuse import fuse

TOLD_TWICE = {
    "a suspension": (
        (
            "China suspends ban on gallium, germanium and antimony exports to US",
            "The ministry halts the 2024 ban on sales there until 27 November 2026.",
            "2025-11-09",
        ),
        ("商务部公告：暂停实施对美出口镓、锗、锑禁令", "商务部决定自即日起至2026年11月27日暂停实施2024年第46号公告第二款。", "2025-11-09"),
    ),
    "a listing": (
        ("Taiwan adds Huawei and SMIC to export control list", "Exporters need permits to sell to the two firms.", "2025-06-15"),
        ("经济部将华为、中芯国际列入战略性高科技货品出口管制实体名单", "台湾厂商对其出口须先申请许可。", "2025-06-15"),
    ),
    "a filing": (
        (
            "Nvidia expects $5.5 billion charge from H20 licence rule",
            "A filing says the US requires a licence to export H20 to China.",
            "2025-04-15",
        ),
        ("英伟达公告：H20对华出口需许可，计提55亿美元费用", "公司在公告中称美国政府要求H20出口中国须取得许可。", "2025-04-16"),
    ),
    "a case": (
        (
            "China finds Nvidia broke anti-monopoly law",
            "The State Administration for Market Regulation will investigate further.",
            "2025-09-15",
        ),
        ("市场监管总局：英伟达违反反垄断法", "市场监管总局依法决定对英伟达实施进一步调查。", "2025-09-15"),
    ),
    "an accession": (
        ("India joins Pax Silica", "New Delhi signed the declaration on AI supply chains on Friday.", "2026-02-20"),
        ("印度加入“硅和平”联盟", "印度周五在新德里签署宣言。", "2026-02-20"),
    ),
    "a supply deal": (
        ("AMD to supply OpenAI with 6 gigawatts of GPUs", "The first gigawatt of MI450 comes in the second half of 2026.", "2025-10-06"),
        ("OpenAI与AMD签署6吉瓦GPU供应协议", "首批1吉瓦MI450将于2026年下半年部署。", "2025-10-06"),
    ),
}


def accounts(*told):
    found = []
    for at, (title, text, day) in enumerate(told):
        document = Document(f"doc-{at}", "news", "", title, text, dt.date.fromisoformat(day), publisher="Example Daily")
        events = extract(document, load_lexicon())
        found += [Account(e, "news", "Example Daily", "", title, "media", document.published, {}) for e in events]
    return found


@pytest.mark.parametrize("kind", TOLD_TWICE)
def test_an_event_told_in_two_languages_is_one(kind):
    (found,) = fuse(accounts(*TOLD_TWICE[kind]))
    assert len(found.accounts) == 2
    assert any("another language" in why or "same" in why for told in found.accounts for why in told.why)


def test_all_of_them_together_stay_apart_from_each_other():
    found = fuse(accounts(*(told for pair in TOLD_TWICE.values() for told in pair)))
    assert sorted(len(f.accounts) for f in found) == [2] * len(TOLD_TWICE)


def test_two_lists_of_one_day_with_other_counts_stay_two():
    english = (
        "China puts 16 US entities on export control list",
        "Exports of dual-use items to them are forbidden from today.",
        "2025-04-09",
    )
    chinese = ("商务部将28家美国实体列入出口管制管控名单", "禁止向其出口两用物项，自公布之日起实施。", "2025-04-09")
    assert len(fuse(accounts(english, chinese))) == 2


def test_two_cases_of_one_day_against_other_firms_stay_two():
    english = (
        "China finds Qualcomm broke anti-monopoly law",
        "The State Administration for Market Regulation will investigate.",
        "2025-09-15",
    )
    chinese = ("市场监管总局：英伟达违反反垄断法", "市场监管总局依法决定对英伟达实施进一步调查。", "2025-09-15")
    assert len(fuse(accounts(english, chinese))) == 2
