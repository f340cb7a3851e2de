"""What the provider's pages and API read of regions, sites and changes: frozen rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, QuerySet

from networking.models import Attachment, Change, Fabric, Host, Port, Region, Router, Site
from networking.selectors.base import Missing, one
from networking.selectors.changes import changes
from networking.selectors.regions import infrastructure
from tenants.access import Actor, Capability, TenantRef

RECENT = 10  # changes of an overview


@dataclass(frozen=True, slots=True)
class HostRow:
    """A host with the number of ports plugged in there; `cfg` and `silent_since` as in `Host`."""

    id: UUID
    name: str
    gateway_priority: int
    cfg: int
    seen_at: datetime | None
    silent_since: datetime | None
    ports: int


@dataclass(frozen=True, slots=True)
class FabricRow:
    """A fabric and its hosts; `error`, `seen_at` and `orphans` as in `Fabric`."""

    id: UUID
    name: str
    backend: str
    mtu: int
    error: str
    seen_at: datetime | None
    orphans: tuple[str, ...]
    hosts: tuple[HostRow, ...]


@dataclass(frozen=True, slots=True)
class HandOffRow:
    """An attachment of a router, and the customer that has it."""

    id: UUID
    name: str
    fabric: str
    vrf: str
    vlan: int
    access_prefixes: tuple[str, ...]
    customer: TenantRef | None
    claimed_at: datetime | None


@dataclass(frozen=True, slots=True)
class RouterRow:
    """A provider edge router and its attachments."""

    id: UUID
    name: str
    backend: str
    asn: int
    error: str
    seen_at: datetime | None
    orphans: tuple[str, ...]
    attachments: tuple[HandOffRow, ...]

    @property
    def spare(self) -> int:
        """How many attachments no customer has."""
        return sum(row.customer is None for row in self.attachments)


@dataclass(frozen=True, slots=True)
class RegionRow:
    """A region and all that the provider runs in it."""

    code: str
    name: str
    fabrics: tuple[FabricRow, ...]
    routers: tuple[RouterRow, ...]


@dataclass(frozen=True, slots=True)
class SiteRow:
    """A customer's site with what the router last said of it; fields as in `Site`."""

    id: UUID
    name: str
    attachment_id: UUID
    attachment: str
    router: str
    asn: int
    neighbour_ipv4: str
    neighbour_ipv6: str
    accepted_prefixes: tuple[str, ...]
    max_prefixes: int
    session_state: str
    session_since: datetime | None
    session_reason: str
    prefixes_received: tuple[str, ...]
    prefixes_sent: tuple[str, ...]
    observed_at: datetime | None
    version: int
    retiring_at: datetime | None


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A change; fields as in `Change`. `verdicts` is what fabrics, routers and sites said of it:
    a fabric speaks for its hosts."""

    id: UUID
    customer: TenantRef
    summary: str
    state: str
    reason: str
    actor: str
    on_behalf_reason: str
    verdicts: tuple[str, ...]
    created_at: datetime
    done_at: datetime | None

    @property
    def unfinished(self) -> bool:
        """Whether it is still on its way."""
        return self.done_at is None and self.state != Change.State.SUPERSEDED


def provider_regions(actor: Actor) -> tuple[RegionRow, ...]:
    """Every region, in a constant number of queries. Raises Missing for who may not see them."""
    regions = infrastructure(actor)
    plugged = Port.objects.filter(host__isnull=False, retiring_at=None).order_by()
    counts = dict(plugged.values_list("host").annotate(Count("id")))
    return tuple(_region(region, counts) for region in regions)


def customer_sites(actor: Actor, tenant_id: UUID) -> tuple[SiteRow, ...]:
    """The sites of one customer by name."""
    require_customers(actor)
    return tuple(_site(row) for row in _sites(tenant_id).order_by("name"))


def customer_site(actor: Actor, tenant_id: UUID, site_id: UUID) -> SiteRow:
    """One site of this customer. Raises Missing."""
    require_customers(actor)
    return _site(one(_sites(tenant_id), site_id, "site"))


def recent_changes(
    actor: Actor, tenant_id: UUID | None = None, *, limit: int = RECENT
) -> tuple[ChangeRow, ...]:
    """The newest changes of all customers, or of one."""
    require_customers(actor)
    rows = changes(actor)
    if tenant_id is not None:
        rows = rows.filter(tenant_id=tenant_id)
    return tuple(change_row(row) for row in rows[:limit])


def change_row(row: Change) -> ChangeRow:
    """A change as a frozen row; load it with its tenant and verdicts."""
    return ChangeRow(
        id=row.id,
        customer=TenantRef(row.tenant_id, row.tenant.slug, row.tenant.name),
        summary=row.summary,
        state=row.state,
        reason=row.reason,
        actor=row.actor_label,
        on_behalf_reason=row.on_behalf_reason,
        verdicts=tuple(one.text for one in row.verdicts.all() if one.subject_type != "host"),
        created_at=row.created_at,
        done_at=row.done_at,
    )


def require_customers(actor: Actor) -> None:
    """Raises Missing for an actor who may not see customers."""
    if not actor.can(Capability.CUSTOMERS_VIEW):
        raise Missing("customer")


def _region(region: Region, plugged: dict[UUID, int]) -> RegionRow:
    return RegionRow(
        code=region.code,
        name=region.name,
        fabrics=tuple(_fabric(fabric, plugged) for fabric in region.fabrics.all()),
        routers=tuple(_router(router) for router in region.routers.all()),
    )


def _fabric(fabric: Fabric, plugged: dict[UUID, int]) -> FabricRow:
    return FabricRow(
        id=fabric.id,
        name=fabric.name,
        backend=fabric.get_backend_display(),
        mtu=fabric.mtu,
        error=fabric.error,
        seen_at=fabric.seen_at,
        orphans=tuple(fabric.orphans),
        hosts=tuple(_host(host, plugged.get(host.id, 0)) for host in fabric.hosts.all()),
    )


def _host(host: Host, ports: int) -> HostRow:
    return HostRow(
        id=host.id,
        name=host.name,
        gateway_priority=host.gateway_priority,
        cfg=host.cfg,
        seen_at=host.seen_at,
        silent_since=host.silent_since,
        ports=ports,
    )


def _router(router: Router) -> RouterRow:
    return RouterRow(
        id=router.id,
        name=router.name,
        backend=router.get_backend_display(),
        asn=router.asn,
        error=router.error,
        seen_at=router.seen_at,
        orphans=tuple(router.orphans),
        attachments=tuple(_hand_off(row) for row in router.attachments.all()),
    )


def _hand_off(row: Attachment) -> HandOffRow:
    tenant = row.tenant
    return HandOffRow(
        id=row.id,
        name=row.name,
        fabric=row.fabric.name,
        vrf=row.vrf,
        vlan=row.vlan,
        access_prefixes=_texts(row.access_prefixes),
        customer=TenantRef(tenant.id, tenant.slug, tenant.name) if tenant else None,
        claimed_at=row.claimed_at,
    )


def _sites(tenant_id: UUID) -> QuerySet[Site]:
    return Site.objects.filter(tenant_id=tenant_id).select_related("attachment__router")


def _site(row: Site) -> SiteRow:
    return SiteRow(
        id=row.id,
        name=row.name,
        attachment_id=row.attachment_id,
        attachment=row.attachment.name,
        router=row.attachment.router.name,
        asn=row.asn,
        neighbour_ipv4=str(row.neighbour_ipv4),
        neighbour_ipv6=str(row.neighbour_ipv6 or ""),
        accepted_prefixes=_texts(row.accepted_prefixes),
        max_prefixes=row.max_prefixes,
        session_state=row.session_state,
        session_since=row.session_since,
        session_reason=row.session_reason,
        prefixes_received=_texts(row.prefixes_received),
        prefixes_sent=_texts(row.prefixes_sent),
        observed_at=row.observed_at,
        version=row.version,
        retiring_at=row.retiring_at,
    )


def _texts(prefixes: Iterable[object]) -> tuple[str, ...]:
    return tuple(str(prefix) for prefix in prefixes)
