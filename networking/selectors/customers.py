"""What the provider's pages of other apps read about customers: frozen rows."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q

from networking.models import Attachment, Change, Network, Port, Scope, Site
from networking.selectors.base import admit, visible
from networking.selectors.dashboard import Health
from tenants.access import Actor, Capability
from tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class CustomerHealth:
    """How one customer's network is. `behind` counts the devices that do not yet enforce all that
    is wanted."""

    networks: int = 0
    ports: int = 0
    sites: int = 0
    sites_down: int = 0
    under_way: int = 0
    held_up: int = 0
    behind: int = 0

    @property
    def health(self) -> Health:
        """The worst of it."""
        if self.held_up or self.sites_down:
            return Health.ATTENTION
        return Health.BUSY if self.under_way or self.behind else Health.WELL


@dataclass(frozen=True, slots=True)
class Everybody:
    """All customers' networks together: how many customers there are, how many of them need
    attention or, being well otherwise, are changing; and what they have."""

    customers: int
    attention: int
    busy: int
    counts: CustomerHealth


@dataclass(frozen=True, slots=True)
class AttachmentRow:
    """A hand-off on a router; `tenant_id` is empty for a spare one. `access_prefixes` are the
    circuits on which its sites' neighbours are."""

    id: UUID
    name: str
    router: str
    region: str
    region_name: str
    vrf: str
    vlan: int
    tenant_id: UUID | None
    access_prefixes: tuple[str, ...]


def customer_health(actor: Actor, tenant_ids: Iterable[UUID]) -> dict[UUID, CustomerHealth]:
    """How these customers' networks are, in five queries however many they are.

    Raises Missing for an actor who may not see customers.
    """
    admit(actor, Capability.CUSTOMERS_VIEW, "customer")
    ids = list(tenant_ids)
    live = {"tenant__in": ids, "retiring_at": None}
    networks = _count(Network.objects.filter(**live))
    ports = _count(Port.objects.filter(**live))
    sites = _tally(
        Site.objects.filter(**live),
        all=Count("id"),
        down=Count("id", filter=Site.DOWN),
    )
    changes = _tally(
        Change.objects.filter(tenant__in=ids).exclude(state__in=Change.SETTLED),
        all=Count("id"),
        held_up=Count("id", filter=Q(state__in=Change.HELD_UP)),
    )
    behind = _count(Scope.objects.filter(tenant__in=ids, verified__lt=F("wanted")))
    return {
        id_: CustomerHealth(
            networks=networks[id_],
            ports=ports[id_],
            sites=sites.get(id_, {}).get("all", 0),
            sites_down=sites.get(id_, {}).get("down", 0),
            under_way=changes.get(id_, {}).get("all", 0) - changes.get(id_, {}).get("held_up", 0),
            held_up=changes.get(id_, {}).get("held_up", 0),
            behind=behind[id_],
        )
        for id_ in ids
    }


def everybody(actor: Actor) -> Everybody:
    """How all customers' networks are, counted by the database in six queries.

    Raises Missing for an actor who may not see customers.
    """
    admit(actor, Capability.CUSTOMERS_VIEW, "customer")
    sites = Site.objects.filter(retiring_at=None)
    changes = Change.objects.exclude(state__in=Change.SETTLED)
    late = Scope.objects.filter(verified__lt=F("wanted"))
    bad = Q(id__in=changes.filter(state__in=Change.HELD_UP).values("tenant")) | Q(
        id__in=sites.filter(Site.DOWN).values("tenant")
    )
    busy = Q(id__in=changes.values("tenant")) | Q(id__in=late.values("tenant"))
    found = Tenant.objects.aggregate(
        customers=Count("id"),
        attention=Count("id", filter=bad),
        busy=Count("id", filter=busy & ~bad),
    )
    at_sites = sites.aggregate(all=Count("id"), down=Count("id", filter=Site.DOWN))
    of_changes = changes.aggregate(
        all=Count("id"), held_up=Count("id", filter=Q(state__in=Change.HELD_UP))
    )
    counts = CustomerHealth(
        networks=Network.objects.filter(retiring_at=None).count(),
        ports=Port.objects.filter(retiring_at=None).count(),
        sites=at_sites["all"],
        sites_down=at_sites["down"],
        under_way=of_changes["all"] - of_changes["held_up"],
        held_up=of_changes["held_up"],
        behind=late.count(),
    )
    return Everybody(**found, counts=counts)


def attachments(actor: Actor, tenant_id: UUID | None = None) -> tuple[AttachmentRow, ...]:
    """The attachments of the actor's tenant; the provider sees all, or those of one customer."""
    rows = visible(Attachment.objects.all(), actor)
    if tenant_id is not None:
        rows = rows.filter(tenant_id=tenant_id)
    return _attachment_rows(rows)


def spare_attachments(actor: Actor) -> tuple[AttachmentRow, ...]:
    """Those that a customer can claim. Raises Missing for an actor who may not see customers."""
    admit(actor, Capability.CUSTOMERS_VIEW, "customer")
    return _attachment_rows(Attachment.objects.filter(tenant=None))


def _attachment_rows(rows: Any) -> tuple[AttachmentRow, ...]:
    ordered = rows.select_related("router", "fabric__region").order_by(
        "fabric__region__name", "name"
    )
    return tuple(
        AttachmentRow(
            id=row.id,
            name=row.name,
            router=row.router.name,
            region=row.fabric.region.code,
            region_name=row.fabric.region.name,
            vrf=row.vrf,
            vlan=row.vlan,
            tenant_id=row.tenant_id,
            access_prefixes=tuple(str(prefix) for prefix in row.access_prefixes),
        )
        for row in ordered
    )


def _tally(rows: Any, **counts: Count) -> dict[UUID, dict[str, int]]:
    found = rows.order_by().values("tenant").annotate(**counts)
    return {row["tenant"]: {name: row[name] for name in counts} for row in found}


def _count(rows: Any) -> Counter[UUID]:
    return Counter({id_: tally["all"] for id_, tally in _tally(rows, all=Count("id")).items()})
