"""Waiting for a router, with a deadline."""

import time
from collections.abc import Callable


def eventually(condition: Callable[[], bool], *, within: float) -> None:
    """Poll until the condition holds; AssertionError after `within` seconds."""
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, f"not within {within:g} s"
        time.sleep(0.02)
