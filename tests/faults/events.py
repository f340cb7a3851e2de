"""The stream of events that an open page listens to."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tests.faults.caller import Caller


class Stream:
    """What has arrived so far, and whether the stream stands."""

    def __init__(self) -> None:
        self.messages: list[str] = []
        self.ended = threading.Event()

    def heard_of(self, row_id: str) -> bool:
        """Whether a message named this row."""
        return any(row_id in message for message in self.messages)


@contextmanager
def listening(caller: Caller) -> Iterator[Stream]:
    """A page of the customer's that is open for the length of the block."""
    stream = Stream()
    answer = caller.open(f"/t/{caller.slug}/events")

    def read() -> None:
        with suppress(OSError, ValueError, AttributeError):
            for line in answer:
                stream.messages.append(line.decode())
        stream.ended.set()

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    try:
        yield stream
    finally:
        caller.hang_up(answer)
        thread.join(5)
