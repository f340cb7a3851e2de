"""Plans by their services: what is written, what is told, and every refusal."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from billing import selectors
from billing.models import Plan, PlanVersion, PriceComponent
from billing.rating.prices import fingerprint
from billing.services import plans
from billing.services.plans import ComponentInput, TierInput
from portal.lib.errors import Refusal
from tenants.access import acting_as
from tenants.models import AuditEvent
from tests.billing.prices import flat, graduated, per_unit, prices
from tests.world import World

pytestmark = pytest.mark.django_db

LAST_YEAR = datetime(2025, 1, 1, tzinfo=UTC)
HOURS = ComponentInput("port.hours", "per_unit", (TierInput("0.01"),))
TRAFFIC = ComponentInput(
    "traffic.out", "graduated", (TierInput("0.05", 1000), TierInput("0.03")), included="100"
)


@pytest.fixture
def finance(world: World):
    """The provider's finance, at work."""
    actor = world.staff_actor("finance")
    with acting_as(actor):
        yield actor


@pytest.fixture
def draft(finance):
    """The first version of a plan, with two prices."""
    plans.create(finance, code="standard", name="Standard")
    return plans.edit_draft(finance, plans.create_version(finance, "standard").id, (HOURS, TRAFFIC))


def refusal(act, *args, **kwargs) -> Refusal:
    with pytest.raises(Refusal) as caught:
        act(*args, **kwargs)
    return caught.value


def test_a_draft_is_written_published_and_told(finance, draft):
    assert (draft.number, draft.state, draft.valid_from) == (1, "draft", None)
    assert draft.prices.components == (
        per_unit("port.hours", "0.01"),
        graduated("traffic.out", (1000, "0.05"), (None, "0.03"), included=Decimal(100)),
    )
    published = plans.publish(finance, draft.id, LAST_YEAR)
    assert (published.state, published.valid_from) == ("published", LAST_YEAR)
    assert published.content_hash == fingerprint(published.prices)
    assert selectors.plan("standard").at(timezone.now()) == published
    events = AuditEvent.objects.order_by("id").values_list("verb", "subject_name")
    assert list(events) == [
        ("plan.create", "Standard"),
        ("plan_version.create", "Standard version 1"),
        ("plan_version.edit", "Standard version 1"),
        ("plan_version.publish", "Standard version 1"),
    ]
    assert all(event.actor_id == finance.id for event in AuditEvent.objects.all())


def test_the_next_version_begins_with_the_prices_of_the_last(finance, draft):
    plans.publish(finance, draft.id, LAST_YEAR)
    second = plans.create_version(finance, "standard")
    assert (second.number, second.prices.components) == (2, draft.prices.components)
    later = timezone.now() + timedelta(days=3)
    plans.edit_draft(finance, second.id, (HOURS,))
    plans.publish(finance, second.id, later)
    new, old = selectors.plan("standard").versions
    assert (old.valid_to, new.valid_from, new.valid_to) == (later, later, None)
    assert old.prices.components == draft.prices.components


def test_without_a_time_prices_begin_now(finance, draft):
    before = timezone.now()
    assert before <= plans.publish(finance, draft.id).valid_from <= timezone.now()


def test_a_published_version_is_neither_edited_nor_published_nor_discarded(finance, draft):
    plans.publish(finance, draft.id, LAST_YEAR)
    for act in (
        lambda: plans.edit_draft(finance, draft.id, (HOURS,)),
        lambda: plans.publish(finance, draft.id),
        lambda: plans.discard(finance, draft.id),
    ):
        refused = refusal(act)
        assert (refused.code, refused.status) == ("published", 409)
    assert PriceComponent.objects.count() == 2


def test_a_draft_is_discarded(finance, draft):
    plans.discard(finance, draft.id)
    assert not PlanVersion.objects.exists()
    assert AuditEvent.objects.filter(verb="plan_version.discard").count() == 1
    assert plans.create_version(finance, "standard").number == 1


def test_one_draft_at_a_time(finance, draft):
    assert refusal(plans.create_version, finance, "standard").code == "draft-exists"


def test_prices_without_a_price_are_not_published(finance, draft):
    plans.edit_draft(finance, draft.id, ())
    assert refusal(plans.publish, finance, draft.id).code == "plan-empty"


def test_later_versions_do_not_change_the_past(finance, draft):
    plans.publish(finance, draft.id, LAST_YEAR)
    second = plans.create_version(finance, "standard")
    yesterday = timezone.now() - timedelta(days=1)
    assert refusal(plans.publish, finance, second.id, yesterday).code == "valid-from-past"
    assert PlanVersion.objects.get(number=1).valid_to is None


def test_prices_hold_one_after_another(finance, draft):
    plans.publish(finance, draft.id, timezone.now() + timedelta(days=30))
    second = plans.create_version(finance, "standard")
    soon = timezone.now() + timedelta(days=3)
    refused = refusal(plans.publish, finance, second.id, soon)
    assert (refused.code, refused.field) == ("validity-overlap", "valid_from")


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"code": "Standard"}, "code-invalid", "code"),
        ({"code": "a" * 41}, "code-invalid", "code"),
        ({"name": "  "}, "invalid", "name"),
        ({"currency": "JPY"}, "currency-unknown", "currency"),
        ({"currency": "eur"}, "currency-unknown", "currency"),
        ({"code": "taken"}, "code-taken", "code"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(finance, fields, code, field):
    plans.create(finance, code="taken", name="Taken")
    refused = refusal(plans.create, finance, **({"code": "large", "name": "Large"} | fields))
    assert (refused.code, refused.field) == (code, field)
    assert Plan.objects.count() == 1


def hours(**fields) -> ComponentInput:
    return ComponentInput(**({"meter": "port.hours", "model": "per_unit", "tiers": ()} | fields))


def steps(*pairs) -> ComponentInput:
    tiers = tuple(TierInput(price, up_to) for up_to, price in pairs)
    return hours(model="graduated", tiers=tiers)


ONE = (TierInput(1),)
WRONG = [
    (hours(meter="disk.hours", tiers=ONE), "meter-unknown", "meter"),
    (hours(model="volume", tiers=ONE), "model-unknown", "model"),
    (hours(model="flat", tiers=ONE), "model-unfit", "model"),
    (hours(meter="subscription.months", tiers=ONE), "model-unfit", "model"),
    (hours(), "tiers-wrong", "tiers"),
    (hours(tiers=(TierInput(1, 5), TierInput(2))), "tiers-wrong", "tiers"),
    (steps(), "tiers-wrong", "tiers"),
    (steps(*[(n + 1, 1) for n in range(20)], (None, 1)), "tiers-wrong", "tiers"),
    (steps((5, 1), (5, 2), (None, 3)), "tiers-not-ascending", "tiers.1.up_to"),
    (steps((5, 1), (4, 2), (None, 3)), "tiers-not-ascending", "tiers.1.up_to"),
    (steps((0, 1), (None, 3)), "tiers-not-ascending", "tiers.0.up_to"),
    (steps((None, 1), (None, 3)), "tier-end", "tiers.0.up_to"),
    (steps((5, 1), (6, 3)), "tier-end", "tiers.1.up_to"),
    (steps(("0.001", 1), (None, 3)), "quantity-fraction", "tiers.0.up_to"),
    (steps((10**15, 1), (None, 3)), "number-too-large", "tiers.0.up_to"),
    (hours(tiers=(TierInput("-0.01"),)), "number-negative", "tiers.0.unit_price"),
    (hours(tiers=(TierInput("free"),)), "number-invalid", "tiers.0.unit_price"),
    (hours(tiers=(TierInput("NaN"),)), "number-invalid", "tiers.0.unit_price"),
    (hours(tiers=(TierInput("Infinity"),)), "number-invalid", "tiers.0.unit_price"),
    (hours(tiers=(TierInput("1e999999"),)), "number-too-large", "tiers.0.unit_price"),
    (hours(tiers=(TierInput("1e-999999"),)), "number-too-fine", "tiers.0.unit_price"),
    (hours(tiers=(TierInput("0.00000000001"),)), "number-too-fine", "tiers.0.unit_price"),
    (hours(tiers=(TierInput(10**5000),)), "number-invalid", "tiers.0.unit_price"),
    (hours(tiers=ONE, included="-1"), "number-negative", "included"),
    (hours(tiers=ONE, included="0.0001"), "quantity-fraction", "included"),
    (hours(tiers=ONE, where={"colour": "red"}), "attribute-unknown", "where"),
    (hours(tiers=ONE, where={"region": ""}), "attribute-invalid", "where"),
    (hours(tiers=ONE, where={"region": "a b"}), "attribute-invalid", "where"),
    (
        ComponentInput("subscription.months", "flat", ONE, included=1),
        "included-unfit",
        "included",
    ),
    (
        ComponentInput("traffic.in", "graduated", (TierInput(1, 5), TierInput(2)), included=5),
        "included-covers-tier",
        "included",
    ),
]


@pytest.mark.parametrize(("wrong", "code", "field"), WRONG)
def test_a_price_that_cannot_be_is_refused(finance, draft, wrong, code, field):
    refused = refusal(plans.edit_draft, finance, draft.id, (TRAFFIC, wrong))
    assert (refused.code, refused.field) == (code, f"components.1.{field}")
    assert len(refused.message) < 300
    assert selectors.version(draft.id) == draft


def test_the_same_usage_is_priced_once(finance, draft):
    other = ComponentInput("port.hours", "per_unit", ONE, where={"region": "fra"})
    plans.edit_draft(finance, draft.id, (HOURS, other))
    refused = refusal(plans.edit_draft, finance, draft.id, (HOURS, other, HOURS))
    assert (refused.code, refused.field) == ("component-twice", "components.2.meter")
    many = tuple(hours(tiers=ONE, where={"region": f"r{n}"}) for n in range(51))
    assert refusal(plans.edit_draft, finance, draft.id, many).code == "components-too-many"


@pytest.mark.parametrize("role", ["operator"])
def test_plans_are_for_finance(world: World, role):
    actor = world.staff_actor(role)
    with acting_as(actor):
        assert refusal(plans.create, actor, code="x", name="X").status == 403
        for act in (plans.create_version, plans.edit_draft, plans.publish, plans.discard):
            arguments = ((),) if act is plans.edit_draft else ()
            assert refusal(act, actor, world.acme.id, *arguments).status == 403


def test_what_is_not_there_is_missing(world: World, finance):
    assert refusal(plans.create_version, finance, "none").status == 404
    assert refusal(plans.publish, finance, world.acme.id).status == 404


def test_equal_prices_have_equal_fingerprints():
    one = prices(per_unit("port.hours", "0.10"), flat("5"), version=1)
    same = prices(flat("5.0"), per_unit("port.hours", "0.1"), version=9)
    other = prices(flat("5.01"), per_unit("port.hours", "0.1"), version=1)
    assert fingerprint(one) == fingerprint(same) != fingerprint(other)
