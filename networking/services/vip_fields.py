"""What people say of a VIP, checked and written into its row."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypedDict
from uuid import UUID

from networking.intent import Protocol
from networking.models import Group, Port, Vip
from networking.services.group_fields import check_description
from networking.services.guards import check_label, taken_name
from networking.services.vip_addresses import set_addresses
from portal.lib.errors import Refusal

PORTS_MOST = 32
PORT_LAST = 65535
PROTOCOLS = (Protocol.TCP.value, Protocol.UDP.value)
# Seconds and counts that a health check takes: (least, most).
CHECKS = {
    "check_interval": (1, 300),
    "check_timeout": (1, 60),
    "check_failures": (1, 10),
    "check_successes": (1, 10),
}


@dataclass(frozen=True, slots=True)
class VipPortInput:
    """A port of the VIP, TCP or UDP; without `member_port` members are asked at the same."""

    protocol: str
    port: int
    member_port: int | None = None


@dataclass(frozen=True, slots=True)
class VipInput:
    """What a person says of a VIP. `region` is the region's code; without any address a free IPv4
    address is chosen. `members` are machines by id, `group` a group's id. Times are seconds."""

    name: str
    region: str
    ports: tuple[VipPortInput, ...]
    ipv4_address: str = ""
    ipv6_address: str = ""
    members: tuple[UUID, ...] = ()
    group: UUID | None = None
    health_check: bool = True
    check_interval: int = 2
    check_timeout: int = 1
    check_failures: int = 2
    check_successes: int = 1
    description: str = ""


class VipPatch(TypedDict, total=False):
    """The fields of `VipInput` that can change; a VIP never moves to another region."""

    name: str
    ports: tuple[VipPortInput, ...]
    ipv4_address: str
    ipv6_address: str
    members: tuple[UUID, ...]
    group: UUID | None
    health_check: bool
    check_interval: int
    check_timeout: int
    check_failures: int
    check_successes: int
    description: str


def fill(vip: Vip, wanted: VipInput) -> list[Port]:
    """Check what is wanted and write it into the row; the chosen machines come back. Raises
    Refusal."""
    vip.name = _name(vip, wanted.name)
    vip.description = check_description(wanted.description)
    vip.ports = _ports(wanted.ports)
    set_addresses(vip, wanted.ipv4_address, wanted.ipv6_address)
    vip.group = _group(vip, wanted.group)
    members = _members(vip, wanted.members)
    if not members and vip.group is None:
        raise Refusal(
            "members-needed", "Choose machines or a group to serve the VIP.", field="members"
        )
    vip.health_check = wanted.health_check
    for name, (least, most) in CHECKS.items():
        value = getattr(wanted, name)
        if not least <= value <= most:
            raise Refusal("check-invalid", f"Choose a number from {least} to {most}.", field=name)
        setattr(vip, name, value)
    return members


def _name(vip: Vip, name: str) -> str:
    check_label(name, "VIP")
    other = Vip.objects.filter(tenant_id=vip.tenant_id, name=name).exclude(id=vip.id).first()
    if other is not None:
        raise taken_name("VIP", name, retiring=other.retiring_at is not None)
    return name


def _ports(wanted: Sequence[VipPortInput]) -> list[dict[str, str | int]]:
    if not 1 <= len(wanted) <= PORTS_MOST:
        raise Refusal(
            "ports-needed",
            f"A VIP has from one to {PORTS_MOST} ports, like TCP 443.",
            field="ports",
        )
    for one in wanted:
        _check_port(one)
    _check_once((one.protocol, one.port) for one in wanted)
    return [
        {
            "protocol": one.protocol,
            "port": one.port,
            "member_port": one.member_port or one.port,
        }
        for one in sorted(wanted, key=lambda one: (one.protocol, one.port))
    ]


def _check_port(one: VipPortInput) -> None:
    if one.protocol not in PROTOCOLS:
        raise Refusal(
            "protocol-unknown", f"A VIP's port is tcp or udp, not {one.protocol!r}.", field="ports"
        )
    for number in (one.port, one.member_port or one.port):
        if not 1 <= number <= PORT_LAST:
            raise Refusal(
                "ports-invalid",
                f"{number} is no port: choose from 1 to {PORT_LAST}.",
                field="ports",
            )


def _check_once(ports: Iterable[tuple[str, int]]) -> None:
    seen: set[tuple[str, int]] = set()
    for protocol, port in ports:
        if (protocol, port) in seen:
            raise Refusal("ports-invalid", f"{protocol} {port} is named twice.", field="ports")
        seen.add((protocol, port))


def _group(vip: Vip, group_id: UUID | None) -> Group | None:
    if group_id is None:
        return None
    group = Group.objects.filter(tenant_id=vip.tenant_id, id=group_id).first()
    if group is None:
        raise Refusal(
            "group-unknown",
            "There is no such group. Choose one of yours.",
            field="group",
            status=404,
        )
    if group.retiring_at is not None:
        raise Refusal("retiring", f"Group {group.name} is being deleted.", field="group")
    return group


def _members(vip: Vip, ids: Sequence[UUID]) -> list[Port]:
    if not ids:
        return []
    rows = Port.objects.filter(tenant_id=vip.tenant_id, id__in=ids, retiring_at=None)
    found = list(rows.select_related("network__region").order_by("name"))
    if len(found) != len(set(ids)):
        raise Refusal(
            "member-unknown",
            "One of the machines is not there. Choose again.",
            field="members",
            status=404,
        )
    far = [port for port in found if port.network.region_id != vip.region_id]
    if far:
        raise Refusal(
            "member-elsewhere",
            f"{far[0].name} is in {far[0].network.region}: a VIP of {vip.region} is served by "
            "machines there.",
            field="members",
        )
    return found
