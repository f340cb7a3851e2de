"""Regions, and what the provider runs in them."""

from uuid import UUID

from django.db.models import Prefetch, QuerySet

from networking.models import Attachment, Region, Router
from networking.selectors.base import admit, one
from tenants.access import Actor, Capability


def regions(actor: Actor) -> QuerySet[Region]:
    """The regions that can carry networks, by name: the same for everybody."""
    return Region.objects.filter(fabrics__isnull=False).distinct().order_by("name")


def infrastructure(actor: Actor) -> QuerySet[Region]:
    """The regions with their fabrics, hosts, routers and attachments, for the provider.

    Raises Missing for anybody else.
    """
    admit(actor, Capability.INFRA_VIEW, "region")
    attachments = Attachment.objects.select_related("tenant", "fabric").order_by("name")
    routers = Router.objects.order_by("name").prefetch_related(Prefetch("attachments", attachments))
    return Region.objects.order_by("name").prefetch_related(
        "fabrics__hosts", Prefetch("routers", routers)
    )


def region(actor: Actor, region_id: UUID) -> Region:
    """One region, for the provider. Raises Missing."""
    return one(infrastructure(actor), region_id, "region")
