"""What the provider does with a customer that it has."""

from django.db import transaction

from networking.services.guards import require
from portal.lib.errors import Refusal
from tenants.access import Actor, Capability, TenantRef
from tenants.models import TenantState
from tenants.services import tenants

# Closing ends in what is billed last and when rows may go, which nothing decides yet.
CHOICES = (TenantState.ACTIVE, TenantState.SUSPENDED)


def update(
    actor: Actor, tenant: TenantRef, *, name: str | None = None, state: str | None = None
) -> TenantRef:
    """Rename a customer, suspend it or take it back. Raises Refusal."""
    require(actor, Capability.CUSTOMERS_WRITE)
    with transaction.atomic():
        if name is not None:
            tenant = tenants.rename(actor, tenant, name=name)
        if state is not None:
            tenants.set_state(actor, tenant, state=_state(state))
        return tenant


def _state(state: str) -> TenantState:
    if state not in CHOICES:
        raise Refusal(
            "state-unknown",
            f"{state!r} is no state to put a customer into. Use one of: {', '.join(CHOICES)}.",
            field="state",
        )
    return TenantState(state)
