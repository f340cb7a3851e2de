"""How a tenant's sites, routers, fabrics and networks hang together."""

from collections.abc import Sequence

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Func, OuterRef, Prefetch, QuerySet, prefetch_related_objects

from networking.models import Attachment, Network, Port
from networking.selectors.base import visible
from tenants.access import Actor


def ways_out(actor: Actor) -> QuerySet[Attachment]:
    """The actor's attachments with router, fabric and region."""
    rows = visible(Attachment.objects.all(), actor)
    return rows.select_related("router", "fabric__region").order_by("fabric__name", "name")


def fetch_machines(networks: Sequence[Network], most: int) -> None:
    """Give each network `machines`, its first `most` ports by name, in one query.

    The database keeps the first of each while it reads the ids: to number whole rows it would
    sort every port there is.
    """
    ports = Port.objects.filter(retiring_at=None).order_by("name")
    first = ArraySubquery(ports.filter(network=OuterRef("pk")).values("pk")[:most])
    these = Network.objects.filter(pk__in=[network.pk for network in networks])
    drawn = ports.filter(pk__in=these.values(first=Func(first, function="unnest")))
    prefetch_related_objects(
        networks, Prefetch("ports", drawn.select_related("host"), to_attr="machines")
    )
