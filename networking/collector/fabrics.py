"""Hosts, ports and VIP members of a fabric."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from networking.backends.base import BackendError, PortLocation
from networking.collector import health, members
from networking.collector.turn import turn
from networking.engine import devices, hosts
from networking.engine.announce import announce
from networking.engine.device import open_fabric
from networking.models import Host, Port
from portal.lib.db import DatabaseRole, acting_as

EDITED = ("host", "up", "up_since")


def collect_fabric(fabric_id: UUID) -> None:
    """Read the fabric's hosts, ports and VIP members, unless somebody does so now."""
    with turn(fabric_id) as mine:
        if not mine:
            return
        device = devices.fabric(fabric_id)
        try:
            with open_fabric(device) as fabric:
                progress = fabric.progress()
                locations = fabric.locate()
                healths = members.read(fabric, fabric_id)
        except BackendError as error:
            health.failed(device, error)
            return
        health.answered(device)
        hosts.observed(fabric_id, progress)
        located(fabric_id, locations)
        members.found(fabric_id, healths)


def located(fabric_id: UUID, locations: Iterable[PortLocation]) -> None:
    """Write down where ports are, rows that changed alone."""
    now = timezone.now()
    found = {location.port_id: location for location in locations}
    with acting_as(DatabaseRole.WORKER):
        by_name = dict(Host.objects.filter(fabric=fabric_id).values_list("name", "pk"))
        known = Port.objects.filter(pk__in=found)
        gone = Port.objects.filter(host__fabric=fabric_id).exclude(pk__in=found)
        changed = [row for row in known if _place(row, found[str(row.pk)], by_name, now)]
        absent = [row for row in gone if _place(row, _nowhere(row), by_name, now)]
        moved = changed + absent
        Port.objects.bulk_update(moved, EDITED)
        for row in moved:
            announce("port", row.id, row.tenant_id)


def _place(row: Port, seen: PortLocation, hosts: dict[str, UUID], now: datetime) -> bool:
    """Whether the row is different now."""
    before = (row.host_id, row.up)
    row.host_id, row.up = hosts.get(seen.host), seen.up
    if not row.up:
        row.up_since = None
    elif row.up_since is None or row.host_id != before[0]:
        row.up_since = now
    return (row.host_id, row.up) != before


def _nowhere(row: Port) -> PortLocation:
    return PortLocation(str(row.pk), "", False)
