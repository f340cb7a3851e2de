"""What the provider's pages of other apps read about customers: frozen rows."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Aggregate, Count, Max, Q, QuerySet

from networking.models import Attachment, Change, Network, Port, Scope, Site
from networking.selectors.base import admit, visible
from networking.selectors.health import TROUBLED, UNANSWERED, WITH_SILENT_HOSTS, Health, worst
from tenants.access import Actor, Capability
from tenants.models import Tenant

OF_SCOPES = {
    "behind": Count("id", filter=Scope.BEHIND),
    "drifted": Count("id", filter=Scope.DRIFTED),
    "unanswered": Count("id", filter=UNANSWERED),
    "silent": Count("id", filter=WITH_SILENT_HOSTS),
    "verified_at": Max("verified_at"),
}


@dataclass(frozen=True, slots=True)
class CustomerHealth:
    """How one customer's network is. Of the devices that it is on, `behind` counts those that do
    not yet enforce all that is wanted, `drifted` those where what a sweep found is not put right
    yet, `unanswered` those that do not answer, and `silent` the fabrics that have silent hosts.
    `verified_at` is when one of them was last found to enforce what was wanted (UTC)."""

    networks: int = 0
    ports: int = 0
    sites: int = 0
    sites_down: int = 0
    under_way: int = 0
    held_up: int = 0
    behind: int = 0
    drifted: int = 0
    unanswered: int = 0
    silent: int = 0
    verified_at: datetime | None = None

    @property
    def health(self) -> Health:
        """The worst of it."""
        troubles = (self.held_up, self.sites_down, self.drifted, self.unanswered, self.silent)
        return worst(wrong=any(troubles), busy=bool(self.under_way or self.behind))


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
    scopes = _tally(Scope.objects.filter(tenant__in=ids), **OF_SCOPES)
    return {
        id_: CustomerHealth(
            networks=networks[id_],
            ports=ports[id_],
            sites=sites.get(id_, {}).get("all", 0),
            sites_down=sites.get(id_, {}).get("down", 0),
            under_way=changes.get(id_, {}).get("all", 0) - changes.get(id_, {}).get("held_up", 0),
            held_up=changes.get(id_, {}).get("held_up", 0),
            **scopes.get(id_, {}),
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
    bad = _tenants_of(
        changes.filter(state__in=Change.HELD_UP),
        sites.filter(Site.DOWN),
        Scope.objects.filter(TROUBLED),
    )
    busy = _tenants_of(changes, Scope.objects.filter(Scope.BEHIND))
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
        **Scope.objects.aggregate(**OF_SCOPES),
    )
    return Everybody(**found, counts=counts)


def _tenants_of(*rows: QuerySet[Any]) -> Q:
    """Tenants that have some of these."""
    return reduce(or_, (Q(id__in=one.order_by().values("tenant")) for one in rows))


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


def _tally(rows: Any, **told: Aggregate) -> dict[UUID, dict[str, Any]]:
    found = rows.order_by().values("tenant").annotate(**told)
    return {row["tenant"]: {name: row[name] for name in told} for row in found}


def _count(rows: Any) -> Counter[UUID]:
    return Counter({id_: tally["all"] for id_, tally in _tally(rows, all=Count("id")).items()})
