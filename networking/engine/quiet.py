"""Changes that hosts take up without being asked: members of groups that come and go.

To have the hosts report costs the central daemon as much as a new rule; a membership change costs
next to nothing. So such a change is followed to where the hosts read it, and no further.
"""

import logging
import time
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from networking.backends.base import BackendError, FabricBackend
from networking.engine.claim import Claim
from networking.models import Host
from networking.planning import Plan
from portal.lib.db import DatabaseRole, acting_as

log = logging.getLogger(__name__)

PATIENCE = 3.0  # seconds for the central daemon to pass it on; it takes some hundredths
INTERVAL = 0.005  # seconds between two readings


@dataclass(frozen=True, slots=True)
class InForce:
    """A plan that hosts need not be asked about; `silent` says since when some of them are."""

    plan: Plan
    silent: tuple[tuple[str, datetime], ...] = ()


def in_force(fabric: FabricBackend, held: Claim, plan: Plan) -> InForce | None:
    """Whether the plan that was just applied is in force already; None when hosts must be asked.

    They must be asked about anything that was sent earlier and not verified, by a killed worker
    for one; and when none of them lives, so that the change waits.
    """
    if not held.settled or not fabric.quiet(plan):
        return None
    if not plan:
        return InForce(plan)
    hosts = _hosts(held.device.id)
    silent = tuple((name, since) for name, since in hosts if since)
    if len(silent) == len(hosts) or not _passed_on(fabric, plan):
        return None
    return InForce(plan, silent)


def _hosts(fabric_id: UUID) -> list[tuple[str, datetime | None]]:
    with acting_as(DatabaseRole.WORKER):
        rows = Host.objects.filter(fabric=fabric_id).order_by("name")
        return list(rows.values_list("name", "silent_since"))


def _passed_on(fabric: FabricBackend, plan: Plan) -> bool:
    """It is applied in any case: when it cannot be confirmed, the verifier finds out."""
    deadline = time.monotonic() + PATIENCE
    try:
        while not fabric.confirm(plan):
            if time.monotonic() > deadline:
                return False
            time.sleep(INTERVAL)
    except BackendError as error:
        log.info("not confirmed", extra={"reason": str(error)})
        return False
    return True
