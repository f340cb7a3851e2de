"""What the provider's pages and API read of sites and changes: frozen rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from networking.models import Change, Site
from networking.selectors.base import admit, one
from networking.selectors.changes import changes
from tenants.access import Actor, Capability, TenantRef

RECENT = 10  # changes of an overview


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
        return self.state not in Change.SETTLED


def customer_sites(actor: Actor, tenant_id: UUID) -> tuple[SiteRow, ...]:
    """The sites of one customer by name."""
    admit(actor, Capability.CUSTOMERS_VIEW, "customer")
    return tuple(_site(row) for row in _sites(tenant_id).order_by("name"))


def customer_site(actor: Actor, tenant_id: UUID, site_id: UUID) -> SiteRow:
    """One site of this customer. Raises Missing."""
    admit(actor, Capability.CUSTOMERS_VIEW, "customer")
    return _site(one(_sites(tenant_id), site_id, "site"))


def recent_changes(
    actor: Actor, tenant_id: UUID | None = None, *, limit: int = RECENT
) -> tuple[ChangeRow, ...]:
    """The newest changes of all customers, or of one."""
    admit(actor, Capability.CUSTOMERS_VIEW, "customer")
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
