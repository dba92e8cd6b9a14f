"""Scores pairs of names with nomenklatura's logic-v2: run by an interpreter that has nomenklatura, `THALWEG_PEER_PYTHON`.

To make one, with ICU's headers installed (libicu-dev): `python3 -m venv peer && peer/bin/pip install nomenklatura==4.17.4`, then
`export THALWEG_PEER_PYTHON=peer/bin/python`.

Standard input holds JSON lines `[schema, name1, name2]`, or `[schema, name1, [name2, ...]]` for candidates of one query. Standard output
holds their scores and, last, the seconds that scoring took after the first call, which builds the peer's tables.
"""

from __future__ import annotations

import json
import sys
import time


def main() -> None:
    from followthemoney.proxy import EntityProxy
    from nomenklatura.matching import get_algorithm

    algorithm = get_algorithm("logic-v2")
    config = algorithm.default_config()
    made = 0

    def entity(schema: str, name: str) -> EntityProxy:
        nonlocal made
        made += 1  # the peer keeps what it read of an entity by its id, so that each needs its own
        return EntityProxy.from_dict({"id": f"e{made}", "schema": schema, "properties": {"name": [name]}})

    def score(schema: str, one: EntityProxy, name: str) -> float:
        return float(algorithm.compare(one, entity(schema, name), config).score)

    score("Person", entity("Person", "Jane Doe"), "John Smith")
    rows = [json.loads(line) for line in sys.stdin]
    started = time.perf_counter()
    found = []
    for schema, one, other in rows:
        query = entity(schema, one)
        found.append(score(schema, query, other) if isinstance(other, str) else [score(schema, query, n) for n in other])
    seconds = time.perf_counter() - started
    for value in found:
        print(json.dumps(value))
    print(json.dumps(seconds))


if __name__ == "__main__":
    main()
