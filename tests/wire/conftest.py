"""One running lab for all wire tests of this folder."""

import os
from collections.abc import Iterator

import pytest

from lab import Lab
from lab.install import can_run


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    able, reason = can_run()
    if not able and os.environ.get("CI"):
        pytest.fail(reason)
    if not able:
        pytest.skip(reason)
    running = Lab(f"w{os.getpid()}", tmp_path_factory.mktemp("lab"), say=print)
    running.start()
    yield running
    running.stop()
