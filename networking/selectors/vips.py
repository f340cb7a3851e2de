"""VIPs, with what lists and pages show of them, and who serves one."""

from uuid import UUID

from django.db.models import Q, QuerySet

from networking.models import Group, Port, Vip
from networking.models.members import memberships, within
from networking.selectors.base import one, visible
from networking.selectors.changes import unfinished_state
from tenants.access import Actor


def vips(actor: Actor, *, q: str = "", region: str = "") -> QuerySet[Vip]:
    """The VIPs by name, those on their way out included; each has `unfinished` as networks do.

    `q` is part of the name or description, or the start of an address; `region` a region's code.
    """
    rows = (
        visible(Vip.objects.all(), actor)
        .select_related("region", "group")
        .prefetch_related("members")
        .annotate(unfinished=unfinished_state())
        .order_by("name", "id")
    )
    if region:
        rows = rows.filter(region__code=region)
    if q:
        rows = rows.filter(_matching(q.strip().lower()))
    return rows


def vip(actor: Actor, vip_id: UUID) -> Vip:
    """One VIP, as in the list. Raises Missing."""
    return one(vips(actor), vip_id, "VIP")


def vip_members(actor: Actor, vip_id: UUID) -> QuerySet[Port]:
    """The machines that serve the VIP, by name, those that its group chooses included. Raises
    Missing."""
    found = vip(actor, vip_id)
    which = Q(vip_links__vip=found)
    if found.group_id is not None:
        for membership in memberships(Group.objects.filter(id=found.group_id)):
            which |= within(membership)
    rows = visible(Port.objects.filter(which, retiring_at=None), actor)
    here = rows.filter(network__region_id=found.region_id).distinct()
    return here.select_related("network", "host").order_by("name", "id")


def _matching(text: str) -> Q:
    match = Q(name__icontains=text) | Q(description__icontains=text)
    if set(text) <= set("0123456789abcdef:."):
        match |= Q(ipv4_address__startswith=text) | Q(ipv6_address__startswith=text)
    return match
