"""One running lab for all wire tests of this folder."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab import Lab
from lab.install import can_run


@pytest.fixture(scope="session")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("lab")


@pytest.fixture(scope="session")
def lab(state: Path) -> Iterator[Lab]:
    able, reason = can_run()
    if not able:
        pytest.skip(reason)
    running = Lab(f"t{os.getpid()}", state, say=print)
    running.start()
    yield running
    running.stop()
    shutil.rmtree(state, ignore_errors=True)
