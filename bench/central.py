"""OVN's central daemons without a host, and what they take when asked directly."""

import json
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SCHEMAS = Path("/usr/share/ovn")
QUIET = ("-vconsole:emer", "-vsyslog:off", "-vfile:off")
ROOTS = {"nb": ("OVN_Northbound", "NB_Global"), "sb": ("OVN_Southbound", "SB_Global")}
PATIENCE = 600.0  # seconds; a central daemon that starts with thousands of tenants takes long
INTERVAL = 0.002  # seconds


class Raw:
    """A database asked with nothing in between (RFC 7047): what the product is held against."""

    def __init__(self, database: str, path: Path) -> None:
        self._database = database
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(PATIENCE)
        self._socket.connect(str(path))

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def transact(self, *operations: Mapping[str, object]) -> list[Any]:
        """One transaction; its results. Raises AssertionError when it is aborted."""
        request = {"method": "transact", "params": [self._database, *operations], "id": 1}
        self._socket.sendall(json.dumps(request).encode())
        while (reply := self._message())["id"] != 1:
            self._socket.sendall(
                json.dumps({"id": reply["id"], "result": reply["params"], "error": None}).encode()
            )
        results: list[Any] = reply["result"]
        assert not any("error" in one for one in results if one), results
        return results

    def _message(self) -> Any:
        """Messages have no delimiter: one is whole when it can be read."""
        data = b""
        while True:
            data += self._socket.recv(1 << 20)
            if data.endswith(b"}"):
                try:
                    return json.loads(data)
                except json.JSONDecodeError:
                    continue


@dataclass(frozen=True)
class Central:
    """A running centre."""

    folder: Path
    northd: subprocess.Popen[bytes]
    servers: Mapping[str, subprocess.Popen[bytes]]

    @property
    def config(self) -> dict[str, object]:
        """A fabric's configuration; the patience is for fabrics of a thousand tenants."""
        return {
            "northbound": f"unix:{self.folder}/nb.sock",
            "southbound": f"unix:{self.folder}/sb.sock",
            "timeout": PATIENCE,
        }

    @contextmanager
    def paused(self) -> Iterator[None]:
        """The central daemon does nothing meanwhile; it would compile all that is there again and
        again while a fabric is filled (man 8 ovn-northd, RUNTIME MANAGEMENT COMMANDS)."""
        control = ("ovn-appctl", "-t", f"{self.folder}/northd.ctl")
        subprocess.run([*control, "pause"], check=True)
        try:
            yield
        finally:
            subprocess.run([*control, "resume"], check=True)

    @contextmanager
    def raw(self) -> Iterator[tuple[Raw, Raw]]:
        """Both databases, north first."""
        north = Raw("OVN_Northbound", self.folder / "nb.sock")
        south = Raw("OVN_Southbound", self.folder / "sb.sock")
        try:
            yield north, south
        finally:
            north.close()
            south.close()


def compiled(north: Raw) -> None:
    """Ask the central daemon for a report, as the verifier does, and wait for it."""
    north.transact(
        {"op": "mutate", "table": "NB_Global", "where": [], "mutations": [["nb_cfg", "+=", 1]]}
    )
    reported = {"op": "select", "table": "NB_Global", "where": [], "columns": ["nb_cfg", "sb_cfg"]}

    def done() -> bool:
        (row,) = north.transact(reported)[0]["rows"]
        return bool(row["sb_cfg"] >= row["nb_cfg"])

    wait_for(done, "the central daemon reports")


def wait_for(condition: Callable[[], bool], what: str) -> None:
    """Poll until it holds. Raises TimeoutError."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {PATIENCE:g} s: {what}")
        time.sleep(INTERVAL)


def installed() -> bool:
    """Whether OVN's central daemons are on this machine."""
    return all(map(shutil.which, ("ovsdb-server", "ovsdb-tool", "ovn-northd", "ovn-appctl")))


@contextmanager
def run() -> Iterator[Central]:
    """Start a centre and stop it, leaving nothing behind. Raises TimeoutError."""
    with ExitStack() as stack:
        # A short path: socket names have 107 bytes at most (man 7 unix).
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-", dir="/tmp")))
        servers = {name: stack.enter_context(_database(name, folder)) for name in ("nb", "sb")}
        northd = [
            "ovn-northd",
            f"--ovnnb-db=unix:{folder}/nb.sock",
            f"--ovnsb-db=unix:{folder}/sb.sock",
            f"--unixctl={folder}/northd.ctl",
        ]
        yield Central(folder, stack.enter_context(_running([*northd, *QUIET])), servers)


@contextmanager
def _database(name: str, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    file, listening = folder / f"{name}.db", folder / f"{name}.sock"
    schema = SCHEMAS / f"ovn-{name}.ovsschema"
    subprocess.run(["ovsdb-tool", "create", file, schema], check=True)
    remote = (f"--remote=punix:{listening}", f"--unixctl={folder}/{name}.ctl")
    with _running(["ovsdb-server", *remote, *QUIET, str(file)]) as server:
        wait_for(lambda: _answers(listening), f"{name} listens")
        database, root = ROOTS[name]
        raw = Raw(database, listening)
        raw.transact({"op": "insert", "table": root, "row": {}})
        raw.close()
        yield server


def _answers(path: Path) -> bool:
    """Whether somebody listens on a socket; its file is there a moment earlier."""
    with socket.socket(socket.AF_UNIX) as door:
        return door.connect_ex(str(path)) == 0


@contextmanager
def _running(command: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)
