"""Which plan a customer is on: what is written, and every refusal."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from billing import selectors
from billing.models import Subscription
from billing.services import subscriptions
from portal.lib.errors import Refusal
from tenants.access import acting_as
from tenants.models import AuditEvent
from tests.billing.prices import flat
from tests.factories.billing import make_plan, make_version
from tests.world import World

pytestmark = pytest.mark.django_db

LAST_YEAR = datetime(2025, 1, 1, tzinfo=UTC)


@pytest.fixture
def finance(world: World):
    """The provider's finance, at work; there are three plans, one of them in dollars."""
    for code, currency in (("standard", "EUR"), ("large", "EUR"), ("dollar", "USD")):
        make_version(make_plan(code, currency), (flat("5"),), LAST_YEAR)
    actor = world.staff_actor("finance")
    with acting_as(actor):
        yield actor


def refusal(act, *args, **kwargs) -> Refusal:
    with pytest.raises(Refusal) as caught:
        act(*args, **kwargs)
    return caught.value


def test_the_first_subscription_may_begin_in_the_past(world: World, finance):
    made = subscriptions.subscribe(finance, world.acme.id, "standard", LAST_YEAR)
    assert (made.plan_code, made.start, made.end) == ("standard", LAST_YEAR, None)
    assert selectors.subscription(world.acme.id, timezone.now()) == made
    event = AuditEvent.objects.get(verb="subscription.create")
    assert (event.tenant_id, event.subject_name) == (world.acme.id, "Standard")


def test_a_change_of_plan_ends_the_former_one(world: World, finance):
    subscriptions.subscribe(finance, world.acme.id, "standard", LAST_YEAR)
    later = timezone.now() + timedelta(hours=1)
    subscriptions.subscribe(finance, world.acme.id, "large", later)
    rows = selectors.subscriptions([world.acme.id], LAST_YEAR, later + timedelta(days=1))
    assert [(row.plan_code, row.start, row.end) for row in rows] == [
        ("standard", LAST_YEAR, later),
        ("large", later, None),
    ]


def test_a_change_of_plan_does_not_change_the_past(world: World, finance):
    subscriptions.subscribe(finance, world.acme.id, "standard", LAST_YEAR)
    refused = refusal(subscriptions.subscribe, finance, world.acme.id, "large", LAST_YEAR)
    assert (refused.code, refused.field) == ("start-past", "start")


def test_the_same_plan_again_is_refused(world: World, finance):
    subscriptions.subscribe(finance, world.acme.id, "standard")
    assert refusal(subscriptions.subscribe, finance, world.acme.id, "standard").code == "subscribed"


def test_a_plan_that_was_agreed_on_for_later_stays(world: World, finance):
    soon, later = (timezone.now() + timedelta(days=days) for days in (2, 30))
    subscriptions.subscribe(finance, world.acme.id, "standard", later)
    refused = refusal(subscriptions.subscribe, finance, world.acme.id, "large", soon)
    assert (refused.code, refused.field) == ("subscription-overlap", "start")
    assert Subscription.objects.count() == 1


def test_another_currency_begins_with_a_month(world: World, finance):
    subscriptions.subscribe(finance, world.acme.id, "standard", LAST_YEAR)
    soon = timezone.now() + timedelta(minutes=61)
    refused = refusal(subscriptions.subscribe, finance, world.acme.id, "dollar", soon)
    assert (refused.code, refused.field) == ("currency-change", "start")
    month = datetime(2099, 3, 1, tzinfo=UTC)
    assert subscriptions.subscribe(finance, world.acme.id, "dollar", month).currency == "USD"


def test_a_plan_that_is_not_there_is_missing(world: World, finance):
    assert refusal(subscriptions.subscribe, finance, world.acme.id, "none").status == 404


def test_subscribing_is_for_finance(world: World, finance):
    operator = world.staff_actor("operator")
    refused = refusal(subscriptions.subscribe, operator, world.acme.id, "standard")
    assert refused.status == 403


def test_a_new_customer_gets_the_plan_for_new_ones(world: World, finance, settings):
    operator = world.staff_actor("operator")
    settings.BILLING_DEFAULT_PLAN = "large"
    made = subscriptions.subscribe_new(operator, world.acme.id)
    assert made is not None
    assert made.plan_code == "large"
    settings.BILLING_DEFAULT_PLAN = "none"
    assert subscriptions.subscribe_new(operator, world.globex.id) is None
