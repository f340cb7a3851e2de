"""Ports, with what lists and pages show of them."""

from uuid import UUID

from django.db.models import Q, QuerySet

from networking.models import Port
from networking.selectors.base import one, visible
from networking.selectors.changes import unfinished_state
from tenants.access import Actor


def ports(
    actor: Actor, *, q: str = "", network_id: UUID | None = None, label: str = ""
) -> QuerySet[Port]:
    """The ports by name, those on their way out included; each has `unfinished` as networks do.

    `q` is part of a name or the start of an address or MAC; `label` is `key=value` or `key`.
    """
    rows = (
        visible(Port.objects.all(), actor)
        .select_related("network", "host")
        .annotate(unfinished=unfinished_state())
        .order_by("name", "id")
    )
    if network_id is not None:
        rows = rows.filter(network_id=network_id)
    if label:
        key, equals, value = label.partition("=")
        rows = (
            rows.filter(labels__contains={key: value})
            if equals
            else rows.filter(labels__has_key=key)
        )
    if q:
        rows = rows.filter(_matching(q.strip().lower()))
    return rows


def port(actor: Actor, port_id: UUID) -> Port:
    """One port, as in the list. Raises Missing."""
    return one(ports(actor), port_id, "machine")


def _matching(text: str) -> Q:
    match = Q(name__icontains=text)
    if set(text) <= set("0123456789abcdef:."):
        match |= Q(ipv4_address__startswith=text) | Q(ipv6_address__startswith=text)
        match |= Q(mac__startswith=text)
    return match
