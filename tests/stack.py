"""The product, started by its own command as a person starts it, and stopped without a trace."""

import json
import os
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli import records
from cli.commands.test import throw_away_state
from cli.identity import Identity
from cli.layout import Layout, default_layout

Prepare = Callable[[Layout], AbstractContextManager[object]]
CHECKOUT = Path(__file__).resolve().parents[1]
COMMAND = CHECKOUT / "demarc"
# A portal of the tests has servers of its own, whatever those of the unit tests are.
NOT_ITS_OWN = {"DATABASE_URL", "DATABASE_ADMIN_URL", "REDIS_URL"}
START_WITHIN = 120.0  # seconds; a cold database takes all migrations
COMMAND_WITHIN = 60.0  # seconds


# Answers each connection with the name that it was given, until nobody holds its input open.
SERVE = """
import socket, sys, threading
def serve(server, name):
    while True:
        with server.accept()[0] as client:
            client.sendall(name)
server = socket.create_server(("", int(sys.argv[1])))
threading.Thread(target=serve, args=(server, sys.argv[2].encode()), daemon=True).start()
print("ready", flush=True)
sys.stdin.read()
"""
# Says what a server answers within a second.
CALL = """
import socket, sys
try:
    with socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=1) as client:
        print(client.recv(64).decode())
except TimeoutError:
    print("silence")
except ConnectionRefusedError:
    print("refused")
"""


@dataclass(frozen=True)
class Stack:
    """A running product: its address, its sign-ins and its lab."""

    environment: dict[str, str]
    url: str
    passwords: dict[str, str]
    """By e-mail."""

    @property
    def state(self) -> Path:
        """The folder with its logs, its lab's files and what runs where."""
        return Path(self.environment["DEMARC_STATE"])

    @property
    def servers(self) -> dict[str, str]:
        """The environment of an administrative command: its database and its Redis."""
        facts: dict[str, Any] = json.loads((self.state / "run.json").read_text())
        return dict(facts["environment"])

    def process(self, name: str) -> Identity | None:
        """A process of the stack by its name, such as `worker`; None while it is started anew."""
        rows = records.read_processes(self.state)
        found = next((row.identity for row in rows if row.name == name), None)
        return found if found is not None and found.alive() else None

    def demarc(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `./demarc` against this stack."""
        return _demarc(self.environment, *arguments)

    def exec(self, where: str, *argv: str) -> subprocess.CompletedProcess[str]:
        """Run a program in a machine or at a site of the lab."""
        return self.demarc("lab", "exec", where, "--", *argv)

    def pings(self, where: str, address: str) -> bool:
        """Whether one echo came back within a second."""
        return self.exec(where, "ping", "-n", "-c", "1", "-W", "1", address).returncode == 0

    @contextmanager
    def serving(self, machine: str, port: int) -> Iterator[None]:
        """A TCP server on a machine that answers with the machine's name."""
        argv = ("python3", "-c", SERVE, str(port), machine)
        command = [str(COMMAND), "lab", "exec", machine, "--", *argv]
        pipe = subprocess.PIPE
        with subprocess.Popen(
            command, env=self.environment, stdin=pipe, stdout=pipe, text=True
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline().strip() == "ready", f"no server on {machine}"
            yield

    def calls(self, where: str, address: str, port: int) -> str:
        """What a TCP server answers to a client: its name, `refused` or `silence`."""
        done = self.exec(where, "python3", "-c", CALL, address, str(port))
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def routes(self, site: str) -> set[str]:
        """The IPv4 prefixes that a site has learned by BGP."""
        lines = self.exec(site, "ip", "-4", "route", "show", "proto", "bgp").stdout.splitlines()
        return {line.split()[0] for line in lines if line}

    def echoes(self, machine: str) -> int:
        """How many echo requests a machine has received (proc(5), /proc/net/snmp)."""
        lines = self.exec(machine, "grep", "^Icmp:", "/proc/net/snmp").stdout.splitlines()
        names, numbers = (line.split() for line in lines)
        return int(numbers[names.index("InEchos")])

    def site(self, name: str) -> dict[str, Any]:
        """What the lab's inventory says of a site."""
        path = self.state / "lab" / "inventory.json"
        sites: list[dict[str, Any]] = json.loads(path.read_text())["sites"]
        return next(site for site in sites if site["name"] == name)


@contextmanager
def started(prepared: Prepare = nullcontext) -> Iterator[Stack]:
    """A stack of its own: temporary state, a lab of its own name, a free port. Several stand side
    by side when several processes run tests. It runs within `prepared`."""
    lab = f"b{os.getpid()}"
    with throw_away_state(default_layout()) as layout, prepared(layout):
        environment = {k: v for k, v in os.environ.items() if k not in NOT_ITS_OWN}
        environment |= {"DEMARC_STATE": str(layout.state), "DEMARC_LAB": lab}
        try:
            up = _demarc(
                environment,
                *("up", "--detach", "--no-install", "--fabric", "lab", "--port", str(_free_port())),
                within=START_WITHIN,
            )
            assert up.returncode == 0, up.stdout + up.stderr
            yield running(environment)
        finally:
            _demarc(environment, "down", within=START_WITHIN)
        assert not _namespaces(lab), "the lab left namespaces behind"
        assert not _processes(layout.state), "processes were left behind"


def running(environment: dict[str, str]) -> Stack:
    """What `./demarc status` says of a stack that stands."""
    facts = json.loads(_demarc(environment, "status", "--json").stdout)
    assert facts["ready"], facts
    passwords = {entry["email"]: entry["password"] for entry in facts["sign_ins"]}
    return Stack(environment, facts["url"], passwords)


def _demarc(
    environment: dict[str, str], *arguments: str, within: float = COMMAND_WITHIN
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(COMMAND), *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=within,
    )


def _free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def _namespaces(lab: str) -> list[str]:
    folder = Path("/run/netns")
    return [path.name for path in folder.glob(f"demarc.{lab}.*")] if folder.exists() else []


def _processes(state: Path) -> list[str]:
    """The command lines of all processes that name the state folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        # A process may end while its neighbours are read.
        with suppress(OSError):
            line = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
            if str(state) in line:
                found.append(line)
    return found
