"""A tenant's VIPs in a region, with the machines that serve them."""

from collections.abc import Iterable, Mapping, Sequence
from ipaddress import ip_address
from uuid import UUID

from django.db.models import Q

from networking import intent
from networking.compiler.focus import NONE, Focus
from networking.models import AllowedPrefix, Group, Port, Vip, VipMember
from networking.models.members import Machine, Membership, machines, memberships, reasons, within
from networking.planning.addresses import Address


def vips(tenant_id: UUID, region_id: UUID, focus: Focus) -> tuple[intent.Vip, ...]:
    """The VIPs by name: at most six queries."""
    if focus.vips == NONE:
        return ()
    rows = Vip.objects.filter(tenant_id=tenant_id, region_id=region_id, retiring_at=None)
    if focus.vips is not None:
        rows = rows.filter(id__in=focus.vips)
    found = list(rows.order_by("name"))
    if not found:
        return ()
    return _with_members(found, focus)


def vip_prefixes(tenant_id: UUID, region_id: UUID) -> list[AllowedPrefix]:
    """The tenant's VIP prefixes of which an address is a VIP in the region, in two queries."""
    rows = Vip.objects.filter(tenant_id=tenant_id, region_id=region_id, retiring_at=None)
    pairs = rows.values_list("ipv4_address", "ipv6_address")
    addresses = [ip_address(str(one)) for pair in pairs for one in pair if one]
    if not addresses:
        return []
    allowed = AllowedPrefix.objects.filter(
        tenant_id=tenant_id, purpose=AllowedPrefix.Purpose.VIPS
    ).order_by("prefix")
    return [row for row in allowed if any(address in row.prefix for address in addresses)]


def _with_members(rows: Sequence[Vip], focus: Focus) -> tuple[intent.Vip, ...]:
    chosen = list(VipMember.objects.filter(vip__in=rows).values_list("vip_id", "port_id"))
    used = {row.group_id for row in rows if row.group_id}
    groups = memberships(Group.objects.filter(id__in=used, retiring_at=None)) if used else []
    pool = _pool(rows[0], {port_id for _, port_id in chosen}, groups, focus)
    by_id = {machine.id: machine for machine in pool}
    by_group = {group.id: [one for one in pool if any(reasons(one, group))] for group in groups}
    served: dict[UUID, dict[UUID, Machine]] = {row.id: {} for row in rows}
    for vip_id, port_id in chosen:
        if port_id in by_id:
            served[vip_id][port_id] = by_id[port_id]
    for row in rows:
        grouped = by_group.get(row.group_id, []) if row.group_id else []
        served[row.id].update({one.id: one for one in grouped})
    return tuple(_vip(row, served[row.id]) for row in rows)


def _pool(
    any_vip: Vip, ports: set[UUID], groups: Iterable[Membership], focus: Focus
) -> list[Machine]:
    """The machines of the VIPs' region that one of the VIPs may have."""
    if focus.members == NONE:
        return []
    which = Q(id__in=ports)
    for group in groups:
        which |= within(group)
    rows = Port.objects.filter(
        which, tenant_id=any_vip.tenant_id, network__region_id=any_vip.region_id
    )
    if focus.members is not None:
        rows = rows.filter(id__in=focus.members)
    return machines(rows)


def _vip(row: Vip, members: Mapping[UUID, Machine]) -> intent.Vip:
    check = intent.HealthCheck(
        interval=row.check_interval,
        timeout=row.check_timeout,
        failures=row.check_failures,
        successes=row.check_successes,
    )
    return intent.Vip(
        id=str(row.id),
        name=row.name,
        ipv4=_text(row.ipv4_address),
        ipv6=_text(row.ipv6_address),
        ports=tuple(
            intent.VipPort(intent.Protocol(one["protocol"]), one["port"], one["member_port"])
            for one in row.ports
        ),
        members=tuple(
            intent.Member(str(one.id), one.name, one.ipv4, one.ipv6)
            for one in sorted(members.values(), key=lambda one: one.name)
        ),
        check=check if row.health_check else None,
    )


def _text(address: Address | None) -> str:
    return str(address or "")
