"""Networks, with what lists and pages show of them."""

from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from networking.models import Network, Port
from networking.selectors.base import one, visible
from networking.selectors.changes import unfinished_state
from tenants.access import Actor


def networks(actor: Actor, *, q: str = "", region: str = "") -> QuerySet[Network]:
    """The networks by name, those on their way out included.

    Each row has `unfinished`, the state of its newest change that is not done, or "". `q` is part
    of a name, an address in a prefix, or the start of a prefix; `region` a region's code.
    """
    rows = (
        visible(Network.objects.all(), actor)
        .select_related("region")
        .prefetch_related("sites")
        .annotate(unfinished=unfinished_state())
        .order_by("name", "id")
    )
    if region:
        rows = rows.filter(region__code=region)
    if q:
        rows = rows.filter(_matching(q.strip()))
    return rows


def network(actor: Actor, network_id: UUID) -> Network:
    """One network, as in the list. Raises Missing."""
    return one(networks(actor), network_id, "network")


def with_machines(rows: QuerySet[Network]) -> QuerySet[Network]:
    """The networks, each with `port_count`, how many machines of it stay. All of them are counted
    each time, so only a page that shows the number asks for it."""
    # A join would ask for each machine what else a network is asked for.
    staying = Port.objects.filter(network=OuterRef("pk"), retiring_at=None).order_by()
    counts = staying.values("network").annotate(many=Count("pk")).values("many")
    return rows.annotate(port_count=Coalesce(Subquery(counts), 0))


def _matching(text: str) -> Q:
    match = Q(name__icontains=text)
    if text[:1].isalnum() and set(text.lower()) <= set("0123456789abcdef:./"):
        match |= Q(ipv4_prefix__startswith=text) | Q(ipv6_prefix__startswith=text.lower())
    return match
