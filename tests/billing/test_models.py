"""What the database itself refuses: a published price that changes, two prices at once."""

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from billing.models import Plan, PlanVersion, PriceComponent, PriceTier, Subscription
from portal.lib.db import DatabaseRole, acting_as
from tests.world import World

JANUARY, MARCH = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(db: None):
    with acting_as(DatabaseRole.STAFF):
        yield


@pytest.fixture
def published(staff: None) -> PlanVersion:
    """Version 1 of a plan, with one price, published in January."""
    plan = Plan.objects.create(code="standard", name="Standard")
    version = PlanVersion.objects.create(plan=plan, number=1)
    component = PriceComponent.objects.create(
        version=version, position=1, meter="port.hours", model="per_unit"
    )
    PriceTier.objects.create(component=component, position=1, unit_price="0.01")
    publish(version)
    return version


def publish(version: PlanVersion, at: datetime = JANUARY) -> None:
    version.state, version.valid_from, version.content_hash = "published", at, "0" * 64
    version.save()


def refused(statement, match: str):
    with pytest.raises(DatabaseError, match=match), transaction.atomic():
        statement()


def test_a_published_version_never_changes(published: PlanVersion):
    published.number = 7
    refused(published.save, "published and cannot change")
    refused(lambda: PlanVersion.objects.update(state="draft"), "published and cannot change")
    refused(lambda: PlanVersion.objects.update(valid_from=MARCH), "published and cannot change")


def test_nor_do_its_prices(published: PlanVersion):
    tiers, components = PriceTier.objects.all(), PriceComponent.objects.all()
    refused(lambda: tiers.update(unit_price="0.02"), "published and cannot change")
    refused(tiers.delete, "published and cannot change")
    refused(lambda: components.update(included=5), "published and cannot change")
    refused(components.delete, "published and cannot change")
    refused(
        lambda: PriceTier.objects.create(component=components.get(), position=2, unit_price=0),
        "published and cannot change",
    )
    refused(published.delete, "published and cannot change")


def test_it_ends_once(published: PlanVersion):
    PlanVersion.objects.update(valid_to=MARCH)
    refused(lambda: PlanVersion.objects.update(valid_to=None), "published and cannot change")


def test_prices_of_a_published_version_take_none_from_a_draft(published: PlanVersion):
    draft = PlanVersion.objects.create(plan=published.plan, number=2)
    PriceComponent.objects.create(version=draft, position=1, meter="vip.hours", model="per_unit")
    refused(lambda: draft.components.update(version=published), "published and cannot change")


def test_a_draft_changes_and_goes(published: PlanVersion):
    draft = PlanVersion.objects.create(plan=published.plan, number=2)
    component = PriceComponent.objects.create(
        version=draft, position=1, meter="vip.hours", model="per_unit"
    )
    PriceTier.objects.create(component=component, position=1, unit_price=1)
    PriceTier.objects.filter(component=component).update(unit_price=2)
    draft.delete()
    assert PriceTier.objects.count() == 1


def test_two_versions_are_never_valid_at_once(published: PlanVersion):
    later = PlanVersion.objects.create(plan=published.plan, number=2)
    refused(lambda: publish(later, MARCH), "plan_version_no_overlap")
    PlanVersion.objects.filter(id=published.id).update(valid_to=MARCH)
    publish(later, MARCH)


def test_a_negative_price_is_no_price(staff: None):
    version = PlanVersion.objects.create(plan=Plan.objects.create(code="odd", name="Odd"), number=1)
    component = PriceComponent.objects.create(
        version=version, position=1, meter="port.hours", model="per_unit"
    )
    refused(
        lambda: PriceTier.objects.create(component=component, position=1, unit_price="-0.01"),
        "tier_price_counts",
    )


def test_a_customer_has_one_plan_at_a_time(world: World, published: PlanVersion):
    plan = published.plan
    Subscription.objects.create(
        tenant=world.acme, plan=plan, during=DateTimeTZRange(JANUARY, MARCH)
    )
    with pytest.raises(IntegrityError, match="subscription_one_plan"), transaction.atomic():
        Subscription.objects.create(
            tenant=world.acme, plan=plan, during=DateTimeTZRange(JANUARY, None)
        )
    Subscription.objects.create(tenant=world.acme, plan=plan, during=DateTimeTZRange(MARCH, None))
    Subscription.objects.create(
        tenant=world.globex, plan=plan, during=DateTimeTZRange(JANUARY, None)
    )


def test_a_tenant_reads_prices_and_writes_none(world: World, published: PlanVersion):
    with acting_as(DatabaseRole.TENANT, world.acme.id):
        assert PriceTier.objects.count() == 1
        refused(lambda: PriceTier.objects.update(unit_price=0), "permission denied")
        refused(lambda: Plan.objects.create(code="free", name="Free"), "permission denied")
