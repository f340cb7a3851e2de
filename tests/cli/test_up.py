"""`demarc up` as a whole: started, looked at, backed up, hurt, and stopped."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cli import records
from cli.layout import CHECKOUT, Layout
from cli.ports import free_port
from tests.cli.conftest import SERVERS, state_folder
from tests.polling import eventually

START_S = 120


class Command:
    """The command with a state and a port of its own, without a lab."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.port = free_port()
        environment = {k: v for k, v in os.environ.items() if k not in SERVERS}
        own = {"DEMARC_STATE": str(layout.state), "PYTHONUNBUFFERED": "1"}
        self.env = environment | own

    def __call__(self, *words: str, within: float = START_S) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, CHECKOUT / "demarc", *words],
            env=self.env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=within,
            check=False,
        )

    def up(self, *words: str) -> list[str]:
        """The words that start it."""
        port = str(self.port)
        return ["up", "--fabric", "none", "--no-install", "--port", port, *words]

    def status(self) -> dict[str, Any]:
        facts: dict[str, Any] = json.loads(self("status", "--json").stdout)
        return facts

    def identities(self) -> list[records.Identity]:
        return [record.identity for record in records.read_processes(self.layout.state)]


@pytest.fixture(scope="module")
def command() -> Iterator[Command]:
    """One state for all of these: what starts after the first is a warm start."""
    with state_folder() as layout:
        yield Command(layout)


@pytest.fixture
def elsewhere() -> Iterator[Command]:
    """Another state folder, in which nothing ever ran."""
    with state_folder() as layout:
        yield Command(layout)


SERVING = {"postgres", "valkey", "web", "worker", "beat", "verifier"}


CUSTOMERS = (
    "from tenants.access import SYSTEM, acting_as; from tenants.models import Tenant\n"
    "with acting_as(SYSTEM): print(*Tenant.objects.values_list('slug', flat=True).order_by('slug'))"
)


def test_detached_it_serves_survives_a_crash_and_a_kill_and_goes_down(
    command: Command, elsewhere: Command, tmp_path: Path
) -> None:
    """And what was backed up while it served comes back on another machine."""
    file = tmp_path / "demo.dump"
    started = command(*command.up("--detach"))
    assert started.returncode == 0, started.stdout + started.stderr
    assert "Demarc is ready after" in started.stdout
    try:
        _look_at(command)
        _back_up(command, file)
        _crash_the_worker(command)
        _kill_the_supervisor(command)
        again = command(*command.up("--detach"))
        assert again.returncode == 0, again.stdout + again.stderr
        identities = command.identities()
        supervisor = records.supervisor(command.layout.state)
    finally:
        stopped = command("down")
    assert stopped.stdout == "Stopped.\n"
    assert supervisor is not None
    assert not any(identity.alive() for identity in [*identities, supervisor])
    assert command.status()["running"] is False
    _restore(command, elsewhere, file)


def _look_at(command: Command) -> None:
    facts = command.status()
    assert facts["ready"] is True
    assert facts["url"] == f"http://127.0.0.1:{command.port}"
    assert facts["fabric"] == {"kind": "none", "reason": "asked for by --fabric none"}
    assert {process["name"] for process in facts["processes"]} == SERVING
    assert {"email", "password"} <= set(facts["sign_ins"][0])
    with urllib.request.urlopen(facts["url"] + "/health/ready") as answer:
        assert answer.status == 200

    second = command("up", "--fabric", "none")
    assert second.returncode == 0
    assert second.stdout == f"Demarc is already running at {facts['url']}\n"

    shell = command("manage", "check", "--database", "default")
    assert shell.returncode == 0, shell.stderr
    for name in ("web", "worker", "beat", "verifier"):
        (pid,) = [p["pid"] for p in facts["processes"] if p["name"] == name]
        with open(f"/proc/{pid}/environ", "rb") as environ:
            assert b"DATABASE_ADMIN_URL" not in environ.read()


def _back_up(command: Command, file: Path) -> None:
    saved = command("backup", str(file))
    assert saved.returncode == 0, saved.stderr
    assert saved.stdout.startswith(f"{file}: ")
    again = command("backup", str(file))
    assert again.stderr == f"demarc: {file} is there already; name another file.\n"
    running = command("restore", str(file))
    assert running.stderr == "demarc: Demarc is running. Stop it first: ./demarc down\n"


def _restore(command: Command, elsewhere: Command, file: Path) -> None:
    full = command("restore", str(file))
    assert full.returncode == 1
    assert "then add --force" in full.stderr
    restored = elsewhere("restore", str(file))
    assert restored.returncode == 0, restored.stdout + restored.stderr
    assert "scopes will be compared with their devices" in restored.stdout
    shell = elsewhere("manage", "shell", "-v", "0", "-c", CUSTOMERS)
    assert shell.stdout.splitlines()[-1] == "acme globex"


def _crash_the_worker(command: Command) -> None:
    def worker() -> dict[str, Any] | None:
        found = [p for p in command.status()["processes"] if p["name"] == "worker"]
        return found[0] if found else None

    before = worker()
    assert before is not None
    os.kill(before["pid"], signal.SIGKILL)
    eventually(lambda: (now := worker()) and now["pid"] != before["pid"], within=15)
    after = worker()
    assert after is not None
    assert after["restarts"] == 1
    assert "Workers ended unexpectedly" in (command.layout.logs / "supervisor.log").read_text()


def _kill_the_supervisor(command: Command) -> None:
    supervisor = records.supervisor(command.layout.state)
    assert supervisor is not None
    left = command.identities()
    os.kill(supervisor.pid, signal.SIGKILL)
    eventually(lambda: not any(identity.alive() for identity in left), within=20)


def test_ctrl_c_ends_it_all(command: Command) -> None:
    words = [sys.executable, str(CHECKOUT / "demarc"), *command.up()]
    process = subprocess.Popen(
        words, env=command.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if "Ctrl-C stops everything" in line:
            break
    identities = command.identities()
    assert len(identities) == len(SERVING), "".join(lines)
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert rest.endswith("Stopped.\n")
    assert not any(identity.alive() for identity in identities)


def test_ctrl_c_while_it_starts_ends_what_had_started(command: Command) -> None:
    words = [sys.executable, str(CHECKOUT / "demarc"), *command.up()]
    process = subprocess.Popen(words, env=command.env, stdout=subprocess.PIPE, text=True)
    eventually(lambda: len(command.identities()) >= 2, within=30)
    identities = command.identities()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130
    assert not any(identity.alive() for identity in identities)


def test_a_taken_port_is_refused_with_the_way_out(command: Command) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(command.port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as other:
        eventually(lambda: _listens(command.port))
        refused = command(*command.up())
        other.kill()
    assert refused.returncode == 1
    assert refused.stderr == f"demarc: Port {command.port} is taken. Name another with --port.\n"


def _listens(port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}").close()
    except OSError:
        return False
    return True
