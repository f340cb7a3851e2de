"""Keeps NetBox equal to whose address space is whose here. One way: what somebody edits there of
ours is put right, and what is not ours is left alone."""

import logging
from collections import Counter
from collections.abc import Iterator

from django.conf import settings
from django.core.cache import cache

from networking.backends.base import BackendError
from networking.backends.mirrors import NetBox, prefix, tenant, vrf
from networking.models import Network
from networking.planning import Resource, diff
from portal.lib.db import DatabaseRole, acting_as
from tenants.models import Tenant

log = logging.getLogger(__name__)

LONGEST = 600  # seconds after which a mirror run counts as killed
_TURN = "mirror:netbox"


def mirror() -> int:
    """Make NetBox equal; how many objects differed. Nothing where no NetBox is configured, or while
    another run is under way: two could make one object twice. What fails is logged, and tried
    again by the next run."""
    if not settings.NETBOX_URL or not cache.add(_TURN, True, LONGEST):
        return 0
    try:
        return _mirror(NetBox(settings.NETBOX_URL, settings.NETBOX_TOKEN))
    except BackendError as error:
        log.warning("mirror failed", extra={"reason": str(error), "detail": error.detail})
        return 0
    finally:
        cache.delete(_TURN)


def _mirror(netbox: NetBox) -> int:
    plan = diff(wanted(), netbox.observe(), order=netbox.order)
    if plan:
        netbox.apply(plan)
        log.info("mirrored", extra={"steps": len(plan.steps)})
    return len(plan.steps)


def wanted() -> tuple[Resource, ...]:
    """All customers with their address spaces, and the prefixes of their networks; of one that
    retires, too, until devices are rid of it."""
    with acting_as(DatabaseRole.WORKER):
        return tuple(_wanted())


def _wanted() -> Iterator[Resource]:
    customers = Tenant.objects.order_by("slug")
    taken = Counter(customer.name for customer in customers)
    for customer in customers:
        # NetBox has no two tenants of one name.
        unique = (
            customer.name if taken[customer.name] == 1 else f"{customer.name} ({customer.slug})"
        )
        yield tenant(customer.slug, unique)
        yield vrf(customer.slug)
    for network in Network.objects.select_related("tenant", "region").order_by("pk"):
        for cidr in network.prefixes:
            description = f"Network {network.name} in {network.region.code}"
            yield prefix(network.tenant.slug, str(cidr), description)
