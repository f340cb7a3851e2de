"""What all selectors share: whose rows an actor sees, and what is said of a missing one."""

from typing import TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet

from portal.lib.errors import Refusal
from tenants.access import Actor, Capability

ModelT = TypeVar("ModelT", bound=Model)


class Missing(Refusal):
    """There is no such object, or it is another tenant's: nobody can tell which."""

    def __init__(self, noun: str) -> None:
        super().__init__("not-found", f"There is no such {noun} here.", status=404)


def admit(actor: Actor, capability: Capability, noun: str) -> None:
    """Raises Missing for an actor who may not look at such things: to them there is no `noun`."""
    if not actor.can(capability):
        raise Missing(noun)


def visible(rows: QuerySet[ModelT], actor: Actor) -> QuerySet[ModelT]:
    """The rows of the actor's tenant; the provider without a tenant sees all, others none.

    Row-level security stands behind it and says the same.
    """
    if actor.tenant is not None:
        return rows.filter(tenant_id=actor.tenant.id)
    if actor.staff_role or actor.kind == "system":
        return rows
    return rows.none()


def one(rows: QuerySet[ModelT], object_id: UUID, noun: str) -> ModelT:
    """The row with this id. Raises Missing."""
    found = rows.filter(pk=object_id).first()
    if found is None:
        raise Missing(noun)
    return found
