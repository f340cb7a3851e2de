"""Plans and subscriptions by rows, for tests that are not about how they are made."""

from collections.abc import Sequence
from datetime import datetime

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from billing.models import Plan, PlanVersion, PriceComponent, PriceTier, Subscription
from billing.rating.prices import Component
from portal.lib.db import DatabaseRole, acting_as
from tenants.models import Tenant


def make_plan(code: str = "standard", currency: str = "EUR") -> Plan:
    """A plan without a version."""
    with acting_as(DatabaseRole.STAFF):
        return Plan.objects.create(code=code, name=code.title(), currency=currency)


def make_version(
    plan: Plan,
    components: Sequence[Component],
    valid_from: datetime,
    valid_to: datetime | None = None,
) -> PlanVersion:
    """The plan's next version, published."""
    with acting_as(DatabaseRole.STAFF):
        version = PlanVersion.objects.create(plan=plan, number=plan.versions.count() + 1)
        for position, component in enumerate(components):
            row = PriceComponent.objects.create(
                version=version,
                position=position,
                meter=component.meter,
                model=component.model,
                included=component.included,
                where=dict(component.where),
            )
            PriceTier.objects.bulk_create(
                PriceTier(
                    component=row, position=place, up_to=tier.up_to, unit_price=tier.unit_price
                )
                for place, tier in enumerate(component.tiers)
            )
        version.state, version.content_hash = PlanVersion.State.PUBLISHED, "0" * 64
        version.valid_from, version.valid_to = valid_from, valid_to
        version.save()
        return version


def subscribe(
    tenant: Tenant, plan: Plan, start: datetime, end: datetime | None = None
) -> Subscription:
    """The customer is on that plan."""
    with acting_as(DatabaseRole.STAFF):
        return Subscription.objects.create(
            tenant=tenant, plan=plan, during=DateTimeTZRange(start, end)
        )
