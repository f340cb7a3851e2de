"""Hands scopes to the workers once a change is committed.

A message that is lost costs a few seconds: the sweep finds what nobody took up. So the broker is
asked once, and while it is dead not at all: no request waits for it twice.
"""

import logging
import time
from collections.abc import Collection
from uuid import UUID

from django.db import transaction

from networking import tasks

log = logging.getLogger(__name__)

PAUSE_AFTER_FAILURE = 5.0  # seconds, as long as the sweep that makes up for it takes to come round

_silent_until = 0.0


def reconcile_on_commit(scope_ids: Collection[UUID]) -> None:
    """Ask the workers to take up these scopes when the transaction commits. Never raises then."""
    wanted = [str(scope_id) for scope_id in scope_ids]
    transaction.on_commit(lambda: _send(wanted), robust=True)


def _send(scope_ids: Collection[str]) -> None:
    global _silent_until
    if time.monotonic() < _silent_until:
        return
    try:
        for scope_id in scope_ids:
            tasks.reconcile.apply_async((scope_id,), retry=False)
    except Exception as error:
        # Whatever the broker's libraries raise, the change is committed and will be swept.
        _silent_until = time.monotonic() + PAUSE_AFTER_FAILURE
        log.warning("change left to the sweep", extra={"reason": str(error)})
