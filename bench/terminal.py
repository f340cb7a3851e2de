"""Programs in a part of the lab, started before anything is measured."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from bench.product import Product

ENDS_WITHIN = 60.0  # seconds


class Terminal:
    """A shell that is open already."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._input, self._output = process.stdin, process.stdout

    def type(self, command: str) -> None:
        """Have it run a command."""
        self._input.write(f"{command}\n")
        self._input.flush()

    def run(self, command: str) -> str:
        """Have it run a command that says one line; the line, once it has ended. Raises
        AssertionError when the command fails."""
        self.type(f'said=$({command}); echo "$said" $?')
        said, _, status = self._output.readline().strip().rpartition(" ")
        assert status == "0", (command, status)
        return said


@contextmanager
def terminal(mine: Product, where: str) -> Iterator[Terminal]:
    """A shell in a part of the lab."""
    with inside(mine, where, "sh") as process:
        yield Terminal(process)


@contextmanager
def inside(mine: Product, where: str, *argv: str) -> "Iterator[subprocess.Popen[str]]":
    """A program in a part of the lab; it ends when its input does."""
    process = subprocess.Popen(
        mine.command("lab", "exec", where, "--", *argv),
        env=mine.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    try:
        yield process
    finally:
        process.stdin.close()
        process.wait(ENDS_WITHIN)
