"""Ports, with what lists and pages show of them."""

from uuid import UUID

from django.db.models import BigIntegerField, Count, F, Func, Q, QuerySet

from networking.models import Network, Port
from networking.selectors.base import one, visible
from networking.selectors.changes import unfinished_state
from networking.selectors.labels import labelled
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
        rows = rows.filter(labelled(actor, {key: value if equals else None}))
    if q:
        rows = rows.filter(_matching(q.strip().lower()))
    return rows


def port(actor: Actor, port_id: UUID) -> Port:
    """One port, as in the list. Raises Missing."""
    return one(ports(actor), port_id, "machine")


def addresses(actor: Actor, network: Network) -> QuerySet[Port]:
    """The ports of a network by IPv4 address, those on their way out included."""
    return ports(actor, network_id=network.id).order_by("ipv4_address")


def addresses_used(actor: Actor, network: Network, size: int) -> dict[int, int]:
    """How many IPv4 addresses are used in each run of `size` addresses, by the run's number from
    the start of the prefix; runs without one are left out. The database counts. One query."""
    run = Func(
        F("ipv4_address"),
        template=f"((%(expressions)s - '{network.ipv4_prefix.network_address}') / {size:d})",
        output_field=BigIntegerField(),
    )
    rows = visible(Port.objects.filter(network=network.id), actor).order_by()
    return dict(rows.values_list(run).annotate(Count("id")))


def _matching(text: str) -> Q:
    match = Q(name__icontains=text)
    if set(text) <= set("0123456789abcdef:."):
        match |= Q(ipv4_address__startswith=text) | Q(ipv6_address__startswith=text)
        match |= Q(mac__startswith=text)
    return match
