"""What devices hold for tenants that have nothing there. It is shown; whoever put it there may know
better, so an operator alone removes it (`networking/engine/orphans.py`)."""

import logging
from uuid import UUID

from networking.backends.base import BackendError
from networking.engine import devices
from networking.engine.announce import announce
from networking.engine.device import Device, open_fabric, open_router
from networking.models import Fabric, Router, Scope
from portal.lib.db import DatabaseRole, acting_as

log = logging.getLogger(__name__)


def find_fabric_orphans(fabric_id: UUID) -> None:
    """Note whose objects the fabric holds without a scope of theirs."""
    device = devices.fabric(fabric_id)
    try:
        with open_fabric(device) as fabric:
            held = fabric.scopes()
    except BackendError:
        return  # `collect_fabric` says so where people see it
    with acting_as(DatabaseRole.WORKER):
        known = Scope.objects.filter(fabric=fabric_id).values_list("tenant", flat=True)
        orphans = sorted(held - {str(tenant) for tenant in known})
        if Fabric.objects.filter(pk=fabric_id).exclude(orphans=orphans).update(orphans=orphans):
            _tell(device, orphans)


def find_router_orphans(router_id: UUID) -> None:
    """Note whose objects the router holds without a scope of theirs."""
    device = devices.router(router_id)
    try:
        with open_router(device) as router:
            held = router.scopes()
    except BackendError:
        return
    with acting_as(DatabaseRole.WORKER):
        known = Scope.objects.filter(router=router_id).values_list("tenant", flat=True)
        orphans = sorted(held - {str(tenant) for tenant in known})
        if Router.objects.filter(pk=router_id).exclude(orphans=orphans).update(orphans=orphans):
            _tell(device, orphans)


def _tell(device: Device, orphans: list[str]) -> None:
    log.warning("orphans", extra={"device": device.name, "tenants": orphans})
    announce(device.kind, device.id)
