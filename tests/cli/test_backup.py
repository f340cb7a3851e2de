"""`demarc backup` and `restore` by hand: from a running portal, into another state folder."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.layout import CHECKOUT, Layout
from cli.ports import free_port

START_S = 120
CUSTOMERS = (
    "from tenants.access import SYSTEM, acting_as; from tenants.models import Tenant\n"
    "with acting_as(SYSTEM): print(*Tenant.objects.values_list('slug', flat=True).order_by('slug'))"
)


@pytest.fixture
def elsewhere() -> Iterator[Layout]:
    """A second state folder, in which nothing ever ran."""
    with tempfile.TemporaryDirectory(prefix="demarc-cli-", dir="/var/tmp") as folder:
        yield Layout(CHECKOUT, Path(folder)).make()


def demarc(layout: Layout, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, CHECKOUT / "demarc", *words],
        env={**os.environ, "DEMARC_STATE": str(layout.state)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=START_S,
        check=False,
    )


def test_from_a_running_portal_to_a_new_machine(
    layout: Layout, elsewhere: Layout, tmp_path: Path
) -> None:
    port = str(free_port())
    started = demarc(
        layout, "up", "--fabric", "simulator", "--no-install", "--port", port, "--detach"
    )
    assert started.returncode == 0, started.stdout + started.stderr
    file = tmp_path / "demo.dump"
    try:
        saved = demarc(layout, "backup", str(file))
        again = demarc(layout, "backup", str(file))
        running = demarc(layout, "restore", str(file))
    finally:
        demarc(layout, "down")
    assert saved.returncode == 0, saved.stderr
    assert saved.stdout.startswith(f"{file}: ")
    assert again.stderr == f"demarc: {file} is there already; name another file.\n"
    assert running.stderr == "demarc: Demarc is running. Stop it first: ./demarc down\n"

    full = demarc(layout, "restore", str(file))
    assert full.returncode == 1
    assert "then add --force" in full.stderr

    restored = demarc(elsewhere, "restore", str(file))
    assert restored.returncode == 0, restored.stdout + restored.stderr
    assert "scopes will be compared with their devices" in restored.stdout
    shell = demarc(elsewhere, "manage", "shell", "-v", "0", "-c", CUSTOMERS)
    assert shell.stdout.splitlines()[-1] == "acme globex"


def test_what_is_missing_is_named(layout: Layout) -> None:
    missing = demarc(layout, "restore", "/nonexistent/demo.dump")
    assert missing.stderr == "demarc: There is no file /nonexistent/demo.dump.\n"
    nowhere = demarc(layout, "backup", "/nonexistent/demo.dump")
    assert nowhere.stderr == ("demarc: There is no folder /nonexistent to put the backup in.\n")
