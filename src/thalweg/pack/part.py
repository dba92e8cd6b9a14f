"""A part of the knowledge that stands beside the pack, in a folder of its own: compiled once, and kept."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from thalweg.evidence import PackError
from thalweg.pack import load
from thalweg.pack.files import write_atomically


@dataclass(frozen=True, slots=True)
class Part:
    """The files of one folder of the knowledge, and the form in which they are kept when compiled."""

    name: str
    suffixes: tuple[str, ...]
    most: int
    """Bytes that a file may hold."""
    format: int = 1

    @property
    def stored(self) -> str:
        """The file beside the embedded pack that holds the part compiled."""
        return f"{self.name}.json"

    def files(self, root: Path) -> list[Path]:
        """Return the files of the part in a fixed order; links out of the folder, and files too large to read, are refused.

        Raises:
            PackError: for such a file.
        """
        found = sorted(p for p in (root / self.name).glob("*") if p.suffix in self.suffixes and p.is_file())
        for path in found:
            if not path.resolve().is_relative_to(root.resolve()):
                raise PackError("links out of the knowledge folder", file=f"{self.name}/{path.name}")
            if (size := path.stat().st_size) > self.most:
                raise PackError(f"is {size:,} bytes; {self.most:,} at most", file=f"{self.name}/{path.name}")
        return found

    def sha256(self, root: Path) -> str:
        """Return the SHA-256 over the files of the part."""
        digest = hashlib.sha256(f"thalweg-{self.name} {self.format}\n".encode())
        for path in self.files(root):
            digest.update(path.name.encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
        return digest.hexdigest()

    @staticmethod
    def packed(data: dict[str, Any]) -> bytes:
        """Return a compiled part as it is stored."""
        return json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()

    def compiled(self, root: Path, build: Callable[[Path], dict[str, Any]]) -> dict[str, Any]:
        """Return the part compiled; it is built anew if the stored form is stale, and stored where that can be done.

        Raises:
            PackError: if the folder is no knowledge pack, or a file of the part does not hold to its form.
        """
        if not (root / "pack.yaml").is_file():
            raise PackError("is not a knowledge pack: it holds no pack.yaml", file=str(root))
        wanted = self.sha256(root)
        places = [root / self.stored] * (root == load.EMBEDDED) + [load.cache_folder() / f"{self.name}-{wanted}.json"]
        for place in places:
            with contextlib.suppress(OSError, ValueError):
                kept = json.loads(place.read_bytes())
                if isinstance(kept, dict) and kept.get("sha256") == wanted and kept.get("format") == self.format:
                    return kept
        data = build(root)
        for place in places:
            with contextlib.suppress(OSError):
                write_atomically(place, self.packed(data))
                break
        return data
