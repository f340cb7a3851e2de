"""Which members of VIPs answer, and why not."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from ipaddress import ip_address
from uuid import UUID

from django.utils import timezone

from networking.backends.base import FabricBackend, MemberHealth
from networking.collector.rounds import in_turn
from networking.engine.announce import announce
from networking.models import Fabric, MemberState, Port, Scope, Vip
from portal.lib.db import DatabaseRole, acting_as

BUDGET = 2.0  # seconds of each collection; beyond it, tenants wait for the next one
EDITED = ("health", "reason", "since")

Key = tuple[UUID, str, str, int]


def read(fabric: FabricBackend, fabric_id: UUID) -> dict[UUID, tuple[MemberHealth, ...]]:
    """What the fabric says of the members of its tenants, as far as there was time. Raises
    BackendError."""
    return {
        tenant_id: fabric.members(str(tenant_id))
        for tenant_id in in_turn(f"members:{fabric_id}", _tenants(fabric_id), BUDGET)
    }


def found(fabric_id: UUID, read: Mapping[UUID, Collection[MemberHealth]]) -> None:
    """Write down how members are, rows that changed alone."""
    now = timezone.now()
    with acting_as(DatabaseRole.WORKER):
        for tenant_id, seen in read.items():
            for port_id in _of_tenant(fabric_id, tenant_id, seen, now):
                announce("member", port_id, tenant_id)


def reason(health: str, up: bool, protocol: str, port: int) -> str:
    """Why a member is taken for what it is."""
    where = f"{protocol.upper()} {port}"
    if health == MemberState.Health.ONLINE:
        return f"It answers on {where}."
    if not up:
        return "Its machine is on no host."
    if health == MemberState.Health.OFFLINE:
        return f"It does not answer on {where}."
    return f"It was not tried on {where} yet."


def _tenants(fabric_id: UUID) -> set[UUID]:
    """Tenants with checked VIPs on the fabric, and those of whom something is written down."""
    with acting_as(DatabaseRole.WORKER):
        region = Fabric.objects.values_list("region", flat=True).get(pk=fabric_id)
        here = Scope.objects.filter(fabric=fabric_id).values("tenant")
        vips = Vip.objects.filter(
            region=region, health_check=True, retiring_at=None, tenant__in=here
        )
        known = MemberState.objects.filter(fabric=fabric_id)
        return {*vips.values_list("tenant", flat=True), *known.values_list("tenant", flat=True)}


def _of_tenant(
    fabric_id: UUID, tenant_id: UUID, seen: Iterable[MemberHealth], now: datetime
) -> set[UUID]:
    """The ports about whose members something is different now."""
    health = {_place(one): one.health.value for one in seen}
    ports = Port.objects.filter(tenant=tenant_id, pk__in={port for port, *_ in health})
    up = dict(ports.values_list("pk", "up"))
    rows = MemberState.objects.filter(fabric=fabric_id, tenant=tenant_id)
    known = {_key(row): row for row in rows.select_for_update(no_key=True).order_by("pk")}
    made: list[MemberState] = []
    moved: list[MemberState] = []
    for key, state in health.items():
        port_id, _, protocol, number = key
        if port_id not in up:
            continue
        row = known.get(key) or _new(tenant_id, fabric_id, key)
        if _differs(row, state, reason(state, up[port_id], protocol, number), now):
            (moved if key in known else made).append(row)
    gone = [row for key, row in known.items() if key not in health]
    MemberState.objects.bulk_create(made, ignore_conflicts=True)
    MemberState.objects.bulk_update(moved, EDITED)
    MemberState.objects.filter(pk__in=[row.pk for row in gone]).delete()
    return {row.port_id for row in (*made, *moved, *gone)}


def _new(tenant_id: UUID, fabric_id: UUID, key: Key) -> MemberState:
    port_id, address, protocol, number = key
    return MemberState(
        tenant_id=tenant_id,
        fabric_id=fabric_id,
        port_id=port_id,
        address=address,
        protocol=protocol,
        member_port=number,
    )


def _place(one: MemberHealth) -> Key:
    return UUID(one.port_id), str(ip_address(one.address)), one.protocol, one.port


def _key(row: MemberState) -> Key:
    return row.port_id, str(row.address), row.protocol, row.member_port


def _differs(row: MemberState, health: str, reason: str, now: datetime) -> bool:
    """Whether the row is different now."""
    before = (row.health, row.reason)
    if row.health != health:
        row.health, row.since = health, now
    row.reason = reason
    return (row.health, row.reason) != before
