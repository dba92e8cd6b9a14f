"""Text made ready to be read: cleaned, cut into sentences, and each sentence into words."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

MOST: Final = 200_000
"""Characters of a text that are read; news and notices are far shorter, and what follows is left unread."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufff9-\ufffc]")
_UNSEEN = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_SPACE = re.compile(r"[^\S\n]+")
_ALIKE = str.maketrans(
    {"’": "'", "‘": "'", "ʼ": "'", "“": '"', "”": '"', "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": " - ", "−": "-", "…": "..."}
)
_PLAIN = str.maketrans(
    "戰貨體單實對個國際貿經濟證許輸關務將廠無華為業導圓電產設備術違規調檢處罰億萬歐韓鎊幣臺灣蘭東馬來亞緬鎵鍺銻鎢鉍鉬銦釋應鏈"
    "發佈頒運銷購買賣簽協議聯參眾員總統財長廳檔報記稱據審計畫劃補貼資撥獲準擴嚴緊鬆暫緩執終結訴訟羈緝獄認軍飛彈機構組織陸蘇維"
    "僑縣園區數雲腦網絡輝達積環奧義烏羅爾貝諾約顆塊張輛噸條項類種圍繞過轉擊顯憶顧問題專門從與於這們時間點開閉動還後見現啟視範"
    "幾沒給話說讓讀豐廣內滬澤鄭陳劉黃趙吳楊鄧馮蕭葉韋齊賴龍鍾盧錢龔蔣謝譚賈孫溫魯紀鄒湯龐顏賀樂費閻衛廢徵採復聲獨優勢讚聽權營"
    "濫觸傳遞銅鐵鋁礦鋰鑽氣熱",
    "战货体单实对个国际贸经济证许输关务将厂无华为业导圆电产设备术违规调检处罚亿万欧韩镑币台湾兰东马来亚缅镓锗锑钨铋钼铟释应链"
    "发布颁运销购买卖签协议联参众员总统财长厅档报记称据审计画划补贴资拨获准扩严紧松暂缓执终结诉讼羁缉狱认军飞弹机构组织陆苏维"
    "侨县园区数云脑网络辉达积环奥义乌罗尔贝诺约颗块张辆吨条项类种围绕过转击显忆顾问题专门从与于这们时间点开闭动还后见现启视范"
    "几没给话说让读丰广内沪泽郑陈刘黄赵吴杨邓冯萧叶韦齐赖龙钟卢钱龚蒋谢谭贾孙温鲁纪邹汤庞颜贺乐费阎卫废征采复声独优势赞听权营"
    "滥触传递铜铁铝矿锂钻气热",
)
"""Traditional characters of this field of words, each with its simplified form, in which the word lists stand."""
_WORD = re.compile(r"[^\W_\u3400-\u4dbf\u4e00-\u9fff]+")
_STOP = re.compile(r"(?<![.!?])[.!?]++[\"')\]]*+(?=\s)|[。！？；]+[”」』）]*|\n+")
_ABBREVIATED = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "dr",
        "prof",
        "gen",
        "col",
        "lt",
        "sgt",
        "sen",
        "rep",
        "gov",
        "u",
        "s",
        "no",
        "nos",
        "inc",
        "corp",
        "ltd",
        "co",
        "llc",
        "dept",
        "jr",
        "sr",
        "st",
        "vs",
        "etc",
        "e",
        "g",
        "i",
        "d",
        "art",
        "sec",
        "para",
        "vol",
        "jan",
        "feb",
        "mar",
        "apr",
        "jun",
        "jul",
        "aug",
        "sep",
        "sept",
        "oct",
        "nov",
        "dec",
        "approx",
        "est",
        "al",
        "ca",
        "cf",
        "fig",
        "p",
        "pp",
        "v",
        "h",
        "r",
        "res",
        "conn",
        "rev",
        "hon",
        "univ",
        "supp",
        "pub",
        "l",
        "stat",
    ]
)
SENTENCES: Final = 4_000
"""Sentences that are read of one text."""
LONGEST: Final = 2_000
"""Characters that a sentence has at most; a longer run without a stop is cut, at a space where there is one."""
HAN: Final = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence: its text, its words in lower case with where each begins and ends, and where it stands in the document."""

    text: str
    lower: str
    words: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    number: int
    paragraph: int
    title: bool = False
    shouted: bool = False
    """Written in capitals throughout, so that a capital says nothing."""
    han: bool = False

    @property
    def plain(self) -> str:
        """The text as word lists are held against it: simplified where it is Chinese."""
        return self.lower if self.han else self.text


def cleaned(text: str) -> str:
    """Return a text with one form of quotes, dashes and spaces, and without what cannot be seen."""
    text = text[:MOST].replace("\r\n", "\n").replace("\r", "\n")
    if not text.isascii():
        text = unicodedata.normalize("NFC", text).translate(_ALIKE)
        text = "".join(_narrow(c) for c in text) if _WIDE.search(text) else text
    return _SPACE.sub(" ", _CONTROL.sub(" ", _UNSEEN.sub("", text))).strip()


_WIDE = re.compile(r"[\uff01-\uff5e]")


def _narrow(character: str) -> str:
    """Return a full-width letter or digit in its usual width; full-width punctuation ends sentences and stays."""
    if "\uff01" <= character <= "\uff5e":
        usual = chr(ord(character) - 0xFEE0)
        return usual if usual.isalnum() or usual in "%()./-" else character
    return character


def sentences(title: str, text: str) -> list[Sentence]:
    """Return the title and the sentences of a text, in order. Every sentence stands in the cleaned text as it is given here."""
    found: list[Sentence] = []
    if title.strip():
        found.append(_sentence(title.replace("\n", " ").strip()[:LONGEST], 0, 0, title=True))
    paragraph = 1
    for block in text.split("\n"):
        if not block.strip():
            continue
        for piece in _pieces(block.strip())[:SENTENCES]:
            found.append(_sentence(piece, len(found), paragraph, title=False))
        paragraph += 1
        if len(found) > SENTENCES:
            return found[:SENTENCES]
    return found


def _pieces(block: str) -> list[str]:
    pieces: list[str] = []
    start = 0
    for stop in _STOP.finditer(block):
        end = stop.end()
        if stop.group()[0] == "." and not _ends(block, stop.start(), end):
            continue
        if piece := block[start:end].strip():
            pieces.append(piece)
        start = end
    if piece := block[start:].strip():
        pieces.append(piece)
    return [part for piece in pieces for part in (_cut(piece) if len(piece) > LONGEST else (piece,))]


def _cut(piece: str) -> list[str]:
    parts: list[str] = []
    while len(piece) > LONGEST:
        at = piece.rfind(" ", LONGEST // 2, LONGEST)
        at = at if at > 0 else LONGEST
        parts.append(piece[:at])
        piece = piece[at:].lstrip()
    return [*parts, piece] if piece else parts


def _ends(block: str, stop: int, end: int) -> bool:
    """Whether a full stop ends its sentence: not after an abbreviation or an initial, nor before a word in lower case."""
    before = stop
    while before > 0 and block[before - 1].isalpha() and stop - before < 12:
        before -= 1
    word = block[before:stop]
    following = block[end : end + 3].lstrip()[:1]
    if following.islower():
        return False
    if len(word) == 1 and word.isupper():
        # "the U.S. Nvidia said" is cut rarely; "H.R. 2683" and "John D. Smith" must not be
        return (
            before >= 2 and block[before - 1] == "." and following.isupper() and not block[end:].lstrip()[:1].isdigit() and _new(block, end)
        )
    return word.lower() not in _ABBREVIATED


_OPENERS = frozenset(
    [
        "The",
        "A",
        "An",
        "In",
        "On",
        "It",
        "He",
        "She",
        "They",
        "This",
        "That",
        "These",
        "Those",
        "However",
        "But",
        "And",
        "For",
        "At",
        "As",
        "After",
        "Last",
        "Its",
        "His",
        "Officials",
    ]
)


def _new(block: str, end: int) -> bool:
    match = _WORD.search(block, end)
    return bool(match) and match.group() in _OPENERS if match else False


def _sentence(text: str, number: int, paragraph: int, *, title: bool) -> Sentence:
    lower = text.lower()
    if len(lower) != len(text):  # a few letters grow in lower case, and the spans would no longer fit
        lower = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    han = HAN.search(text) is not None
    if han:
        lower = lower.translate(_PLAIN)
    spans: list[tuple[int, int]] = []
    words: list[str] = []
    for match in _WORD.finditer(lower):
        spans.append(match.span())
        words.append(match.group())
    shouted = len(text) > 12 and text.isupper()
    return Sentence(text, lower, tuple(words), tuple(spans), number, paragraph, title, shouted, han)
