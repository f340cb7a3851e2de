"""What `demarc backup` and `restore` refuse before they look at a database; the rest of them is in
`test_up.py`, `test_dump.py` and `networking/engine/test_restored.py`."""

from argparse import Namespace
from collections.abc import Callable

import pytest

from cli.commands.backup import backup, restore
from cli.errors import CommandError
from cli.layout import Layout

FILE = "/nonexistent/demo.dump"


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (restore, "There is no file /nonexistent/demo.dump."),
        (backup, "There is no folder /nonexistent to put the backup in."),
    ],
)
def test_what_is_missing_is_named(
    layout: Layout,
    monkeypatch: pytest.MonkeyPatch,
    command: Callable[[Namespace], int],
    sentence: str,
) -> None:
    monkeypatch.setenv("DEMARC_STATE", str(layout.state))
    with pytest.raises(CommandError) as refused:
        command(Namespace(file=FILE, force=False))
    assert str(refused.value) == sentence
