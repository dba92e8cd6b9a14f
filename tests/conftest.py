"""What every test shares: the acceptance folder, the browser, hypothesis profiles, a closed network, and a home that is nobody's."""

from __future__ import annotations

import atexit
import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"

# Nobody's own store, rules or sources are read or written, by the programs that tests start either.
_HOME = Path(tempfile.mkdtemp(prefix="thalweg-tests-"))
atexit.register(shutil.rmtree, _HOME, ignore_errors=True)
os.environ |= {"XDG_DATA_HOME": str(_HOME / "data"), "XDG_CONFIG_HOME": str(_HOME / "config")}
for _own in ("THALWEG_STORE", "THALWEG_ALERTS", "THALWEG_SOURCES"):
    os.environ.pop(_own, None)

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
    """Thalweg makes no network call that it is not asked for: a test that opens a connection fails.

    A test that drives a browser may open any, one marked `loopback` may speak to a server on this machine.
    """
    if request.node.get_closest_marker("e2e"):
        return
    connect = socket.socket.connect
    reachable = {"127.0.0.1", "::1"} if request.node.get_closest_marker("loopback") else set()

    def refuse(self: socket.socket, address: object) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6} and not (isinstance(address, tuple) and address[0] in reachable):
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


@pytest.fixture(scope="session")
def postgres():
    """The folder of the socket of a PostgreSQL server of the system, where `tester` owns everything; required in CI."""
    programs = _postgres_programs()
    if programs is None:
        if os.environ.get("CI"):
            pytest.fail("PostgreSQL is not installed")
        pytest.skip("PostgreSQL is not installed")
    home = Path(tempfile.mkdtemp(prefix="thalweg-pg-"))
    as_owner = []
    if os.geteuid() == 0:  # the server refuses to run as root
        shutil.chown(home, "postgres")
        as_owner = ["runuser", "-u", "postgres", "--"]

    def run(program, *arguments):
        subprocess.run(
            [*as_owner, str(programs / program), "-D", str(home / "data"), *arguments], check=True, stdout=subprocess.DEVNULL, cwd="/"
        )

    try:
        run("initdb", "--auth", "trust", "--username", "tester", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync")
        run("pg_ctl", "--wait", "--log", str(home / "log"), "-o", f"-c listen_addresses='' -c fsync=off -k {home}", "start")
        try:
            yield home
        finally:
            run("pg_ctl", "--mode", "immediate", "stop")
    finally:
        shutil.rmtree(home)


def _postgres_programs() -> Path | None:
    """Return the folder of the newest server; Debian keeps it off the path."""
    found = [*Path("/usr/lib/postgresql").glob("*/bin/initdb"), *([Path(p)] if (p := shutil.which("initdb")) else [])]
    return max(found, key=lambda p: p.parent.parent.name).parent if found and shutil.which("psql") else None
