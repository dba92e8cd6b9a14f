"""Load a pack: the compiled file where it is fresh, the knowledge files where it is not."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

from thalweg.evidence import PackError
from thalweg.pack.files import write_atomically
from thalweg.pack.model import Fact, Listing, Membership, Pack, PackStamp, PartySet, ReasonRow, Rule, Version
from thalweg.pack.notices import notice_dates
from thalweg.pack.ownership import ownership_from

EMBEDDED = Path(__file__).resolve().parent.parent / "knowledge"


def load_pack(path: str | Path | None = None) -> Pack:
    """Load the embedded pack, or the knowledge folder at ``path``.

    Raises:
        PackError: if the folder is missing or does not hold to its format.
    """
    root = Path(path).resolve() if path else EMBEDDED
    return _load(root)


@lru_cache(maxsize=8)
def _load(root: Path) -> Pack:
    return pack_from_data(compiled(root))


def compiled(root: Path) -> dict[str, Any]:
    """Return the compiled data of a knowledge folder, building it if the stored form is stale.

    Only the embedded pack is read from a compiled file beside its knowledge files. That of any other folder lies in the user's cache:
    a compiled file that came with a folder could say other than the knowledge files that `pack validate` reads.
    """
    from thalweg.pack.build import COMPILED, FORMAT, content_hash

    if not (root / "pack.yaml").is_file():
        raise PackError("is not a knowledge pack: it holds no pack.yaml", file=str(root))
    wanted = content_hash(root)
    places = [root / COMPILED] * (root == EMBEDDED) + [cache_folder() / f"{wanted}.json"]
    for place in places:
        with contextlib.suppress(OSError, ValueError):
            stored = json.loads(place.read_bytes())
            if isinstance(stored, dict) and stored.get("sha256") == wanted and stored.get("format") == FORMAT:
                return stored
    from thalweg.pack.check import checked

    data = checked(root)
    blob = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    for place in places:
        try:
            write_atomically(place, blob)
        except OSError:
            continue
        break
    return data


def cache_folder() -> Path:
    """Return the folder of the user's cache in which compiled knowledge lies."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "thalweg"


def pack_from_data(data: dict[str, Any]) -> Pack:
    """Turn compiled data into a :class:`Pack`."""
    verified = {k: dt.date.fromisoformat(v) for k, v in data["verified_through"].items()}
    return Pack(
        stamp=PackStamp(data["name"], data["version"], data["sha256"], min(verified.values()).isoformat()),
        title=data["title"],
        covers_from=dt.date.fromisoformat(data["covers_from"]),
        verified_through=verified,
        facts={name: fact_from(f) for name, f in data["facts"].items()},
        places=data["places"],
        groups={g: tuple(Membership(*m) for m in members) for g, members in data["groups"].items()},
        sets={i: set_from(i, x) for i, x in data["sets"].items()},
        lists=data["lists"],
        listings=tuple(Listing(**(x | {"aliases": tuple(x["aliases"]), "keys": tuple(x["keys"])})) for x in data["listings"]),
        rules={i: rule_from(r) for i, r in data["rules"].items()},
        chart={row: frozenset(columns) for row, columns in data["chart"].items()},
        reasons={
            e: tuple(ReasonRow(a, b, c, d, tuple(x), tuple(y), f, g, h) for a, b, c, d, x, y, f, g, h in rows)
            for e, rows in data["reasons"].items()
        },
        entries=data["entries"],
        hardware=data["hardware"],
        events=tuple(data["events"]),
        computed_entries=frozenset(data["computed_entries"]),
        notices=notice_dates(data["notices"], 0),
        notices_published=notice_dates(data["notices"], 1),
        ownership={i: ownership_from(x) for i, x in data["ownership"].items()},
    )


def fact_from(data: dict[str, Any]) -> Fact:
    """Turn a compiled fact into a :class:`Fact`."""
    return Fact(
        data["name"],
        data["of"],
        data["type"],
        data["unit"],
        tuple(data["values"]),
        data["meaning"],
        data["question"],
        data["source"],
        tuple(data["derived_by"]),
        data["if_unstated"],
        data["asked_as"] or data["name"],
    )


def set_from(identity: str, data: dict[str, Any]) -> PartySet:
    """Turn a compiled set into a :class:`PartySet`."""
    members = {key: tuple(Membership(*m) for m in windows) for key, windows in data["members"].items()}
    return PartySet(identity, data["title"], members, tuple(data["sources"]))


def version_from(data: dict[str, Any]) -> Version:
    """Turn a compiled version into a :class:`Version`."""
    text = data["text"]
    return Version(
        (text[0], text[1]) if text else None,
        data["published"],
        data["compliance"],
        tuple((a, b, p) for a, b, p in data["enforced"]),
        data["when"],
        data["unless"],
        data["when_text"],
        data["unless_text"],
        tuple(data["sources"]),
        data["note"],
        data["line"],
        data["reviewed"],
    )


def rule_from(data: dict[str, Any], *, overlay: str = "") -> Rule:
    """Turn a compiled rule into a :class:`Rule`."""
    versions = tuple(version_from(v) for v in data["versions"])
    return Rule(data["id"], data["kind"], data["title"], data["file"], versions, data["keys"], data["note"], overlay)
