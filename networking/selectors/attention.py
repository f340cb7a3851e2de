"""What the provider has to look after, over all customers and devices."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Literal

from django.db.models import Q

from networking.models import Change, Fabric, Host, Router, Scope, Site
from networking.selectors import trouble
from networking.selectors.base import admit
from tenants.access import Actor, Capability, TenantRef
from tenants.models import Tenant

Tone = Literal["bad", "warn"]

SHOWN = 20  # of each kind; a broken device brings many of one kind


@dataclass(frozen=True, slots=True)
class Attention:
    """One thing to look after. `subject` names it, `text` says what is wrong; `customer` is empty
    for what belongs to the provider alone."""

    tone: Tone
    subject: str
    text: str
    customer: TenantRef | None = None


def attention(actor: Actor) -> tuple[Attention, ...]:
    """The provider's own devices first, as far as the actor may see them, then its customers'
    troubles. A constant number of queries. Raises Missing for who may not see customers."""
    admit(actor, Capability.CUSTOMERS_VIEW, "customer")
    devices: Iterable[Attention] = ()
    if actor.can(Capability.INFRA_VIEW):
        devices = chain(_devices(Fabric), _devices(Router), _hosts())
    return tuple(chain(devices, _changes(), _sites(), _drifts()))


def _devices(model: type[Fabric] | type[Router]) -> Iterator[Attention]:
    kind = model._meta.model_name
    rows = model._default_manager.filter(~Q(error="") | ~Q(orphans=[])).order_by("name")
    for row in rows[:SHOWN]:
        name = f"{kind} {row.name}".capitalize()
        if row.error:
            yield Attention("bad", name, f"does not answer: {row.error}")
        if row.orphans:
            yield Attention(
                "warn",
                name,
                f"holds something for {len(row.orphans)} tenants that have nothing there",
            )


def _hosts() -> Iterator[Attention]:
    rows = Host.objects.filter(silent_since__isnull=False).select_related("fabric").order_by("name")
    for row in rows[:SHOWN]:
        text = f"on {row.fabric.name} {trouble.of_host(row)}"
        yield Attention("bad", f"Host {row.name}", text)


def _changes() -> Iterator[Attention]:
    rows = Change.objects.filter(state__in=Change.HELD_UP).select_related("tenant").order_by("-id")
    for row in rows[:SHOWN]:
        tone: Tone = "bad" if row.state == Change.State.BLOCKED else "warn"
        text = trouble.of_change(row)
        yield Attention(tone, f"“{row.summary}”", text, _ref(row.tenant))


def _sites() -> Iterator[Attention]:
    down = Site.objects.filter(Site.DOWN, retiring_at=None)
    for row in down.select_related("tenant").order_by("name")[:SHOWN]:
        yield Attention("bad", f"Site {row.name}", trouble.of_site(row), _ref(row.tenant))


def _drifts() -> Iterator[Attention]:
    rows = Scope.objects.filter(Scope.DRIFTED)
    known = rows.select_related("tenant", "fabric", "router").order_by("id")
    for row in islice(known, SHOWN):
        text = f"differs from what the customer asked for and is being repaired: {_found(row)}"
        yield Attention("warn", row.name, text, _ref(row.tenant))


def _found(scope: Scope) -> str:
    return str(scope.drift.get("summary", ""))


def _ref(tenant: Tenant) -> TenantRef:
    return TenantRef(tenant.id, tenant.slug, tenant.name)
