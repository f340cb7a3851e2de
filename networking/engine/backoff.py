"""How long to wait before the next try."""

import random
from datetime import timedelta

FIRST = 1.0  # seconds
LONGEST = 60.0  # seconds


def pause(failures: int) -> timedelta:
    """The wait after so many failures in a row: twice as long each time, within bounds.

    A third of it is random, so that scopes which failed together do not come back together.
    """
    longest = min(LONGEST, FIRST * 2 ** min(failures, 16))
    return timedelta(seconds=max(FIRST, longest * random.uniform(2 / 3, 1)))  # noqa: S311
