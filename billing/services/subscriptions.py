"""Which plan a customer is on."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from billing.models import Plan, PlanVersion, Subscription
from billing.rating.period import Period, instant
from billing.selectors.plans import missing
from billing.selectors.subscriptions import SubscriptionRow, subscription
from portal.lib.errors import Refusal
from tenants import audit
from tenants.access import Actor, Capability, require


def subscribe(
    actor: Actor, tenant_id: UUID, code: str, start: datetime | None = None
) -> SubscriptionRow:
    """Put a customer on a plan from `start` (now, if none is given) on; the plan that it is on
    ends there. Raises Refusal.

    The first subscription may begin in the past, a change of plan may not.
    """
    require(actor, Capability.STAFF_BILLING_WRITE)
    return _subscribe(actor, tenant_id, code, start)


def subscribe_new(actor: Actor, tenant_id: UUID) -> SubscriptionRow | None:
    """Put a new customer on the plan that is for new ones, if the provider has published it: part
    of onboarding, and done by whoever does that. Raises Refusal."""
    require(actor, Capability.CUSTOMERS_WRITE)
    code = settings.BILLING_DEFAULT_PLAN
    ready = PlanVersion.objects.filter(plan__code=code, state=PlanVersion.State.PUBLISHED)
    return _subscribe(actor, tenant_id, code, None) if ready.exists() else None


def _subscribe(actor: Actor, tenant_id: UUID, code: str, start: datetime | None) -> SubscriptionRow:
    plan = Plan.objects.filter(code=code).first()
    if plan is None:
        raise missing("plan")
    now = timezone.now()
    begin = start or now
    try:
        with transaction.atomic():
            _end_former(tenant_id, plan, begin, now)
            Subscription.objects.create(
                tenant_id=tenant_id, plan=plan, during=DateTimeTZRange(begin, None)
            )
    except IntegrityError as error:
        raise Refusal(
            "subscription-overlap",
            "The customer was put on a plan at the same time. Look again.",
            status=409,
        ) from error
    audit.record(
        actor,
        "subscription.create",
        subject_type="plan",
        subject_id=plan.id,
        subject_name=plan.name,
        tenant_id=tenant_id,
        detail={"start": begin.isoformat()},
    )
    made = subscription(tenant_id, begin)
    assert made is not None, "it was made just now"
    return made


def _end_former(tenant_id: UUID, plan: Plan, begin: datetime, now: datetime) -> None:
    """End what the customer is subscribed to, where the new plan begins."""
    rows = Subscription.objects.select_for_update(of=("self",)).select_related("plan")
    former = rows.filter(tenant=tenant_id).order_by("-during").first()
    if former is None:
        return
    if former.plan_id == plan.id and former.during.upper is None:
        raise Refusal(
            "subscribed", f"The customer is on {plan.name} already.", field="plan", status=409
        )
    if begin < now:
        raise Refusal(
            "start-past",
            f"A change of plan cannot begin in the past ({begin:%Y-%m-%d %H:%M} UTC): it would "
            "change what the customer was told already.",
            field="start",
        )
    if begin <= former.during.lower or (former.during.upper and begin < former.during.upper):
        raise Refusal(
            "subscription-overlap",
            f"{former.plan.name} was agreed on from {former.during.lower:%Y-%m-%d %H:%M} UTC. "
            "Begin later.",
            field="start",
        )
    _check_currency(former.plan, plan, begin)
    if former.during.upper is None:
        former.during = DateTimeTZRange(former.during.lower, begin)
        former.save(update_fields=["during"])


def _check_currency(former: Plan, plan: Plan, begin: datetime) -> None:
    """A statement has one currency."""
    if former.currency == plan.currency:
        return
    month = Period.at(begin, settings.BILLING_TIME_ZONE)
    if instant(begin) != month.start or begin.microsecond:
        raise Refusal(
            "currency-change",
            f"{plan.name} is in {plan.currency} and {former.name} in {former.currency}: a month is "
            "billed in one currency. Begin with a month.",
            field="start",
        )
