"""Does inline what workers and verifiers do, so that a test can look at the outcome."""

import time

from django.db.models import F

from networking.engine import devices, sweep
from networking.engine.reconcile import reconcile
from networking.engine.verifier import FabricVerifier
from networking.models import Scope
from portal.lib.db import DatabaseRole, acting_as

PAUSE = 0.01  # seconds


def deliver(within: float = 10.0) -> None:
    """Carry everything accepted to the devices and verify it; needs real transactions.

    Returns when nothing more can be done now: what waits for a later try, or is blocked, stays.
    Raises TimeoutError when that is not so after `within` seconds.
    """
    verifiers = [FabricVerifier(fabric_id) for fabric_id in devices.fabric_ids()]
    deadline = time.monotonic() + within
    try:
        while True:
            for scope_id in sweep.abandoned():
                reconcile(scope_id)
            for verifier in verifiers:
                verifier.tick()
            if at_rest():
                return
            if time.monotonic() > deadline:
                raise TimeoutError(f"not delivered within {within} s")
            time.sleep(PAUSE)
    finally:
        for verifier in verifiers:
            verifier.close()


def at_rest() -> bool:
    """Whether no scope can be brought further now."""
    with acting_as(DatabaseRole.WORKER):
        on_their_way = Scope.objects.filter(fabric__isnull=False, applied__gt=F("verified"))
        return not sweep.abandoned() and not on_their_way.filter(error="").exists()
