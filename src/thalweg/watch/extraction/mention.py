"""The part of a country in an event by the words around one mention of it."""

from __future__ import annotations

import re
from typing import Final

from thalweg.nouns.news import EventType
from thalweg.watch.extraction.lexicon import Name
from thalweg.watch.extraction.marks import ACTS, Marked
from thalweg.watch.extraction.match import Found

_TO: Final = re.compile(
    r"(?:\b(?:to|into|towards|toward|against|reaching|reach|bound for|destined for|for|at|of|in|from accessing|on)(?: the| mainland|"
    r" military end users in| customers in| firms in| several| some| companies in| buyers in| a| its)? ?$)"
)
_DIRECT: Final = re.compile(
    r"(?:\b(?:to|into|towards|toward|reaching|bound for|destined for|against)(?: the| mainland| customers in| companies in| firms in|"
    r" buyers in| end users in| military end users in)? ?$)"
)
_VIA: Final = re.compile(
    r"(?:\b(?:through|via|by way of|routed through|transiting|transited|transshipped through|trans-shipped through|passing through|"
    r"from|using|stop in|stopover in|first to|shipped first to|with|intermediaries in|companies in|company in|firms in|hub in|"
    r"subsidiaries in|subsidiary in|affiliate in|entities in)(?: the| a| its)? ?$)"
)
_ROUTE: Final = re.compile(
    r"(?:\b(?:through|via|by way of|routed through|transiting|transited|transshipped through|trans-shipped through|passing through|"
    r"transshipment (?:points|hubs|countries|sites) (?:such as|like|including|in)|hubs (?:such as|like|including)|routed via|"
    r"stop in|stopped in|layover in|intermediaries in|intermediary in|and)(?: the| companies in| firms in| its| a)? ?$)"
)
_DECLARED: Final = re.compile(
    r"^ (?:was |were )?(?:declared|listed|named|stated) as (?:the )?(?:destination|final destination|end destination)|"
    r"^ as (?:the )?declared destination"
)
_DECLARED_AS: Final = re.compile(r"\b(?:declared|listed|named|gave|giving)(?: \w+(?: and|,))? $")
_ORIGIN: Final = re.compile(r"^(?:[ -]origin\b|[ -]made\b|[ -]developed\b|[ -]designed\b)")
_OF_ORIGIN: Final = re.compile(r"\b(?:of|made in|originating in|produced in|manufactured in|designed in)(?: the)? ?$")
_BUYERS: Final = re.compile(
    r"^ (?:customers?|buyers?|firms?|compan(?:y|ies)|entit(?:y|ies)|clients?|military|tech|AI|chipmakers?|chip|labs?|universit(?:y|"
    r"ies)|end users?|market|state|government|army|hands|startups?|data cent|military|importers?|importer|internet|cloud|online|"
    r"partners?)"
)
_DEMONYM_ACTORS: Final = re.compile(
    r"^ (?:officials?|government|authorit|regulator|minist|member|customs|prosecutors?|police|trade|commerce|cabinet|court|president|"
    r"lawmakers?|parliament|administration|export controls?|export curbs?|export restrictions?|curbs|controls|restrictions|rules|ban|"
    r"law)"
)


_OUTSIDE: Final = re.compile(
    r"\b(?:outside|except|excluding|other than|beyond|retaliation (?:to|against|for)|response to|despite|answer to)(?: the|"
    r" of the| of)? ?$"
)


def part_of(name: Found[Name], marked: Marked, event: EventType) -> tuple[str, float]:
    """Return the part that the words around a country give it, and how strongly."""
    text, kind = marked.sentence.text, name.value.kind
    before, after = text[max(0, name.start - 45) : name.start], text[name.end : name.end + 45]
    if marked.sentence.han and (role := _han_role(before, after, name)):
        return role
    if event in ("partnership", "supply_deal"):
        return ("imposer", 1.0) if kind in ("agency", "state") and _PAYS.match(after) else _built(name, before, after)
    if role := _by_kind(name, marked, event, before, after):
        return role
    if event == "listing" and _UNDER.search(before):
        return "destination", 2.5
    if kind == "state" and _SEAT.search(before):
        return "excluded", 0.1
    if event == "alliance" and kind != "city":
        return "other", 2.0
    if kind in ("agency", "state") and not _DIRECT.search(before):
        return "imposer", 3.0 if event == "licence" and _GIVES.match(after) else 2.0
    if role := _stated(before, after, event):
        return role
    if event == "corporate_disclosure" and (role := _disclosed(name, before, after)):
        return role
    if (
        event == "listing"
        and kind == "demonym"
        and not marked.sentence.title
        and not _BUYERS.match(after)
        and not _DEMONYM_ACTORS.match(after)
    ):
        return "other", 0.5
    return _people(name, after) if kind == "demonym" else _place(name, marked, event, before, after)


def _by_kind(name: Found[Name], marked: Marked, event: EventType, before: str, after: str) -> tuple[str, float] | None:
    """Return the part that words have in one kind of event alone."""
    text, kind = marked.sentence.text, name.value.kind
    if event == "licence" and kind == "demonym" and name.value.country in _MAKERS_HOME and _MAKER.match(after):
        return "other", 1.5
    if event == "listing" and marked.sentence.title and kind in ("place", "demonym") and _LISTED_KIND.match(after):
        return "destination", 2.0
    if event == "listing" and kind in ("place", "demonym") and (_REST.match(text) or _REST_OF.search(text[: name.start])):
        return "other", 3.0
    if (
        event in ("diversion_report", "enforcement")
        and kind in ("place", "city")
        and ((_CAME_FROM.search(before) and name.value.country not in _MAKERS_HOME) or _ON_PAPER.search(before))
    ):
        return "transit", 3.0
    if event == "guidance" and name.value.country == "US" and kind == "demonym" and _AMERICAN_GOODS.match(after):
        return "source", 2.0
    if kind in ("place", "demonym") and after.startswith(" Exchange"):
        return "other", 3.0
    return None


_PAYS: Final = re.compile(
    r"^ (?:will |has |have |is |to |on \w+ )*(?:tak|award|giv|grant|invest|pay|fund|approv|finaliz|provid|buy|acquir)\w*\b"
)
_GIVES: Final = re.compile(r"^ (?:has |have |had )?(?:cleared|approved|granted|given|let|allowed|licensed|authori[sz]ed|permitted)\b")
_LISTED_KIND: Final = re.compile(
    r"^ (?:[\w-]+ ){0,3}?(?:compan(?:y|ies)|firms|entities|miners|makers|manufacturers|chip ?makers|groups|"
    r"businesses|contractors|universities|institutes|labs)\b"
)
_REST: Final = re.compile(r"^(?:Others?|The others|The rest|(?:Some|Several|A few|\w+) of them sit)\b")
"""A sentence on the lesser part of a list: "Others are in Iran and Pakistan"."""
_MAKERS_HOME: Final = frozenset(("KR", "TW", "NL", "JP", "US", "DE"))
_MAKER: Final = re.compile(r"^ (?:chip ?makers?|makers?|compan(?:y|ies)|firms?|foundry|tool ?makers?|suppliers?|giants?|groups?)\b")
"""The home of a licensee that makes chips or tools; its goods go elsewhere."""
_MIDDLEMAN: Final = re.compile(
    r"\b(?:brokers?|intermediar(?:y|ies)|middlem[ae]n|forwarders?|freight (?:firms?|agents?)|traders?|"
    r"affiliates?|resellers?|distributors?|(?:shell|front|trading) "
    r"(?:firms?|compan(?:y|ies))) (?:in|based in)(?: the)? $"
)
_CAME_FROM: Final = re.compile(
    r"\b(?:came|come|arrived|shipped|sent|brought|delivered|flown|trucked|smuggled)(?: in| over| on)?(?: to [A-Z]\w+|"
    r" into [A-Z]\w+)? from $"
)
_ON_PAPER: Final = re.compile(
    r"\b(?:booked|declared|addressed|consigned|invoiced|billed|labell?ed|ostensibly|supposedly|purportedly|"
    r"officially|on paper)"
    r"(?: (?:for|to))*(?: an?| the)?(?: [\w-]+){0,3} in (?:the )?$|\b(?:ostensibly|supposedly|purportedly|on paper) (?:for|to) (?:the )?$"
)
"""Where goods go by their papers and not in fact."""
_REST_OF: Final = re.compile(
    r"(?:^|[;,:.] |\band |\bwith |\bplus )(?:(?:the rest|the others|others|the remaining \w+|the remainder) |"
    r"(?:a few|several|some|one|two|three) (?:of them |more )?(?:are |is |sit |were |come |being )?"
    r"(?:based |located )?(?:from |in |across ))"
    r"[^.;]{0,90}$",
    re.IGNORECASE,
)
"""What opens the lesser part of a list in the middle of a sentence: "the rest are in", "several of them in"."""
_BOUGHT_IN: Final = re.compile(
    r"\b(?:buy|buys|buying|bought|source|sources|sourcing|sourced|purchas\w+)\b[^.;]{0,40} (?:in|from) (?:the )?$"
)
_AMERICAN_GOODS: Final = re.compile(
    r"^(?:-made|-designed)? (?:[\w-]+ ){0,2}?(?:chips?|semiconductors?|chipmaking tools|GPUs|accelerators|processors|technology|tools)\b"
)
_SEAT: Final = re.compile(r"\b(?:in|at|near) $")


def _stated(before: str, after: str, event: EventType) -> tuple[str, float] | None:
    """Return a part that the words say outright: left out, on the route, where the goods come from."""
    if _BURDEN.match(after):
        return "other", 1.0
    if _OUTSIDE.search(before):
        return "excluded", 1.0
    if _DONE_BY.search(before) or _ITS_ACT.match(after):
        return "imposer", 2.5
    if event != "guidance" and _MIDDLEMAN.search(before):
        return "transit", 2.0
    if _DECLARED.search(after) or _DECLARED_AS.search(before) or (_ROUTE.search(before) and not before.rstrip().endswith("and")):
        return "transit", 3.0
    if _ORIGIN.match(after) or (_OF_ORIGIN.search(before) and after.startswith(" origin")):
        return "source", 3.0
    return None


_DONE_BY: Final = re.compile(
    r"\b(?!owned|used|bought|made|acquired|backed|funded|led|controlled|held|developed|designed)(?:\w+ed|put|hit|cut|set|forbidden)"
    r"(?: \w+){0,2} by (?:the )?$"
)
_ITS_ACT: Final = re.compile(
    r"^'s (?:[\w-]+ )?(?:answer|response|reply|decision|order|plan|ban|curbs?|controls?|restrictions?|crackdown|retaliation|blacklist|"
    r"notice|rules?|suspension|export)\b"
)
_BURDEN: Final = re.compile(r"^(?:'s)? (?:tariffs?|duty|duties|sanctions|penalties|penalty|levy|levies)\b")
"""What another state lays on, as the occasion: "as US tariffs kick in"."""
_SOLD: Final = re.compile(r"^ (?:revenue|sales|business|market|data cent|customers|share|chip plant|plant)")
_SOLD_TO: Final = re.compile(r"\b(?:from|in|to|of|excludes?|include|for|expects) $")


def _disclosed(name: Found[Name], before: str, after: str) -> tuple[str, float] | None:
    """Return the part of a country in what a firm says of itself: where it sells; its own country has none."""
    if name.value.kind not in ("place", "demonym") or name.value.country == "US":
        return None
    if name.value.kind == "demonym" and _OWN.match(after):
        return "excluded", 1.0
    if _BOUGHT_IN.search(before):
        return "other", 2.0
    return ("destination", 2.0) if _SOLD.match(after) or _SOLD_TO.search(before) else None


_RULES_OF: Final = re.compile(
    r"^ and \w+ export (?:rules|controls|curbs|restrictions)|^ [\w\- ]{0,20}?restrictions|^ [\w\- ]{0,12}?(?:curbs|controls)"
)


def _people(name: Found[Name], after: str) -> tuple[str, float]:
    """Return the part of a country that an adjective names: Chinese customers, Dutch curbs."""
    if name.start == 0 and ACTS.match(after):
        return "imposer", 2.0
    if _DEMONYM_ACTORS.match(after):
        return "imposer", 1.5
    if _RULES_OF.match(after):
        return "imposer", 1.0
    return "destination", 1.4 if _BUYERS.match(after) else 0.7


_WILL: Final = re.compile(
    r"^ (?:will|would|agrees?|agreed|has|had|plans?|intends?|vows?|confirms?|suspends?|pauses?|bans?|imposes?|requires?|lifts?) "
)
_ARRESTED_IN: Final = re.compile(r"\b(?:arrest(?:s|ed)?|raids?|police|prosecutors|court|charged|detained)\b.{0,30}\bin $")
_HAS: Final = re.compile(r"^'s (?:[A-Z]|tech|chip|AI|military|largest|biggest|access|ability|effort)")
_HAS_OFFICE: Final = re.compile(
    r"^'s (?:[A-Z]\w+ )?(?:Ministry|Commerce|Customs|Department|Parliament|Senate|House|government|Prosecutor|Court|Police|"
    r"Cabinet|cabinet|Bureau|Administration|Council|Commission|Authority|Agency|State Council)"
)


def _place(name: Found[Name], marked: Marked, event: EventType, before: str, after: str) -> tuple[str, float]:
    """Return the part of a country or city by the words before it, or by its place as the subject."""
    if _DEMONYM_ACTORS.match(after):
        return "imposer", 1.5
    if (_WILL.match(after) or ACTS.match(after)) and not _TO.search(before):
        return "imposer", 2.0
    if _DIRECT.search(before) or (name.start == 0 and after.startswith(": ")):
        return "destination", 2.5
    if _ARRESTED_IN.search(before) or (name.value.kind == "city" and event == "enforcement" and marked.has("arrest", "charge")):
        return "imposer", 1.0
    if _TO.search(before):
        return "destination", 1.2
    if after.startswith("'s "):
        return ("destination", 1.0) if _HAS.match(after) and not _HAS_OFFICE.match(after) else ("imposer", 1.2)
    return ("imposer", 1.5) if _subject(name, marked) else ("other", 0.6)


_OWN: Final = re.compile(r"^ (?:chip ?maker|tool ?maker|firm|company|maker|giant|group|startup|foundry|supplier|manufacturer|equipment)")
_UNDER: Final = re.compile(
    r"\b(?:under the destinations? of|destinations? of|entities (?:in|from|based in)|companies (?:in|from|based in)|firms (?:in|from|"
    r"based in)|organi[sz]ations (?:in|from)|parties (?:in|from))(?: the)? ?$"
)
_PLACE_OF: Final = re.compile(r"(?:\b(?:in|to|for|across|into|with|at|of)(?: the| a| its)? ?$)")


def _built(name: Found[Name], before: str, after: str) -> tuple[str, float]:
    """Return the part of a country in a deal: where the goods go or the site stands, else named only."""
    if name.start == 0 and name.value.kind == "place" and _HOSTS.match(after):
        return "destination", 2.0
    if name.value.kind in ("place", "city", "state") and (
        _PLACE_OF.search(before)
        or re.match(
            r"^(?:'s)? (?:data cent|(?:AI|chip|tech|computing|cloud) (?:campus|complex|hub|cluster|site|plant|factory|park)|"
            r"AI campus|campus|site|plant|fab|government|firms|compan|sovereign|project|Humain)|^'s \w+",
            after,
        )
    ):
        return "destination", 2.0
    if name.value.kind == "demonym" and re.match(
        r"^ (?:data cent|site|campus|plant|desert|grid|government|orders|customers|buyers|firms)", after
    ):
        return "destination", 1.5
    return "other", 0.5


_HOSTS: Final = re.compile(r"^ (?:to|will|plans to) (?:run|build|host|install|deploy|operate|get)\b")
_HAN_TO: Final = re.compile(r"(?:跳槽至|跳槽到|转投|对|向|输往|运往|出口至|销往|流入|针对|分布于|位于|涉及)$")
_HAN_VIA: Final = re.compile(r"(?:经|经由|通过|途经|借道)$")
_HAN_FROM: Final = re.compile(r"(?:自|从)$")
_HAN_ENTERS: Final = re.compile(r"^(?:入境|进口|运抵|抵达|进境)")
_HAN_LISTED: Final = re.compile(r"^(?:等)?(?:的)?(?:企业|实体|公司|机构|军事用户|军方|商户|客户)")
_HAN_OFFICE: Final = re.compile(r"^(?:商务部|政府|财政部|司法部|国会|国务院|海关|方面|官员|总统|众议院|参议院)")


def _han_role(before: str, after: str, name: Found[Name]) -> tuple[str, float] | None:
    if name.value.kind not in ("place", "demonym", "city"):
        return None
    if _HAN_TO.search(before):
        return "destination", 2.5
    if _HAN_VIA.search(before) or (_HAN_FROM.search(before) and _HAN_ENTERS.match(after)):
        return "transit", 3.0
    if _HAN_OFFICE.match(after):
        return "imposer", 1.5
    if _HAN_LISTED.match(after):
        return "destination", 2.0
    return None


def _subject(name: Found[Name], marked: Marked) -> bool:
    """Whether a state stands where the subject of the sentence stands: first of all names, before a verb."""
    before = [n for n in marked.names if n.end <= name.start and n.value.kind not in ("item", "chip")]
    return not before and len(marked.sentence.text[: name.start].split()) <= 5
