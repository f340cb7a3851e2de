"""What the provider's pages and API read of regions and of what runs in them: frozen rows.

A router may have thousands of attachments. Pages read the first of them, the worst at the front,
and the numbers of all, which the database counts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Case, Count, F, Model, Q, QuerySet, Sum, Value, When, Window
from django.db.models.functions import RowNumber

from networking.models import Attachment, Fabric, Host, Port, Region, Router, Site
from networking.selectors.base import admit, one
from tenants.access import Actor, Capability, TenantRef

RowT = TypeVar("RowT", bound=Model)


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
    """A fabric; `error`, `seen_at` and `orphans` as in `Fabric`. `hosts` are those that were asked
    for; there are `total`, and `silent` of them do not keep up."""

    id: UUID
    name: str
    backend: str
    mtu: int
    error: str
    seen_at: datetime | None
    orphans: tuple[str, ...]
    hosts: tuple[HostRow, ...]
    total: int
    silent: int


@dataclass(frozen=True, slots=True)
class RouterAttachmentRow:
    """An attachment of a router, and the customer that has it. `down` says that a session with
    one of the customer's sites behind it is."""

    id: UUID
    name: str
    fabric: str
    vrf: str
    vlan: int
    access_prefixes: tuple[str, ...]
    customer: TenantRef | None
    claimed_at: datetime | None
    down: bool


@dataclass(frozen=True, slots=True)
class AttachmentCount:
    """How many attachments a router has to a fabric: all, those that no customer has, and those
    behind which a session is down."""

    fabric: str
    total: int
    spare: int
    down: int


@dataclass(frozen=True, slots=True)
class RouterRow:
    """A provider edge router. `attachments` are those that were asked for, of the `counts`."""

    id: UUID
    name: str
    backend: str
    asn: int
    error: str
    seen_at: datetime | None
    orphans: tuple[str, ...]
    attachments: tuple[RouterAttachmentRow, ...]
    counts: tuple[AttachmentCount, ...]

    @property
    def total(self) -> int:
        """How many attachments it has."""
        return sum(count.total for count in self.counts)

    @property
    def spare(self) -> int:
        """How many attachments no customer has."""
        return sum(count.spare for count in self.counts)

    @property
    def down(self) -> int:
        """Behind how many attachments a session is down."""
        return sum(count.down for count in self.counts)


@dataclass(frozen=True, slots=True)
class RegionRow:
    """A region and all that the provider runs in it."""

    code: str
    name: str
    fabrics: tuple[FabricRow, ...]
    routers: tuple[RouterRow, ...]


_DOWN_SITES = Site.objects.filter(Site.DOWN, retiring_at=None)
_IS_DOWN = Q(pk__in=_DOWN_SITES.values("attachment"))
_IS_SILENT = Q(silent_since__isnull=False)


def provider_regions(actor: Actor, most: int | None = None) -> tuple[RegionRow, ...]:
    """Every region, in a constant number of queries. Raises Missing for who may not see them.

    With `most` no more hosts of a fabric and attachments between a router and a fabric than that,
    the silent ones and those with a session down first; without it all, by name.
    """
    admit(actor, Capability.INFRA_VIEW, "region")
    hosts = _by(_first(_hosts(), most), "fabric_id")
    attachments = _by(_first(_attachments(), most), "router_id")
    ports = _plugged(host for rows in hosts.values() for host in rows)
    fabrics = _by(Fabric.objects.order_by("name"), "region_id")
    routers = _by(Router.objects.order_by("name"), "region_id")
    return tuple(
        RegionRow(
            region.code,
            region.name,
            tuple(_fabric(one, hosts.get(one.id, ()), ports) for one in fabrics.get(region.id, ())),
            tuple(_router(one, attachments.get(one.id, ())) for one in routers.get(region.id, ())),
        )
        for region in Region.objects.order_by("name")
    )


def provider_fabric(actor: Actor, fabric_id: UUID) -> FabricRow:
    """One fabric with its worst host alone. Raises Missing."""
    admit(actor, Capability.INFRA_VIEW, "fabric")
    fabric = one(Fabric.objects.all(), fabric_id, "fabric")
    return _fabric(fabric, _first(_hosts().filter(fabric=fabric), 1), {})


def provider_router(actor: Actor, router_id: UUID) -> RouterRow:
    """One router with its worst attachment to each fabric alone. Raises Missing."""
    admit(actor, Capability.INFRA_VIEW, "router")
    router = one(Router.objects.all(), router_id, "router")
    return _router(router, _first(_attachments().filter(router=router), 1))


def fabric_hosts(actor: Actor, fabric_id: UUID, *, q: str = "") -> QuerySet[Host]:
    """The hosts of a fabric, silent ones first; `q` is part of a name. To be frozen by
    `host_rows`. Raises Missing for who may not see them."""
    admit(actor, Capability.INFRA_VIEW, "fabric")
    rows = Host.objects.filter(fabric=fabric_id, name__icontains=q)
    return rows.order_by(F("silent_since").asc(nulls_last=True), "name")


def router_attachments(
    actor: Actor, router_id: UUID, *, q: str = "", spare: bool = False
) -> QuerySet[Attachment]:
    """The attachments of a router, those with a session down first and spare ones last. `q` is
    part of the name, the VRF or the customer's name, or a VLAN; with `spare` those alone that no
    customer has. To be frozen by `router_attachment_rows`. Raises Missing for who may not see
    them."""
    admit(actor, Capability.INFRA_VIEW, "router")
    rows = _attachments().filter(router=router_id)
    if spare:
        rows = rows.filter(tenant=None)
    if q:
        named = Q(name__icontains=q) | Q(vrf__icontains=q) | Q(tenant__name__icontains=q)
        rows = rows.filter(named | Q(vlan=int(q)) if q.isdecimal() and len(q) < 5 else named)
    return rows.order_by(F("place").asc())


def host_rows(hosts: Iterable[Host]) -> tuple[HostRow, ...]:
    """Hosts as frozen rows, with what is plugged in there. One query more."""
    found = list(hosts)
    ports = _plugged(found)
    return tuple(_host(host, ports) for host in found)


def router_attachment_rows(attachments: Iterable[Attachment]) -> tuple[RouterAttachmentRow, ...]:
    """Attachments as frozen rows."""
    return tuple(map(_attachment, attachments))


def _hosts() -> QuerySet[Host]:
    """With their place in the fabric, and how many there are: `total`, `silent`."""
    here: Any = {"partition_by": F("fabric")}
    worst = (F("silent_since").asc(nulls_last=True), F("name").asc())
    return Host.objects.annotate(
        place=Window(RowNumber(), order_by=worst, **here),
        total=Window(Count("pk"), **here),
        silent=Window(Count("pk", filter=_IS_SILENT), **here),
    )


def _attachments() -> QuerySet[Attachment]:
    """With their place between router and fabric, and how many there are: `total`, `spare`,
    `troubled`; and whether a session is `down` here."""
    here: Any = {"partition_by": (F("router"), F("fabric"))}
    down = Case(When(_IS_DOWN, then=Value(1)), default=Value(0))
    spare = Case(When(tenant=None, then=Value(1)), default=Value(0))
    return Attachment.objects.select_related("tenant", "fabric").annotate(
        down=down,
        place=Window(RowNumber(), order_by=(down.desc(), spare.asc(), F("name").asc()), **here),
        total=Window(Count("pk"), **here),
        spare=Window(Sum(spare), **here),
        troubled=Window(Sum(down), **here),
    )


def _first(rows: QuerySet[RowT], most: int | None) -> QuerySet[RowT]:
    if most is None:
        return rows.order_by("name")
    return rows.filter(place__lte=most).order_by("place")


def _by(rows: Iterable[RowT], field: str) -> dict[UUID, list[RowT]]:
    found: dict[UUID, list[RowT]] = {}
    for row in rows:
        found.setdefault(getattr(row, field), []).append(row)
    return found


def _plugged(hosts: Iterable[Host]) -> dict[UUID, int]:
    """How many ports are plugged in at each host."""
    ports = Port.objects.filter(host__in=[host.id for host in hosts], retiring_at=None)
    return dict(ports.order_by().values_list("host").annotate(Count("id")))


def _fabric(fabric: Fabric, hosts: Iterable[Any], ports: Mapping[UUID, int]) -> FabricRow:
    found = list(hosts)
    return FabricRow(
        id=fabric.id,
        name=fabric.name,
        backend=fabric.get_backend_display(),
        mtu=fabric.mtu,
        error=fabric.error,
        seen_at=fabric.seen_at,
        orphans=tuple(fabric.orphans),
        hosts=tuple(_host(host, ports) for host in found),
        total=found[0].total if found else 0,
        silent=found[0].silent if found else 0,
    )


def _host(host: Host, ports: Mapping[UUID, int]) -> HostRow:
    return HostRow(
        id=host.id,
        name=host.name,
        gateway_priority=host.gateway_priority,
        cfg=host.cfg,
        seen_at=host.seen_at,
        silent_since=host.silent_since,
        ports=ports.get(host.id, 0),
    )


def _router(router: Router, attachments: Iterable[Any]) -> RouterRow:
    found = list(attachments)
    counts = {
        row.fabric_id: AttachmentCount(row.fabric.name, row.total, row.spare, row.troubled)
        for row in found
    }
    return RouterRow(
        id=router.id,
        name=router.name,
        backend=router.get_backend_display(),
        asn=router.asn,
        error=router.error,
        seen_at=router.seen_at,
        orphans=tuple(router.orphans),
        attachments=router_attachment_rows(found),
        counts=tuple(counts.values()),
    )


def _attachment(row: Any) -> RouterAttachmentRow:
    tenant = row.tenant
    return RouterAttachmentRow(
        id=row.id,
        name=row.name,
        fabric=row.fabric.name,
        vrf=row.vrf,
        vlan=row.vlan,
        access_prefixes=tuple(map(str, row.access_prefixes)),
        customer=TenantRef(tenant.id, tenant.slug, tenant.name) if tenant else None,
        claimed_at=row.claimed_at,
        down=bool(row.down),
    )
