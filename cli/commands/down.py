"""`demarc down`: stop what `demarc up --detach` started."""

import signal
from argparse import Namespace

from cli import records
from cli.identity import end
from cli.layout import default_layout

# The supervisor itself gives each of its layers at most half a minute.
STOP_WITHIN_S = 90.0


def down(args: Namespace) -> int:
    """End the supervisor, or what a killed one has left."""
    del args
    layout = default_layout()
    if not layout.state.exists():
        print("Demarc is not running.")
        return 0
    supervisor = records.supervisor(layout.state)
    if supervisor is not None:
        end(supervisor, signal.SIGTERM, STOP_WITHIN_S)
    left = records.end_leftovers(layout.state)
    if left:
        print(f"Ended what an earlier run had left: {', '.join(left)}")
    print("Stopped." if supervisor else "Demarc is not running.")
    return 0
