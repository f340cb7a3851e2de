"""Run inside the product (`manage.py shell`): a worker that stops itself, as one that the kernel or
a hypervisor has paused, when it has claimed scopes and is about to write to their devices."""

import os
import signal
import sys
import threading
from typing import Any
from uuid import UUID

from django.db import Error, connection

from networking.backends.base import BackendError
from networking.engine import reconcile, record
from networking.engine.claim import Claim
from networking.models import Generation
from portal.lib.db import DatabaseRole, acting_as

TOGETHER_WITHIN = 30.0  # seconds


def main(locked: str, *scope_ids: str) -> None:
    """One pass over each scope, with a lock on the customer `locked` in hand; says what each device
    answered to the write that came too late, and that the lock was lost."""
    sending, give_up = record.sending, reconcile._give_up
    stop = threading.Barrier(len(scope_ids) + 1, lambda: os.kill(os.getpid(), signal.SIGSTOP))

    def pausing(held: Claim, generation: int) -> None:
        sending(held, generation)
        stop.wait(TOGETHER_WITHIN)

    def telling(held: Claim, error: BackendError) -> None:
        sys.stdout.write(f"{held.device.kind}: {type(error).__name__}: {error}\n")
        give_up(held, error)

    patched: dict[str, Any] = {"sending": pausing}
    vars(record).update(patched)
    vars(reconcile).update(_give_up=telling)
    threads = [threading.Thread(target=_work, args=(UUID(one),)) for one in scope_ids]
    threads.append(threading.Thread(target=_lock, args=(locked, stop)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sys.stdout.write("ended\n")


def _lock(slug: str, stop: threading.Barrier) -> None:
    try:
        with acting_as(DatabaseRole.WORKER):
            Generation.objects.select_for_update(of=("self",)).get(tenant__slug=slug)
            stop.wait(TOGETHER_WITHIN)
    except Error:
        sys.stdout.write("lock: lost\n")
    finally:
        connection.close()


def _work(scope_id: UUID) -> None:
    try:
        reconcile.reconcile(scope_id)
    finally:
        connection.close()
