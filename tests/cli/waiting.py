"""Polling with a deadline."""

import time
from collections.abc import Callable


def eventually(holds: Callable[[], object], within: float = 10.0) -> None:
    """Wait until `holds()` is true; fail after `within` seconds."""
    deadline = time.monotonic() + within
    while not holds():
        assert time.monotonic() < deadline, f"not within {within} s"
        time.sleep(0.02)
