"""Tells open pages that a row changed."""

from collections.abc import Iterable
from uuid import UUID

from portal.lib import live


def announce(kind: str, row_id: UUID, tenant_id: UUID | None = None) -> None:
    """Publish the row's id to the staff, and to its tenant if it has one, on commit."""
    data = {"kind": kind, "id": str(row_id), "tenant": str(tenant_id) if tenant_id else None}
    live.publish(live.STAFF_CHANNEL, data)
    if tenant_id is not None:
        live.publish(live.tenant_channel(tenant_id), data)


def announce_host(host_id: UUID, tenants: Iterable[UUID]) -> None:
    """Publish a host's id to the staff, and to the tenants on its fabric, on commit."""
    announce("host", host_id)
    for tenant_id in tenants:
        data = {"kind": "host", "id": str(host_id), "tenant": None}
        live.publish(live.tenant_channel(tenant_id), data)
