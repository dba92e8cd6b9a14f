"""What every test shares: the acceptance folder, the browser, hypothesis profiles, and a closed network."""

from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"

settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what reads the shared folder where that folder is absent."""
    if SHARED.is_dir():
        return
    absent = pytest.mark.skip(reason="the shared folder is not beside this one")
    for item in items:
        if item.get_closest_marker("needs_shared") or item.get_closest_marker("acceptance"):
            item.add_marker(absent)


@pytest.fixture(autouse=True)
def _closed_network(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Thalweg makes no network call at run time: a test that opens a connection fails, unless it drives a browser."""
    if request.node.get_closest_marker("e2e"):
        return
    connect = socket.socket.connect

    def refuse(self: socket.socket, address: object) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6}:
            pytest.fail(f"a network connection to {address} was opened")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def knowledge() -> Path:
    """The folder of the knowledge pack."""
    return ROOT / "src" / "thalweg" / "knowledge"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared cases and facts; for tests marked `needs_shared` or `acceptance`."""
    return SHARED


@pytest.fixture(scope="session")
def chromium() -> str:
    """The system's Chromium; required in CI, otherwise its tests are skipped where it is missing."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    if os.environ.get("CI"):
        pytest.fail("Chromium is not installed")
    pytest.skip("Chromium is not installed")
