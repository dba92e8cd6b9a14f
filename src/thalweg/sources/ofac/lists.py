"""Which lists an entry of OFAC's files stands on.

The SDN file and the consolidated non-SDN file have one form, and the consolidated one has no column for its lists. Both follow from
the programs: those of the Palestinian Legislative Council, of Foreign Sanctions Evaders and of Chinese military-industrial companies
stand on few entries of the SDN List, if on any; within the consolidated file each has a list of its own. Directives under Executive
Order 13662 are the Sectoral Sanctions Identifications List, directive 2 under Executive Order 14024 is the list of correspondent
accounts, its other directives are menu-based sanctions. One bank can stand on three of them. Held against the screening list of
2022-05-16, which has a row for each party and list.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Final

_OWN: Final = (("NS-PLC", "plc"), ("FSE-", "fse"), ("CMIC-", "cmic"), ("561", "cap"))
_CORRESPONDENT: Final = re.compile(r"EO 14024 Directive 2\b")
_MENU: Final = re.compile(r"(?:EO|Executive Order) 14024 Directive (?:1a|1|3|4)\b", re.IGNORECASE)
_LEAST_SHARE: Final = 0.1  # 30% of the consolidated file of 2026-07-31 have such a program, 3 of 19,181 SDN entries


def is_consolidated(programs: Sequence[Collection[str]]) -> bool:
    """Tell by the programs of each entry of a file whether it is the consolidated non-SDN file."""
    own = sum(any(p.startswith(mark) for p in of for mark, _ in _OWN) for of in programs)
    return own > 0 and own >= _LEAST_SHARE * len(programs)


def lists_of(programs: Collection[str], said: str = "") -> tuple[str, ...]:
    """Return the list ids of a consolidated entry by its programs and by what it says of directives; `ns_mbs` where nothing tells."""
    found = [list_id for mark, list_id in _OWN if any(p.startswith(mark) for p in programs)]
    if _CORRESPONDENT.search(said):
        found.append("cap")
    if "UKRAINE-EO13662" in programs:
        found.append("ssi")
    if "MBS" in programs or "NS-MBS" in programs or _MENU.search(said) or not found:
        found.append("ns_mbs")
    return tuple(dict.fromkeys(found))
