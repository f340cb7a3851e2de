"""Tells the provider's people what is wrong, once, and that it is over.

`findings` reads what is wrong now; `watcher` turns it into alerts that open and end; `outbox` says
which of them nobody was told of yet. All of it is computed from rows, so that a restart neither
repeats an alert nor loses one.
"""

from networking.alerts.outbox import Letter, claim, told
from networking.alerts.watcher import watch

__all__ = ["Letter", "claim", "told", "watch"]
