"""What devices hold for tenants whom nobody knows here: of customers who came after a backup that
was brought in, for example. It is shown to operators, and removed when they say so."""

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from networking.backends.base import Backend
from networking.engine.device import (
    Device,
    fabric_device,
    open_fabric,
    open_router,
    router_device,
)
from networking.engine.restored import LEAD
from networking.intent import ScopeRef, TenantRef
from networking.models import Attachment, Fabric, Router
from networking.planning import Plan, diff
from portal.lib.db import DatabaseRole, acting_as
from tenants.models import Tenant

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Orphans:
    """The unknown tenants of one device, by id, and what it holds for them, in words."""

    device: Device
    tenants: tuple[str, ...]
    things: tuple[str, ...]


def devices_named(name: str) -> list[Device]:
    """The fabrics and routers of this name."""
    with acting_as(DatabaseRole.WORKER):
        fabrics = Fabric.objects.select_related("access").filter(name=name)
        routers = Router.objects.select_related("access").filter(name=name)
        return [*map(fabric_device, fabrics), *map(router_device, routers)]


def clear(device: Device, *, remove: bool) -> Orphans:
    """What the device holds for unknown tenants; with `remove` it is gone afterwards.

    A router tells neighbours and routes apart by VRF alone, so there it is all that the VRFs hold
    which nobody has claimed; what a claimed one holds beyond its tenant's intent is that tenant's
    drift. Raises BackendError.
    """
    vrfs = _unclaimed(device)
    things: dict[str, None] = {}
    with _opened(device) as backend:
        unknown = _unknown(backend.scopes())
        for tenant_id in unknown:
            for vrf in vrfs:
                ref = ScopeRef(tenant_id, TenantRef(tenant_id, "unknown"), vrf)
                plan = diff((), backend.observe(ref), order=backend.order)
                things |= dict.fromkeys(_words(plan))
                if plan and remove:
                    _apply(backend, ref, plan)
    if remove and unknown:
        log.warning("orphans removed", extra={"device": device.name, "tenants": unknown})
    return Orphans(device, tuple(unknown), tuple(things))


@contextmanager
def _opened(device: Device) -> Iterator[Backend[Any]]:
    with open_router(device) if device.is_router else open_fabric(device) as backend:
        yield backend


def _unclaimed(device: Device) -> Sequence[str]:
    """VRFs, and none, in which a router's prefix lists are found in any case."""
    if not device.is_router:
        return ("",)
    with acting_as(DatabaseRole.WORKER):
        free = Attachment.objects.filter(router=device.id, tenant=None).order_by("vrf")
        return (*free.values_list("vrf", flat=True), "")


def _unknown(held: frozenset[str]) -> list[str]:
    with acting_as(DatabaseRole.WORKER):
        known = {str(pk) for pk in Tenant.objects.values_list("pk", flat=True)}
    return sorted(held - known)


def _words(plan: Plan) -> Iterator[str]:
    for step in plan.steps:
        yield f"{step.noun.type} {step.noun.name or step.noun.id or step.key}"


def _apply(backend: Backend[Any], ref: ScopeRef, plan: Plan) -> None:
    # Above whatever token the tenant's last worker left, here or in the database that is gone.
    token = int(time.time()) + LEAD
    backend.claim(ref, token)
    backend.apply(ref, plan, token)
