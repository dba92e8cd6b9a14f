"""Chinese personal names in Chinese texts: read beside a title, and nowhere else."""

from __future__ import annotations

import pytest

from thalweg.watch.extraction.han_names import persons
from thalweg.watch.extraction.text import sentences


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("商务部新闻发言人何咏前表示，将依法审批。", [("何咏前", "official")]),
        ("商务部部长王文涛在北京会见来宾。", [("王文涛", "official")]),
        ("被告人李强因走私罪被判刑。", [("李强", "defendant")]),
        ("嫌疑人欧阳明、陈伟被抓获。", [("欧阳明", "defendant")]),
        ("首席执行官赵海军称，供应链稳定。", [("赵海军", "executive")]),
        ("經濟部部長龔明鑫表示，名單已更新。", [("龔明鑫", "official")]),
        ("公司由张伟先生控股。", [("张伟", "party")]),
    ],
)
def test_a_name_beside_a_title_is_read(text, wanted):
    (sentence,) = sentences("", text)
    assert list(persons(sentence)) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "商务部新闻发言人表示，将依法审批。",
        "商务部发言人就稀土出口管制答记者问。",
        "被告人因走私罪被判刑。",
        "部长会议在北京举行。",
        "高通公司在中国的业务不受影响。",
        "嫌疑人李某被抓获。",
        "Minister Wang Wentao spoke.",
    ],
)
def test_what_is_no_name_is_not_read(text):
    (sentence,) = sentences("", text)
    assert list(persons(sentence)) == []


def test_an_event_names_the_person(read):
    (event,) = read("两被告人走私锑锭被判刑", "法院认定，被告人刘建国违反出口管制规定，判处有期徒刑十二年。")
    assert "刘建国" in [a.name for a in event.actors]
