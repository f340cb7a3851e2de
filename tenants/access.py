"""Who may do what: actors, capabilities, and the one table that joins them."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal
from uuid import UUID

from portal.lib import db
from portal.lib.db import DatabaseRole
from portal.lib.errors import Refusal


class Capability(StrEnum):
    """What a route asks for."""

    NETWORK_VIEW = "network.view"
    NETWORK_WRITE = "network.write"
    PEOPLE_VIEW = "people.view"
    PEOPLE_MANAGE = "people.manage"
    TOKENS_MANAGE = "tokens.manage"
    AUDIT_VIEW = "audit.view"
    BILLING_VIEW = "billing.view"

    CUSTOMERS_VIEW = "customers.view"
    CUSTOMERS_WRITE = "customers.write"
    INFRA_VIEW = "infra.view"
    INFRA_WRITE = "infra.write"
    ACT_FOR_TENANT = "tenant.act"
    STAFF_AUDIT_VIEW = "staff.audit.view"
    STAFF_BILLING_VIEW = "staff.billing.view"
    STAFF_BILLING_WRITE = "staff.billing.write"


TENANT_PERMISSIONS: Mapping[str, frozenset[Capability]] = {
    "admin": frozenset(
        {
            Capability.NETWORK_VIEW,
            Capability.NETWORK_WRITE,
            Capability.PEOPLE_VIEW,
            Capability.PEOPLE_MANAGE,
            Capability.TOKENS_MANAGE,
            Capability.AUDIT_VIEW,
            Capability.BILLING_VIEW,
        }
    ),
    "network": frozenset(
        {
            Capability.NETWORK_VIEW,
            Capability.NETWORK_WRITE,
            Capability.PEOPLE_VIEW,
            Capability.AUDIT_VIEW,
        }
    ),
    # Whoever checks a bill must see what is on it.
    "billing": frozenset(
        {Capability.NETWORK_VIEW, Capability.PEOPLE_VIEW, Capability.BILLING_VIEW}
    ),
    "read_only": frozenset(
        {Capability.NETWORK_VIEW, Capability.PEOPLE_VIEW, Capability.AUDIT_VIEW}
    ),
}

STAFF_PERMISSIONS: Mapping[str, frozenset[Capability]] = {
    "operator": frozenset(
        {
            Capability.CUSTOMERS_VIEW,
            Capability.CUSTOMERS_WRITE,
            Capability.INFRA_VIEW,
            Capability.INFRA_WRITE,
            Capability.ACT_FOR_TENANT,
            Capability.STAFF_AUDIT_VIEW,
        }
    ),
    "finance": frozenset(
        {
            Capability.CUSTOMERS_VIEW,
            Capability.STAFF_AUDIT_VIEW,
            Capability.STAFF_BILLING_VIEW,
            Capability.STAFF_BILLING_WRITE,
        }
    ),
}

PERMISSIONS: Mapping[str, frozenset[Capability]] = {**TENANT_PERMISSIONS, **STAFF_PERMISSIONS}


@dataclass(frozen=True, slots=True)
class TenantRef:
    """The tenant that a request is about."""

    id: UUID
    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever acts: a person or a token, for a tenant or for the provider; or the system.

    ``role`` is the role inside ``tenant`` and empty without one. Staff who act for a tenant have
    the role "admin" there, keep their ``staff_role``, and ``acting_reason`` says why.
    """

    kind: Literal["person", "token", "system"]
    id: UUID | None
    label: str
    tenant: TenantRef | None = None
    role: str = ""
    staff_role: str = ""
    acting_reason: str = ""
    request_id: str = ""

    def can(self, capability: Capability) -> bool:
        """Whether the actor's role in the tenant, or among the staff, grants ``capability``.

        Inside a tenant a staff role grants nothing of its own, and outside a tenant role doesn't.
        """
        if self.kind == "system":
            return True
        role = self.role if self.tenant else self.staff_role
        return capability in PERMISSIONS.get(role, frozenset())


SYSTEM = Actor(kind="system", id=None, label="Demarc")


def require(actor: Actor, capability: Capability) -> None:
    """Refuse an actor whose role does not grant the capability. Routes ask first; this is the
    net below them."""
    if not actor.can(capability):
        raise Refusal("not-allowed", "Your role does not allow this.", status=403)


def database_role(actor: Actor) -> DatabaseRole:
    """The narrowest database role with which ``actor`` can do its work."""
    if actor.kind == "system":
        return DatabaseRole.WORKER
    if actor.tenant is not None:
        return DatabaseRole.TENANT
    return DatabaseRole.STAFF if actor.staff_role else DatabaseRole.IDENTITY


def acting_as(actor: Actor) -> AbstractContextManager[None]:
    """A transaction in the database role and tenant of ``actor``."""
    return db.acting_as(database_role(actor), actor.tenant.id if actor.tenant else None)
