"""Groups, with what lists and pages show of them, and who belongs to one."""

from uuid import UUID

from django.db.models import Q, QuerySet

from networking.models import Group, Port
from networking.models.members import memberships, within
from networking.selectors.base import one, visible
from networking.selectors.changes import unfinished_state
from tenants.access import Actor


def groups(actor: Actor, *, q: str = "", label: str = "") -> QuerySet[Group]:
    """The groups by name, those on their way out included; each has `unfinished` as networks do.

    `q` is part of the name or description; `label` is `key=value` or `key`.
    """
    rows = (
        visible(Group.objects.all(), actor)
        .prefetch_related("networks")
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


def group_members(actor: Actor, group_id: UUID) -> QuerySet[Port]:
    """The machines that belong to the group now, by name: by label, by network or because their
    address is in a prefix. Those on their way out have left. Raises Missing."""
    found = group(actor, group_id)
    (membership,) = memberships(Group.objects.filter(id=found.id))
    rows = visible(Port.objects.filter(within(membership), retiring_at=None), actor)
    return rows.select_related("network", "host").order_by("name", "id")
