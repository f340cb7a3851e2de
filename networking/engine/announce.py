"""Tells open pages that a row changed."""

from uuid import UUID

from portal.lib import live


def announce(kind: str, row_id: UUID, tenant_id: UUID | None = None) -> None:
    """Publish the row's id to the staff, and to its tenant if it has one, on commit."""
    data = {"kind": kind, "id": str(row_id), "tenant": str(tenant_id) if tenant_id else None}
    live.publish(live.STAFF_CHANNEL, data)
    if tenant_id is not None:
        live.publish(live.tenant_channel(tenant_id), data)
