"""What the command's tests share."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.layout import CHECKOUT, Layout


@pytest.fixture
def layout(monkeypatch: pytest.MonkeyPatch) -> Iterator[Layout]:
    """A state folder of its own, where the embedded servers' account can reach it."""
    for name in ("DATABASE_URL", "DATABASE_ADMIN_URL", "REDIS_URL", "DEMARC_STATE"):
        monkeypatch.delenv(name, raising=False)
    with tempfile.TemporaryDirectory(prefix="demarc-cli-", dir="/var/tmp") as folder:
        yield Layout(CHECKOUT, Path(folder)).make()


@pytest.fixture
def as_root() -> None:
    """For tests of what only root meets."""
    if os.geteuid() != 0:
        pytest.skip("only root runs the servers under another account")
