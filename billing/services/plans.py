"""Plans and their versions: written as drafts, published once and for good."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from billing.models import Plan, PlanVersion, PriceComponent, PriceTier
from billing.rating.prices import Component, fingerprint
from billing.selectors.plans import PRICED, PlanRow, VersionRow, missing, read_prices
from billing.selectors.plans import plan as plan_row
from billing.selectors.plans import version as version_by_id
from billing.services.price_fields import ComponentInput, TierInput, read_components
from portal.lib.errors import Refusal
from tenants import audit
from tenants.access import Actor, Capability, require

__all__ = [
    "ComponentInput",
    "TierInput",
    "create",
    "create_version",
    "discard",
    "edit_draft",
    "publish",
]

CODE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
CODE_LONGEST, NAME_LONGEST = 40, 100
# Amounts have two decimals (EN 16931), so a currency must have as many: ISO 4217.
CURRENCIES = ("CHF", "CZK", "DKK", "EUR", "GBP", "NOK", "PLN", "SEK", "USD")


def create(actor: Actor, *, code: str, name: str, currency: str = "EUR") -> PlanRow:
    """A plan without prices. Raises Refusal."""
    require(actor, Capability.STAFF_BILLING_WRITE)
    name = name.strip()
    if len(code) > CODE_LONGEST or not CODE.fullmatch(code):
        raise Refusal(
            "code-invalid",
            f"{code[:60]!r} cannot be the code of a plan: use up to {CODE_LONGEST} lower-case "
            "letters, digits and single hyphens, starting with a letter.",
            field="code",
        )
    if not 1 <= len(name) <= NAME_LONGEST:
        raise Refusal("invalid", f"Give a name of 1 to {NAME_LONGEST} characters.", field="name")
    if currency not in CURRENCIES:
        raise Refusal(
            "currency-unknown",
            f"{currency[:10]!r} cannot be billed. Use one of: {', '.join(CURRENCIES)}.",
            field="currency",
        )
    try:
        with transaction.atomic():
            plan = Plan.objects.create(code=code, name=name, currency=currency)
    except IntegrityError as error:
        raise Refusal(
            "code-taken", f"There is a plan {code} already. Choose another code.", field="code"
        ) from error
    _record(actor, "plan.create", "plan", plan.id, plan.name, {"code": code, "currency": currency})
    return plan_row(code)


def create_version(actor: Actor, code: str, source: int | None = None) -> VersionRow:
    """A draft of the plan's next version, with the prices of the version numbered `source`, or of
    the last one. Raises Refusal."""
    require(actor, Capability.STAFF_BILLING_WRITE)
    with transaction.atomic():
        plan = _locked_plan(code)
        newest = plan.versions.prefetch_related(PRICED).order_by("-number").first()
        if newest is not None and newest.state == PlanVersion.State.DRAFT:
            raise Refusal(
                "draft-exists",
                f"Version {newest.number} of {plan.name} is a draft still. Publish or discard it.",
                status=409,
            )
        copied = newest
        if source is not None:
            copied = plan.versions.prefetch_related(PRICED).filter(number=source).first()
            if copied is None:
                raise missing("version of a plan")
        draft = PlanVersion.objects.create(plan=plan, number=newest.number + 1 if newest else 1)
        if copied is not None:
            _write(draft, read_prices(copied).components)
        return _told(actor, "plan_version.create", draft)


def edit_draft(actor: Actor, version_id: UUID, wanted: Sequence[ComponentInput]) -> VersionRow:
    """Give a draft these prices instead of those that it has. Raises Refusal."""
    require(actor, Capability.STAFF_BILLING_WRITE)
    components = read_components(wanted)
    with transaction.atomic():
        draft = _locked_draft(version_id)
        draft.components.all().delete()
        _write(draft, components)
        return _told(actor, "plan_version.edit", draft)


def discard(actor: Actor, version_id: UUID) -> None:
    """Remove a draft. Raises Refusal for what is published."""
    require(actor, Capability.STAFF_BILLING_WRITE)
    with transaction.atomic():
        draft = _locked_draft(version_id)
        _told(actor, "plan_version.discard", draft)
        draft.delete()


def publish(
    actor: Actor,
    version_id: UUID,
    valid_from: datetime | None = None,
    *,
    looked_at: str | None = None,
) -> VersionRow:
    """Let a draft's prices hold from `valid_from` (now, if none is given) on; the version before
    ends there. `looked_at` is the fingerprint of the prices that are meant, None for whichever.
    Raises Refusal.

    A plan's first version may begin in the past, the others may not: what was told of a month
    would change.
    """
    require(actor, Capability.STAFF_BILLING_WRITE)
    with transaction.atomic():
        draft = _locked_draft(version_id)
        now = timezone.now()
        start = valid_from or now
        _check_start(draft, start, now)
        prices = version_by_id(draft.id).prices
        if not prices.components:
            raise Refusal(
                "plan-empty", "A version without prices would charge nothing. Add one.", status=409
            )
        if looked_at not in (None, fingerprint(prices)):
            raise Refusal(
                "stale-prices",
                "The prices were edited since you looked at them. Look at them again.",
                status=412,
            )
        draft.content_hash = fingerprint(prices)
        draft.state = PlanVersion.State.PUBLISHED
        draft.valid_from, draft.published_at = start, now
        draft.save()
        return _told(actor, "plan_version.publish", draft)


def _check_start(draft: PlanVersion, start: datetime, now: datetime) -> None:
    """The new prices begin after the former ones, and end them."""
    published = PlanVersion.objects.select_for_update().filter(
        plan=draft.plan, state=PlanVersion.State.PUBLISHED
    )
    former = published.order_by("-valid_from").first()
    if former is None:
        return
    if start < now:
        raise Refusal(
            "valid-from-past",
            f"Prices cannot begin in the past ({start:%Y-%m-%d %H:%M} UTC): they would change what "
            "customers were told already.",
            field="valid_from",
        )
    assert former.valid_from is not None, "the database wants it of what is published"
    if start <= former.valid_from:
        raise Refusal(
            "validity-overlap",
            f"Version {former.number} begins at {former.valid_from:%Y-%m-%d %H:%M} UTC, and prices "
            "hold one after another. Begin later.",
            field="valid_from",
        )
    if former.valid_to is None:
        former.valid_to = start
        former.save(update_fields=["valid_to"])


def _locked_plan(code: str) -> Plan:
    plan = Plan.objects.select_for_update().filter(code=code).first()
    if plan is None:
        raise missing("plan")
    return plan


def _locked_draft(version_id: UUID) -> PlanVersion:
    """The draft, with its plan locked, so that two acts on one plan take turns."""
    plan = Plan.objects.select_for_update(of=("self",)).filter(versions=version_id).first()
    if plan is None:
        raise missing("version of a plan")
    version = PlanVersion.objects.select_related("plan").get(id=version_id)
    if version.state != PlanVersion.State.DRAFT:
        raise Refusal(
            "published",
            f"Version {version.number} of {plan.name} is published and never changes. Make a new "
            "version.",
            status=409,
        )
    return version


def _write(draft: PlanVersion, components: Sequence[Component]) -> None:
    rows = [
        PriceComponent(
            version=draft,
            position=position,
            meter=component.meter,
            model=component.model,
            included=component.included,
            where=dict(component.where),
        )
        for position, component in enumerate(components)
    ]
    PriceComponent.objects.bulk_create(rows)
    PriceTier.objects.bulk_create(
        PriceTier(component=row, position=place, up_to=tier.up_to, unit_price=tier.unit_price)
        for row, component in zip(rows, components, strict=True)
        for place, tier in enumerate(component.tiers)
    )


def _told(actor: Actor, verb: str, version: PlanVersion) -> VersionRow:
    """Record the act, and give the version back as it is now."""
    row = version_by_id(version.id)
    name = f"{row.plan_name} version {row.number}"
    detail: dict[str, Any] = {"plan": row.plan_code, "prices": fingerprint(row.prices)}
    if row.valid_from:
        detail["valid_from"] = row.valid_from.isoformat()
    _record(actor, verb, "plan_version", row.id, name, detail)
    return row


def _record(
    actor: Actor, verb: str, noun: str, subject_id: UUID, name: str, detail: Mapping[str, Any]
) -> None:
    audit.record(
        actor,
        verb,
        subject_type=noun,
        subject_id=subject_id,
        subject_name=name,
        detail=dict(detail),
    )
