"""`demarc logs --request`."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli.layout import CHECKOUT


@pytest.fixture
def state(tmp_path: Path) -> Path:
    (tmp_path / "logs").mkdir()
    return tmp_path


def write(state: Path, name: str, *entries: object) -> None:
    lines = [one if isinstance(one, str) else json.dumps(one) for one in entries]
    (state / "logs" / name).write_text("\n".join(lines) + "\n")


def logs(state: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, CHECKOUT / "demarc", "logs", *words],
        env={**os.environ, "DEMARC_STATE": str(state)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_all_that_was_logged_for_a_request_in_order_of_time(state: Path) -> None:
    first = {"at": "2026-01-01T00:00:01Z", "message": "request", "request_id": "mine"}
    last = {"at": "2026-01-01T00:00:03Z", "message": "verified", "requests": ["other", "mine"]}
    write(state, "web.log", first, {"at": "2", "request_id": "other"}, "mine, but no JSON")
    write(state, "worker.log", {"at": "2026-01-01T00:00:04Z", "message": "mine"})
    write(state, "worker.log.1", {**last, "at": "2026-01-01T00:00:02Z", "message": "applied"})
    write(state, "verifier.log", last)
    done = logs(state, "--request", "mine")
    assert done.returncode == 0, done.stderr
    told = [line.partition(": ") for line in done.stdout.splitlines()]
    assert [(name, json.loads(text)["message"]) for name, _, text in told] == [
        ("web", "request"),
        ("worker", "applied"),
        ("verifier", "verified"),
    ]


def test_a_request_that_nobody_knows(state: Path) -> None:
    done = logs(state, "--request", "mine")
    assert done.returncode == 1
    assert "knows the request mine" in done.stdout
