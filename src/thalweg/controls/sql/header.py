"""The comments at the head of a script: which rules it holds, what the input tables must hold, and how to run it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Final

from thalweg.pack import Pack

_HEAD: Final = """
The rules of {name} {version} as SQL for {dialect}, written by `thalweg compile`. Not legal advice.
Pack SHA-256 {sha}.{more}
Verified through {verified}; on later days beyond_verified is TRUE.

To run it: {run}
It may be run again over itself: it replaces what is named thalweg_..., and leaves the three input tables as they are.

The input tables, as `thalweg compile --facts FILE --output FOLDER` writes them from transactions (thalweg.facts_frame from Python):
  transactions  one row a transaction: its facts and those of its item. NULL is not known; what is presumed where nothing is said,
                this script fills in. Places are codes that thalweg_place_codes holds; Hong Kong is CN.
                eccn_presumed: TRUE where no ECCN is stated of an item that its specifications classify.
                contents_known: FALSE where it is not known what the item contains.
                list_policy: the strictest review policy of the list entries under which parties and their owners stand, or NULL.
  parties       one row a party, the exporter and the item's designer among them; at least one for each transaction.
                name_key: the party's name as lists are matched by it, exactly; NULL for a party without a name.
                listed_owner_share: the sum of the shares of listed owners, 0 where no owners are stated.
  components    one row for everything that an item contains, to any depth.
What these hold beyond what a transaction states (measures from the catalogue, name keys, owners' shares) the engine works out.

The views:
  thalweg_outcomes  one row a transaction. outcome is what is enforced, codified_outcome what is printed. requirements are the ids of
                    the rules that ask for a license, lifted or not, and exceptions the names of those that can be used; both are
                    joined by semicolons. reason says why an outcome is undetermined or NULL.
  thalweg_truths    one row a transaction, one column a rule: TRUE, FALSE, or NULL for unknown. thalweg_rules names the columns of each
                    rule: one as enforced and one as printed, the same one where these agree on every day. Rules of red flags,
                    obligations and duties are among them.
Unknown is carried by three-valued logic. Where that leaves an outcome open it is 'undetermined'; the engine then decides by cases over
what is not known, and is determined where every case comes to the same. It never contradicts an outcome that is determined here.
"""

_RUN: Final[Mapping[str, str]] = {
    "duckdb": "duckdb rules.db -f rules.sql, then COPY transactions FROM 'transactions.csv' (and so on), then read the views.",
    "postgres": "psql -1 -v ON_ERROR_STOP=1 -f rules.sql, then \\copy transactions FROM transactions.csv WITH (FORMAT csv, HEADER).",
    "spark": "spark-sql -f rules.sql in a database of its own, then load the input tables.",
    "snowflake": "snow sql -f rules.sql in a schema of its own, then COPY INTO transactions (and so on) from a stage.",
    "bigquery": "bq query --use_legacy_sql=false --dataset_id=DATASET < rules.sql, then bq load the input tables.",
}


def header(pack: Pack, dialect: str, known_on: dt.date | None) -> str:
    """Return the comments at the head of the script of a dialect."""
    stamp = pack.stamp
    more = [f"Overlay {i}, SHA-256 {sha}." for i, sha in stamp.overlays]
    if known_on:
        more.append(f"What was published after {known_on} is left out.")
    text = _HEAD.format(
        name=stamp.name,
        version=stamp.version,
        sha=stamp.sha256,
        more="\n".join(["", *more]) if more else "",
        verified=", ".join(f"{date} ({regime})" for regime, date in pack.verified_through.items()),
        dialect=dialect,
        run=_RUN[dialect],
    )
    return "\n".join(f"-- {line}".rstrip() for line in text.strip().splitlines())
