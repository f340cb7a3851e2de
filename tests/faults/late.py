"""Run inside the product (`manage.py shell`): a worker that stops itself, as one that the kernel or
a hypervisor has paused, when it has claimed scopes and is about to write to their devices."""

import os
import signal
import sys
import threading
from typing import Any
from uuid import UUID

from django.db import connection

from networking.backends.base import BackendError
from networking.engine import reconcile, record
from networking.engine.claim import Claim

TOGETHER_WITHIN = 30.0  # seconds
RESUMED = threading.Event()


def main(*scope_ids: str) -> None:
    """One pass over each scope; says what each device answered to the write that came too late."""
    sending, give_up = record.sending, reconcile._give_up
    stop = threading.Barrier(len(scope_ids), _sleep)
    signal.signal(signal.SIGCONT, lambda *_: RESUMED.set())

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
    for thread in threads:
        thread.start()
    for thread in threads:
        while thread.is_alive():
            thread.join(0.1)  # handlers of signals run here, and only between two calls
    sys.stdout.write("ended\n")


def _sleep() -> None:
    """A signal reaches a process's threads one after another; none may go on before it did."""
    os.kill(os.getpid(), signal.SIGSTOP)
    RESUMED.wait()


def _work(scope_id: UUID) -> None:
    try:
        reconcile.reconcile(scope_id)
    finally:
        connection.close()
