"""Files that people write: plain values out of YAML."""

from __future__ import annotations

import re
from typing import Any, Final

_DEEPEST: Final = 30
"""Levels of such a file, of which it needs five."""


def plain_loader() -> Any:
    """Return a loader of plain values in which a day stays text and an alias, by which a small file grows without end, is refused."""
    import yaml

    class Plain(yaml.SafeLoader):
        depth = 0

        def compose_node(self, parent: Any, index: Any) -> Any:
            if self.check_event(yaml.AliasEvent):
                raise yaml.YAMLError("an alias (*) is not taken; write the values out")
            self.depth += 1
            if self.depth > _DEEPEST:
                raise yaml.YAMLError(f"is nested deeper than {_DEEPEST} levels")
            try:
                return super().compose_node(parent, index)
            finally:
                self.depth -= 1

    Plain.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in found if tag not in ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:bool")]
        for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    Plain.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
    return Plain
