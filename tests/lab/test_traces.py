"""A lab that ends, in whatever way, leaves nothing behind; and two labs live side by side."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lab import Lab, LabError, netns
from lab.process import Record
from tests.lab.byhand import eventually
from tests.lab.conftest import ROOT

pytestmark = [pytest.mark.wire, pytest.mark.usefixtures("able")]

Serve = Callable[[], subprocess.Popen[str]]


def processes(name: str) -> list[int]:
    """All processes that speak of the lab ``name`` or sit in one of its namespaces."""
    found = [pid for ns in netns.names(f"demarc.{name}.") for pid in netns.pids(ns)]
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes().decode(errors="replace")
            except (FileNotFoundError, ProcessLookupError):
                continue
            if f"/run/demarc-lab/{name}/" in words and Record.of(int(entry.name)):
                found.append(int(entry.name))
    return found


def traces(name: str) -> list[object]:
    """What of the lab ``name`` there is on this machine beside its state folder."""
    folder = Path("/run/demarc-lab") / name
    links = subprocess.run(["ip", "-br", "link"], capture_output=True, text=True, check=True)
    return [
        *netns.names(f"demarc.{name}."),
        *processes(name),
        *([folder] if folder.exists() else []),
        *(line for line in links.stdout.splitlines() if name in line),
        *(line for line in Path("/proc/mounts").read_text().splitlines() if name in line),
    ]


@pytest.fixture
def name() -> str:
    return f"x{os.getpid()}"


@pytest.fixture
def serve(name: str, tmp_path: Path) -> Iterator[Serve]:
    """Starts ``lab serve`` and waits until it says that it is ready; ends it afterwards."""
    started: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "lab", "--name", name, "serve", "--state", str(tmp_path)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        lines = []
        assert process.stdout
        for line in process.stdout:
            lines.append(line)
            if line == "lab: ready\n":
                return process
        raise AssertionError("".join(lines))

    yield start
    for process in started:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(30)
        assert process.stdout
        process.stdout.close()
    Lab(name, tmp_path).stop()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_everything_without_trace(serve, name, number):
    server = serve()
    assert len(processes(name)) > 15
    server.send_signal(number)
    assert server.wait(20) == 0
    assert traces(name) == []


def test_a_killed_lab_is_cleaned_by_the_next_one_of_its_name(serve, name):
    first = serve()
    first.kill()
    first.wait(10)
    left = set(processes(name))
    assert left
    second = serve()
    assert not left & set(processes(name))
    second.send_signal(signal.SIGTERM)
    assert second.wait(20) == 0
    assert traces(name) == []


def test_clean_removes_what_killed_labs_left_and_no_living_one(serve, name, command, lab):
    first = serve()
    first.kill()
    first.wait(10)
    done = command("clean")
    assert done.returncode == 0
    assert f"removed what was left of {name}\n" in done.stdout
    assert f"a lab named {lab.place.name} runs already" in done.stdout
    assert traces(name) == []
    assert len(processes(lab.place.name)) > 15


def test_router_keeps_its_ssh_port_and_host_key_over_a_restart(serve, name, tmp_path):
    def router() -> dict[str, object]:
        return json.loads((tmp_path / "inventory.json").read_text())["router"]

    server = serve()
    before = router()
    server.send_signal(signal.SIGTERM)
    server.wait(20)
    serve()
    assert router() == before


def test_a_second_lab_of_the_name_is_refused_and_one_of_another_name_is_not(
    serve, name, tmp_path, lab
):
    serve()
    with pytest.raises(LabError, match="runs already"):
        Lab(name, tmp_path).start()
    assert len(processes(name)) > 15, "the refusal must not touch the running lab"
    assert len(processes(lab.place.name)) > 15


def test_an_open_ssh_session_ends_with_the_lab(serve, name, tmp_path):
    server = serve()
    router = json.loads((tmp_path / "inventory.json").read_text())["router"]
    known = tmp_path / "known_hosts"
    known.write_text(f"[127.0.0.1]:{router['ssh_port']} {router['host_key']}\n")
    session = subprocess.Popen(
        [
            "ssh", "-F", "none", "-o", f"UserKnownHostsFile={known}", "-o", "BatchMode=yes",
            "-i", router["private_key_file"], "-p", str(router["ssh_port"]), "root@127.0.0.1",
            "echo in; sleep 600",
        ],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert session.stdout
    assert session.stdout.readline() == "in\n"
    server.send_signal(signal.SIGTERM)
    assert server.wait(20) == 0
    assert session.wait(10) != 0
    session.stdout.close()
    assert traces(name) == []


def test_a_recycled_process_id_is_never_signalled(tmp_path):
    bystander = subprocess.Popen(["sleep", "60"])
    try:
        real = Record.of(bystander.pid)
        assert real
        stale = Record(real.pid, real.started - 1, real.boot)
        stale.send(signal.SIGKILL)
        assert not stale.alive
        assert real.alive
        real.send(signal.SIGKILL)
        eventually(lambda: bystander.poll() is not None, within=5)
    finally:
        bystander.kill()
        bystander.wait()
