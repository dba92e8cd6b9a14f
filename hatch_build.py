"""Build hook: the wheel carries the knowledge pack compiled, so that it loads without reading YAML."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PACK_IN_WHEEL = "thalweg/knowledge/pack.json"
NAMES_IN_WHEEL = "thalweg/knowledge/names.json"
ESTIMATES_IN_WHEEL = "thalweg/knowledge/estimates.json"
NEWS_IN_WHEEL = "thalweg/knowledge/news.json"


class CompiledPackHook(BuildHookInterface):
    """Compile `src/thalweg/knowledge` and put the result into the wheel; an editable install reads the folder itself."""

    _scratch: tempfile.TemporaryDirectory[str] | None = None

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile the pack into a scratch folder and include it.

        Raises:
            RuntimeError: the compiler could not be imported, or wrote nothing.
        """
        if version == "editable":
            return
        source = Path(self.root) / "src"
        sys.path.insert(0, str(source))
        try:
            from thalweg.pack.build import build_pack
            from thalweg.pack.estimates_build import build_estimates
            from thalweg.pack.names_build import build_names
            from thalweg.pack.news import build_news
        except ImportError as error:
            raise RuntimeError(f"the knowledge pack cannot be compiled: its compiler does not import ({error})") from error
        finally:
            sys.path.remove(str(source))
        self._scratch = tempfile.TemporaryDirectory(prefix="thalweg-pack-")
        parts = (
            (build_pack, PACK_IN_WHEEL),
            (build_names, NAMES_IN_WHEEL),
            (build_estimates, ESTIMATES_IN_WHEEL),
            (build_news, NEWS_IN_WHEEL),
        )
        for build, place in parts:
            out = Path(self._scratch.name) / Path(place).name
            build(source / "thalweg" / "knowledge", out)
            if not out.is_file() or out.stat().st_size == 0:
                raise RuntimeError(f"the knowledge pack cannot be compiled: {build.__name__} wrote no file")
            build_data["force_include"][str(out)] = place

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
        """Remove the scratch folder."""
        if self._scratch is not None:
            self._scratch.cleanup()
