"""What the command's tests share."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cli.layout import CHECKOUT, Layout

SERVERS = ("DATABASE_URL", "DATABASE_ADMIN_URL", "REDIS_URL")
"""Named to the tests; a portal that they start has its own."""


@pytest.fixture
def layout(monkeypatch: pytest.MonkeyPatch) -> Iterator[Layout]:
    """A state folder of its own, where the embedded servers' account can reach it."""
    for name in (*SERVERS, "DEMARC_STATE"):
        monkeypatch.delenv(name, raising=False)
    with state_folder() as found:
        yield found


@contextmanager
def state_folder() -> Iterator[Layout]:
    """A new state folder of this checkout, gone after the block."""
    with tempfile.TemporaryDirectory(prefix="demarc-cli-", dir="/var/tmp") as folder:
        yield Layout(CHECKOUT, Path(folder)).make()


@pytest.fixture
def as_root() -> None:
    """For tests of what only root meets."""
    if os.geteuid() != 0:
        pytest.skip("only root runs the servers under another account")
