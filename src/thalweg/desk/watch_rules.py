"""Reading the file of alert rules, and making its names stand for what they name."""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from thalweg.evidence import BadInput
from thalweg.evidence.text import one_line

if TYPE_CHECKING:
    from thalweg.pack import Pack
    from thalweg.watch.alert import Readied
    from thalweg.watch.alert_rules import AlertRules, Outlet

ENV: Final = "THALWEG_ALERTS"
_MOST: Final = 1 << 20
_SAID: Final = 300
"""Characters of what is wrong that are shown: a name may be as long as the file."""


@dataclass(frozen=True, slots=True)
class ReadRules:
    """A file of alert rules, read: the rules with what their names stand for, and the outlets with paths from the file's folder."""

    path: Path
    rules: tuple[Readied, ...]
    outlets: dict[str, Outlet]


def rules_file(given: str | Path | None = None) -> Path | None:
    """Return the file of alert rules: the one given, else that of THALWEG_ALERTS, else the user's own where there is one."""
    named = given or os.environ.get(ENV)
    if named:
        return Path(named).expanduser()
    home = Path(os.environ.get("XDG_CONFIG_HOME") or Path("~/.config").expanduser())
    own = home / "thalweg" / "alerts.yaml"
    return own if own.is_file() else None


def read_rules(path: Path, pack: Pack, date: dt.date) -> ReadRules:
    """Read a file of alert rules.

    Raises:
        BadInput: with file, line or key, and what to do, if it does not hold to its form or names what is not known.
    """
    from thalweg.desk.watch_pack import products, read_interests
    from thalweg.watch.alert import Readied

    held = _held(path)
    ready = []
    for rule in held.rules:
        try:
            chips, eccns = products(rule.products, pack, date)
            mine = read_interests(path.parent / rule.portfolio, pack, date) if rule.portfolio else None
        except BadInput as error:
            raise BadInput(f"{path}: rule {rule.name}: {error}") from None
        for code in (*rule.destinations, *rule.imposers):
            if code not in pack.places:
                raise BadInput(f"{path}: rule {rule.name}: {code} is no place of the pack; write an ISO 3166 code such as CN or AE")
        ready.append(Readied(rule, chips, eccns, mine))
    return ReadRules(path, tuple(ready), {n: _placed(o, path.parent) for n, o in held.outlets.items()})


def _held(path: Path) -> AlertRules:
    import yaml
    from pydantic import ValidationError

    from thalweg.desk.watch_form import refused
    from thalweg.sources.news.plain import plain_loader
    from thalweg.watch.alert_rules import AlertRules

    try:
        with path.open("rb") as file:  # a pipe or a device says nothing of its size
            held = file.read(_MOST + 1)
        if len(held) > _MOST:
            raise BadInput(f"{path}: is larger than a file of alert rules can be ({_MOST:,} bytes)")
        text = held.decode("utf-8-sig")
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise BadInput(f"{path}: is not text in UTF-8") from None
    try:
        data: Any = yaml.load(text, plain_loader())  # noqa: S506  (a safe loader with less)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark else str(path)
        said = getattr(error, "problem", None) or (str(error).splitlines() or [type(error).__name__])[0]
        raise BadInput(f"{where}: not YAML that can be read: {one_line(said)[:_SAID]}") from None
    if data is None:
        raise BadInput(f"{path}: the file is empty; write `rules:`, and below it `- {{name: mine, send: [terminal]}}`")
    try:
        return AlertRules.model_validate(data)
    except ValidationError as error:
        way, said = refused(error, AlertRules, data)
        at = ".".join(str(part + 1) if isinstance(part, int) else str(part) for part in way)
        raise BadInput(f"{path}: {one_line(at)[:_SAID] or 'the file'}: {one_line(said)[:_SAID]}") from None


def _placed(outlet: Outlet, folder: Path) -> Outlet:
    """Return an outlet whose file is found from the folder of the rules."""
    changed = {k: str(folder / Path(v).expanduser()) for k in ("jsonl", "rss") if (v := getattr(outlet, k))}
    return outlet.model_copy(update=changed)
