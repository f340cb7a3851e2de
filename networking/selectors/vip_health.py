"""Which members of VIPs answer, as health checks last found them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from networking.models import Group, MemberState, Port, Vip
from networking.models.members import memberships, within
from networking.selectors.base import visible
from tenants.access import Actor


@dataclass(frozen=True, slots=True)
class Serving:
    """How many machines serve a VIP, and how many of them fail no health check."""

    members: int
    answering: int


def serving(actor: Actor, vips: Sequence[Vip]) -> Mapping[UUID, Serving]:
    """Of VIPs as their selector gives them, by id: four queries for any number."""
    groups = Group.objects.filter(id__in=[vip.group_id for vip in vips if vip.group_id])
    by_group = {one.id: within(one) for one in memberships(visible(groups, actor))}
    failing = list(
        visible(MemberState.objects.filter(health=MemberState.Health.OFFLINE), actor).values_list(
            "port_id", "protocol", "member_port"
        )
    )
    counts: dict[str, Count] = {}
    for number, vip in enumerate(vips):
        who = Q(id__in=[port.id for port in vip.members.all()])
        if vip.group_id in by_group:
            who |= by_group[vip.group_id]
        who &= Q(network__region_id=vip.region_id)
        asked = {(port["protocol"], port["member_port"]) for port in vip.ports}
        down = [port_id for port_id, *at in failing if vip.health_check and tuple(at) in asked]
        counts[f"all{number}"] = Count("id", filter=who)
        counts[f"up{number}"] = Count("id", filter=who & ~Q(id__in=down))
    found = visible(Port.objects.filter(retiring_at=None), actor).aggregate(**counts)
    return {
        vip.id: Serving(found[f"all{number}"], found[f"up{number}"])
        for number, vip in enumerate(vips)
    }


def member_states(actor: Actor, vip: Vip, members: Sequence[Port]) -> QuerySet[MemberState]:
    """What was found of these machines at the ports that the VIP leads to."""
    asked = Q(pk__in=())
    for port in vip.ports:
        asked |= Q(protocol=port["protocol"], member_port=port["member_port"])
    rows = MemberState.objects.filter(asked, port__in=[member.id for member in members])
    return visible(rows, actor).order_by("address", "protocol", "member_port")
