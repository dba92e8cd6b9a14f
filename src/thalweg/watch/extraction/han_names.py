"""Chinese personal names in Chinese sentences: a surname and one or two characters beside a title, and nothing less sure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from thalweg.watch.extraction.text import Sentence

_SURNAMES: Final = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯"
    "江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向汤常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕"
    "单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边"
    "卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻位厉伊仝区郜海阚花权强帅屠豆朴盖练廉禹井"
)
_DOUBLE: Final = "欧阳|司马|上官|诸葛|司徒|东方|夏侯|皇甫|尉迟|公孙|慕容|令狐"
_NAME: Final = rf"(?:(?:{_DOUBLE})|[{_SURNAMES}])"
_GIVEN: Final = r"[\u4e00-\u9fff]"
_NOT_GIVEN: Final = "某等在于因被称说和与及对就将已也的了是从向为以按或并又经由据日月年局部长"
_TITLES: Final = {
    "official": "副部长|部长|新闻发言人|发言人|副局长|局长|副主任|主任|司长|副司长|外长|大使|国务卿|"
    "总理|副总理|国务委员|贸易代表|署长|处长|市长|省长",
    "defendant": "被告人|犯罪嫌疑人|嫌疑人|嫌犯|被告",
    "executive": "首席执行官|首席财务官|董事长|总裁|创始人|总经理|副总裁|执行长",
    "enforcer": "检察官|法官|检察长",
    "sponsor": "众议员|参议员|议员|立委|立法委员",
    "analyst": "分析师|教授|研究员|经济学家",
}
_AFTER_NAME: Final = (
    r"(?=表示|违反|犯|走私|一审|认罪|供述|到案|违规|非法|系|通过|将|已|曾|会见|出席|率|当日|称|说|指出|宣布|介绍|强调|回应|认为|透露|答|在|于|因|涉嫌|"
    r"被|等|和|与|及|对|就|日前|近日|昨|今|[、，。；：,;:\s（(]|$)"
)
_BEFORE: Final = re.compile(
    "|".join(f"(?:(?P<{role}>{titles}))" for role, titles in _TITLES.items()).join(("(?:", ")"))
    + rf"(?P<name>{_NAME}(?:(?![{_NOT_GIVEN}]){_GIVEN}){{1,2}}?){_AFTER_NAME}"
)
_BEHIND: Final = re.compile(
    rf"(?:^|[，。、；：,;:\s（(和与由]|称|对|向)(?P<name>{_NAME}(?:(?![{_NOT_GIVEN}]){_GIVEN}){{1,2}}?)(?:先生|女士|(?P<official>部长|局长|发言人))"
)


def persons(sentence: Sentence) -> Iterator[tuple[str, str]]:
    """Yield each Chinese personal name that a title stands beside, as it is written, with the part that the title gives it."""
    if not sentence.han:
        return
    for match in _BEFORE.finditer(sentence.lower):
        role = next(role for role in _TITLES if match[role])
        yield sentence.text[match.start("name") : match.end("name")], role
    for match in _BEHIND.finditer(sentence.lower):
        yield sentence.text[match.start("name") : match.end("name")], "official" if match["official"] else "party"
