"""A private OVN centre: both databases and ovn-northd, on unix sockets in a folder of its own."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from lab.process import answers

SCHEMAS = Path("/usr/share/ovn")
TOOLS = ("ovsdb-server", "ovsdb-tool", "ovn-northd", "ovn-nbctl", "ovn-sbctl")
QUIET = ("-vconsole:emer", "-vsyslog:off", "-vfile:off")
PATIENCE = 10.0


@dataclass(frozen=True)
class OvnCentral:
    """A running centre. ``northbound`` and ``southbound`` are connection methods."""

    folder: Path
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def northbound(self) -> str:
        return f"unix:{self.folder}/nb.sock"

    @property
    def southbound(self) -> str:
        return f"unix:{self.folder}/sb.sock"

    @property
    def access(self) -> dict[str, Any]:
        """A fabric's configuration for the backend ``ovn``."""
        return {"northbound": self.northbound, "southbound": self.southbound}

    def nbctl(self, *arguments: str) -> str:
        """Run ovn-nbctl as an operator would; what it prints."""
        return self._tool("ovn-nbctl", self.northbound, *arguments)

    def sbctl(self, *arguments: str) -> str:
        """Run ovn-sbctl; what it prints."""
        return self._tool("ovn-sbctl", self.southbound, *arguments)

    def settle(self) -> None:
        """Return once northd has compiled all that is in the northbound database."""
        self.nbctl("--timeout=30", "--wait=sb", "sync")

    def _tool(self, tool: str, database: str, *arguments: str) -> str:
        command = [tool, "--timeout=10", f"--db={database}", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=40)
        assert done.returncode == 0, f"{' '.join(command)}: {done.stderr}"
        return done.stdout.strip()


@contextmanager
def run_database(name: str, schema: Path, folder: Path, *options: str) -> Iterator[Any]:
    """An ovsdb-server with one new database, on ``NAME.sock`` and as ``options`` say."""
    file, listening = folder / f"{name}.db", folder / f"{name}.sock"
    subprocess.run(["ovsdb-tool", "create", file, schema], check=True)
    listen = (f"--remote=punix:{listening}", f"--unixctl={folder}/{name}.ctl")
    with running(["ovsdb-server", *listen, *options, *QUIET, file]) as process:
        wait_for(lambda: answers(listening), f"{name} listens")
        yield process


@contextmanager
def run_northd(folder: Path) -> Iterator[Any]:
    """ovn-northd between the two databases in ``folder``."""
    databases = (f"--ovnnb-db=unix:{folder}/nb.sock", f"--ovnsb-db=unix:{folder}/sb.sock")
    command = ["ovn-northd", *databases, f"--unixctl={folder}/northd.ctl", *QUIET]
    with running(command) as process:
        yield process


@contextmanager
def run_ovn_central() -> Iterator[OvnCentral]:
    """Start a centre and stop it, by process, leaving nothing behind."""
    require_tools()
    with ExitStack() as stack:
        # A short path: socket names are limited to 107 bytes (man 7 unix).
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ovn-", dir="/tmp")))
        central = OvnCentral(folder)
        for name, schema in (("nb", "ovn-nb.ovsschema"), ("sb", "ovn-sb.ovsschema")):
            database = run_database(name, SCHEMAS / schema, folder)
            central.processes[name] = stack.enter_context(database)
        central.nbctl("init")
        central.sbctl("init")
        central.processes["northd"] = stack.enter_context(run_northd(folder))
        central.settle()
        yield central


@pytest.fixture(scope="session")
def ovn_central() -> Iterator[OvnCentral]:
    """One centre for all tests of a process; each test brings tenants of its own."""
    with run_ovn_central() as central:
        yield central


def require_tools(*tools: str) -> None:
    """Skip where OVN, or one of these tools, is not installed; in CI that is a failure."""
    missing = [tool for tool in (*TOOLS, *tools) if shutil.which(tool) is None]
    if missing and os.environ.get("CI"):
        pytest.fail(f"OVN is not installed: {', '.join(missing)}")
    if missing:
        pytest.skip(f"OVN is not installed: {', '.join(missing)}")


@contextmanager
def running(command: list[Any]) -> Iterator[subprocess.Popen[bytes]]:
    """A process, ended at the end."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(timeout=PATIENCE)


def wait_for(condition: Any, what: str, within: float = PATIENCE) -> None:
    """Poll until ``condition()`` holds; AssertionError after ``within`` seconds."""
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, f"not within {within:g} s: {what}"
        time.sleep(0.01)
