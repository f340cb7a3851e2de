"""One running lab for all wire tests of this folder, and a way to run the command line."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lab import Lab
from lab.install import can_run

ROOT = Path(__file__).parents[2]

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def able() -> None:
    """Skip where no lab can run, with the reason; where nothing may be left out, fail."""
    runs, reason = can_run()
    if not runs and os.environ.get("CI"):
        pytest.fail(reason)
    if not runs:
        pytest.skip(reason)


@pytest.fixture(scope="session")
def lab(able: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    running = Lab(f"t{os.getpid()}", tmp_path_factory.mktemp("lab"), say=print)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def command() -> Command:
    """``python -m lab`` as a person runs it."""

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "lab", *words],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run
