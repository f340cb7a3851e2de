"""What is done to the processes of a stack."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from cli.identity import Identity, identify
from tests.faults import beat, truth
from tests.polling import eventually
from tests.stack import Stack

# What the tests do not wait for: a dead worker's lease ends after 15 s, and what failed is tried
# again after up to a minute.
TIME_PASSES = """
    UPDATE networking_scope SET leased_until = now() - interval '1 second'
        WHERE leased_until IS NOT NULL;
    UPDATE networking_scope SET retry_at = now() WHERE retry_at IS NOT NULL
"""
# Nor for this: a page says what a change is waiting for after half a minute at the most.
CHANGES_AGE = """
    UPDATE networking_change SET created_at = created_at - interval '30 seconds'
    WHERE state IN ('pending', 'applying', 'verifying')
"""
BACK_WITHIN = 60.0  # seconds; the supervisor waits longer the more often a process has ended


def children(pid: int) -> list[Identity]:
    """The processes that this one has started and that still run (proc(5))."""
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [one for one in map(identify, map(int, text.split())) if one is not None]


def whole(stack: Stack, name: str) -> list[Identity]:
    """A process of the stack, once it runs, and those that it has started."""
    eventually(lambda: stack.process(name) is not None, within=BACK_WITHIN)
    first = stack.process(name)
    assert first is not None
    return [first, *children(first.pid)]


def send(processes: list[Identity], number: signal.Signals) -> None:
    """Signal those that still run."""
    for process in processes:
        if process.alive():
            with suppress(ProcessLookupError):
                os.kill(process.pid, number)


def kill(stack: Stack, name: str) -> None:
    """End a process as a power cut does; the supervisor starts it anew."""
    send(whole(stack, name), signal.SIGKILL)


def killed_and_back(stack: Stack, name: str) -> None:
    """The same, and wait until another one is there."""
    before = whole(stack, name)[0]
    kill(stack, name)
    eventually(lambda: stack.process(name) not in (None, before), within=BACK_WITHIN)


@contextmanager
def paused(stack: Stack, name: str) -> Iterator[None]:
    """A process, with those that it has started, that does nothing for the length of the block."""
    first = whole(stack, name)[0]
    send([first], signal.SIGSTOP)  # so that it starts no more of them
    held = [first, *children(first.pid)]
    send(held, signal.SIGSTOP)
    try:
        yield
    finally:
        send(held, signal.SIGCONT)


def let_leases_end(stack: Stack) -> None:
    """What a minute would do: other workers take over, and try again."""
    truth.rows(stack, TIME_PASSES)
    beat.send(stack, beat.SWEEP)


def let_changes_age(stack: Stack) -> None:
    """What half a minute would do: pages say why nothing happens."""
    truth.rows(stack, CHANGES_AGE)
