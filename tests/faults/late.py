"""Run inside the product (`demarc manage shell`): a worker that stops itself, as one that the
kernel or a hypervisor has paused, when it has claimed a scope and is about to write."""

import os
import signal
import sys
from typing import Any
from uuid import UUID

from networking.backends.base import BackendError
from networking.engine import reconcile, record
from networking.engine.claim import Claim


def main(scope_id: str) -> None:
    """One pass over the scope; says what the device answered to the write that came too late."""
    sending, give_up = record.sending, reconcile._give_up

    def pausing(held: Claim, generation: int) -> None:
        sending(held, generation)
        os.kill(os.getpid(), signal.SIGSTOP)

    def telling(held: Claim, error: BackendError) -> None:
        sys.stdout.write(f"{type(error).__name__}: {error}\n")
        give_up(held, error)

    patched: dict[str, Any] = {"sending": pausing}
    vars(record).update(patched)
    vars(reconcile).update(_give_up=telling)
    reconcile.reconcile(UUID(scope_id))
    sys.stdout.write("ended\n")
