"""Which devices there are, read in short transactions."""

from uuid import UUID

from networking.engine.device import Device, fabric_device, router_device
from networking.models import Fabric, Router
from portal.lib.db import DatabaseRole, acting_as


def fabric_ids() -> list[UUID]:
    """All fabrics."""
    with acting_as(DatabaseRole.WORKER):
        return list(Fabric.objects.values_list("pk", flat=True))


def router_ids() -> list[UUID]:
    """All routers."""
    with acting_as(DatabaseRole.WORKER):
        return list(Router.objects.values_list("pk", flat=True))


def fabric(fabric_id: UUID) -> Device:
    """How to reach this fabric."""
    with acting_as(DatabaseRole.WORKER):
        return fabric_device(Fabric.objects.select_related("access").get(pk=fabric_id))


def router(router_id: UUID) -> Device:
    """How to reach this router."""
    with acting_as(DatabaseRole.WORKER):
        return router_device(Router.objects.select_related("access").get(pk=router_id))
