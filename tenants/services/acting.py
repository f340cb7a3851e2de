"""Staff act for a tenant with a reason, for an hour, and both names are in the trail."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from portal.lib.errors import Refusal
from tenants.access import Actor, TenantRef
from tenants.audit import record
from tenants.gate import ACTING_KEY, ACTING_MINUTES

MIN_REASON, MAX_REASON = 5, 255  # characters, as a change keeps of it


def start(actor: Actor, session: Any, tenant: TenantRef, *, reason: str) -> None:
    """Let this browser session enter ``tenant`` as an admin until the hour is over."""
    reason = " ".join(reason.split())
    if not MIN_REASON <= len(reason) <= MAX_REASON:
        raise Refusal(
            "reason-needed",
            f"Say why, in {MIN_REASON} to {MAX_REASON} characters; the customer can read it.",
            field="reason",
        )
    session[ACTING_KEY] = {
        "tenant": str(tenant.id),
        "reason": reason,
        "until": (timezone.now() + timedelta(minutes=ACTING_MINUTES)).isoformat(),
    }
    _record(actor, "tenant.act", tenant, {"reason": reason, "minutes": ACTING_MINUTES})


def stop(actor: Actor, session: Any, tenant: TenantRef | None) -> None:
    """Leave before the hour is over."""
    if session.pop(ACTING_KEY, None) and tenant is not None:
        _record(actor, "tenant.act_end", tenant, {})


def _record(actor: Actor, verb: str, tenant: TenantRef, detail: dict[str, Any]) -> None:
    record(
        actor,
        verb,
        subject_type="tenant",
        subject_id=tenant.id,
        subject_name=tenant.name,
        tenant_id=tenant.id,
        detail=detail,
    )
