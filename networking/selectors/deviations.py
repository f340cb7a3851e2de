"""What holds up customers on a device, and what a sweep found there otherwise than wanted."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, DateTimeField, Q, QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Now
from django.utils.dateparse import parse_datetime

from networking.models import Scope
from networking.selectors.base import admit
from tenants.access import Actor, Capability, TenantRef

SHOWN = 50  # of either, over all devices asked for; a broken device brings many
REMEMBERED = timedelta(hours=24)  # for which what was put right is told


@dataclass(frozen=True, slots=True)
class Waiting:
    """Why the changes of so many customers wait for a device, or were refused by it."""

    reason: str
    customers: int


@dataclass(frozen=True, slots=True)
class Drift:
    """What was found otherwise on a device for a customer, in words; `repaired_at` is None while
    it is not put right."""

    customer: TenantRef
    summary: str
    at: datetime
    repaired_at: datetime | None


@dataclass(frozen=True, slots=True)
class Deviations:
    """What is not, or was not, as it should be on one device."""

    waiting: tuple[Waiting, ...] = ()
    drifts: tuple[Drift, ...] = ()


NONE = Deviations()


def deviations(actor: Actor, device: UUID | None = None) -> dict[UUID, Deviations]:
    """By fabric and router, or of one `device` alone; devices on which all is well are left out.
    What was put right is told for a day. Two queries. Raises Missing for who may not see devices.
    """
    admit(actor, Capability.INFRA_VIEW, "device")
    rows = Scope.objects.all()
    if device is not None:  # before the limit, lest a noisy neighbour crowd it out
        rows = rows.filter(Q(fabric=device) | Q(router=device))
    waiting, drifts = _waiting(rows), _drifts(rows)
    return {
        device: Deviations(tuple(waiting[device]), tuple(drifts[device]))
        for device in waiting.keys() | drifts.keys()
    }


def _waiting(rows: QuerySet[Scope]) -> dict[UUID, list[Waiting]]:
    found: dict[UUID, list[Waiting]] = defaultdict(list)
    held_up = rows.exclude(error="").values_list("fabric", "router", "error")
    counted = held_up.annotate(customers=Count("id")).order_by("-customers", "error")
    for fabric, router, reason, customers in counted[:SHOWN]:
        found[fabric or router].append(Waiting(reason, customers))
    return found


def _drifts(rows: QuerySet[Scope]) -> dict[UUID, list[Drift]]:
    found: dict[UUID, list[Drift]] = defaultdict(list)
    at = Cast(KT("drift__at"), DateTimeField())
    known = rows.filter(drift__has_key="at").annotate(at=at).select_related("tenant")
    told = known.filter(Q(drift__repaired_at=None) | Q(at__gte=Now() - REMEMBERED))
    for row in told.order_by("-at", "pk")[:SHOWN]:
        device = row.fabric_id or row.router_id
        assert device is not None
        found[device].append(_drift(row))
    return found


def _drift(row: Scope) -> Drift:
    repaired = row.drift.get("repaired_at")
    return Drift(
        customer=TenantRef(row.tenant.id, row.tenant.slug, row.tenant.name),
        summary=row.drift.get("summary", ""),
        at=row.at,  # type: ignore[attr-defined]
        repaired_at=parse_datetime(repaired) if repaired else None,
    )
