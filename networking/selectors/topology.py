"""How a tenant's sites, routers, fabrics and networks hang together."""

from collections.abc import Sequence

from django.db.models import Prefetch, QuerySet, prefetch_related_objects

from networking.models import Attachment, Network, Port
from networking.selectors.base import visible
from tenants.access import Actor


def ways_out(actor: Actor) -> QuerySet[Attachment]:
    """The actor's attachments with router, fabric and region."""
    rows = visible(Attachment.objects.all(), actor)
    return rows.select_related("router", "fabric__region").order_by("fabric__name", "name")


def fetch_machines(networks: Sequence[Network], most: int) -> None:
    """Give each network `machines`, its first `most` ports by name, in one query."""
    ports = Port.objects.filter(retiring_at=None).select_related("host").order_by("name")
    prefetch_related_objects(networks, Prefetch("ports", ports[:most], to_attr="machines"))
