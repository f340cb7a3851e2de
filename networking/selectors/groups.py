"""Groups, with what lists and pages show of them, and who belongs to one or would."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from networking.models import Group, Network, Port
from networking.models.members import Machine, Membership, memberships, reasons, within
from networking.planning.addresses import Prefix
from networking.selectors.base import Missing, one, visible
from networking.selectors.changes import unfinished_state
from networking.selectors.labels import labelled
from tenants.access import Actor


def groups(actor: Actor, *, q: str = "", label: str = "") -> QuerySet[Group]:
    """The groups by name, those on their way out included; each has `unfinished` as networks do,
    and its networks and ports without those on their way out.

    `q` is part of the name or description; `label` is `key=value` or `key`.
    """
    rows = (
        visible(Group.objects.all(), actor)
        .prefetch_related(
            Prefetch("networks", Network.objects.filter(retiring_at=None).order_by("name")),
            Prefetch("ports", Port.objects.filter(retiring_at=None).order_by("name")),
        )
        .annotate(unfinished=unfinished_state())
        .order_by("name", "id")
    )
    if label:
        key, equals, value = label.partition("=")
        wanted = {"labels__contains": {key: value}} if equals else {"labels__has_key": key}
        rows = rows.filter(**wanted)
    if q:
        text = q.strip()
        rows = rows.filter(Q(name__icontains=text) | Q(description__icontains=text))
    return rows


def group(actor: Actor, group_id: UUID) -> Group:
    """One group, as in the list. Raises Missing."""
    return one(groups(actor), group_id, "group")


def group_membership(actor: Actor, group_id: UUID) -> Membership:
    """What the group is made of now. Raises Missing."""
    for membership in memberships(visible(Group.objects.filter(id=group_id), actor)):
        return membership
    raise Missing("group")


def membership_if(
    actor: Actor,
    labels: Mapping[str, str],
    networks: Iterable[UUID],
    prefixes: Iterable[Prefix],
    ports: Iterable[UUID],
) -> Membership:
    """What a group made of these would be; networks and ports by id."""
    own = visible(Network.objects.filter(id__in=list(networks), retiring_at=None), actor)
    return Membership(
        id=UUID(int=0),
        name="",
        labels=labels,
        prefixes=tuple(prefixes),
        networks={network.id: network for network in own},
        ports=frozenset(ports),
    )


def group_members(actor: Actor, group: Membership) -> QuerySet[Port]:
    """The machines that belong to it now, by name, for whatever reason. Those on their way out
    have left."""
    which = within(group, labelled(actor, group.labels))
    rows = visible(Port.objects.filter(which, retiring_at=None), actor)
    return rows.select_related("network", "host").order_by("name", "id")


def why_member(port: Port, group: Membership) -> tuple[str, ...]:
    """Why the machine belongs to it: `named`, `label app=shop`."""
    addresses = (str(port.ipv4_address), str(port.ipv6_address or ""))
    return tuple(
        reasons(Machine(port.id, port.name, port.network_id, port.labels, *addresses), group)
    )
