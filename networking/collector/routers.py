"""BGP sessions of a router."""

from uuid import UUID

from networking.backends.base import BackendError
from networking.collector import health
from networking.collector.turn import turn
from networking.engine import devices, sessions
from networking.engine.device import open_router
from networking.models import Attachment
from portal.lib.db import DatabaseRole, acting_as


def collect_router(router_id: UUID) -> None:
    """Read the router's BGP sessions, unless somebody does so now."""
    with turn(router_id) as mine:
        if not mine:
            return
        device = devices.router(router_id)
        with acting_as(DatabaseRole.WORKER):
            claimed = Attachment.objects.filter(router=router_id, tenant__isnull=False)
            vrfs = list(claimed.order_by("vrf").values_list("vrf", flat=True))
        try:
            with open_router(device) as router:
                found = router.sessions(vrfs)
        except BackendError as error:
            health.failed(device, error)
            return
        health.answered(device)
        sessions.observed(router_id, found)
