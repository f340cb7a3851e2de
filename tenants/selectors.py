"""The reads of this app. Each takes the actor or stands before there is one; rows are frozen."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from tenants import acts
from tenants.access import Actor, Capability, TenantRef
from tenants.models import ApiToken, AuditEvent, Membership, Person, StaffRole, Tenant
from tenants.models.api_token import TOKEN_PREFIX_LENGTH, digest_of


@dataclass(frozen=True, slots=True)
class MembershipRow:
    """One tenant of a person, with the role there."""

    tenant: TenantRef
    role: str


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """A customer, for the provider's people; `state` is a value of `TenantState`."""

    ref: TenantRef
    state: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A valid token, as the gate needs it."""

    id: UUID
    name: str
    role: str
    tenant: TenantRef
    last_used_at: datetime | None


def memberships_of(person_id: UUID) -> tuple[MembershipRow, ...]:
    """The tenants that a person may enter, by name. Needs the identity role."""
    rows = (
        Membership.objects.filter(person_id=person_id)
        .order_by("tenant__name", "tenant_id")
        .values_list("tenant_id", "tenant__slug", "tenant__name", "role")
    )
    return tuple(MembershipRow(TenantRef(id_, slug, name), role) for id_, slug, name, role in rows)


def tenant_by_id(tenant_id: UUID) -> TenantRef | None:
    """The tenant with this id."""
    row = Tenant.objects.filter(id=tenant_id).values_list("id", "slug", "name").first()
    return TenantRef(*row) if row else None


def operator_emails() -> tuple[str, ...]:
    """Where the provider's operators are written to. Needs the identity role."""
    operators = Person.objects.filter(staff_role=StaffRole.OPERATOR, is_active=True)
    return tuple(operators.order_by("email").values_list("email", flat=True))


def token_by_secret(secret: str) -> TokenRow | None:
    """The valid token with this secret: known, not expired, not revoked. Needs the identity role.

    The prefix finds the row and the digest is compared in constant time.
    """
    fields = ("id", "name", "role", "digest", "expires_at", "revoked_at", "last_used_at")
    row = (
        ApiToken.objects.filter(prefix=secret[:TOKEN_PREFIX_LENGTH])
        .values(*fields, "tenant_id", "tenant__slug", "tenant__name")
        .first()
    )
    digest = digest_of(secret)
    if row is None or not hmac.compare_digest(row["digest"], digest) or row["revoked_at"]:
        return None
    if row["expires_at"] and row["expires_at"] <= timezone.now():
        return None
    tenant = TenantRef(row["tenant_id"], row["tenant__slug"], row["tenant__name"])
    return TokenRow(row["id"], row["name"], row["role"], tenant, row["last_used_at"])


# -- What an actor may see: dictionaries, because no role but identity reads every column ----------

Rows = QuerySet[Any, Any]


def people(actor: Actor) -> Rows:
    """The members of the actor's tenant, with their roles, in the order they joined."""
    return _members(_tenant_id(actor))


def people_of(actor: Actor, tenant_id: UUID) -> Rows:
    """The members of one customer, for the provider."""
    _require_customers(actor)
    return _members(tenant_id)


def _members(tenant_id: UUID) -> Rows:
    return (
        Membership.objects.filter(tenant_id=tenant_id)
        .annotate(email=F("person__email"), name=F("person__name"))
        .order_by("id")
        .values("id", "person_id", "email", "name", "role", "created_at")
    )


def member(actor: Actor, membership_id: UUID) -> dict[str, Any]:
    """One member of the actor's tenant."""
    return _one(people(actor), membership_id)


def tokens(actor: Actor) -> Rows:
    """The tokens of the actor's tenant, newest first; never their digests."""
    return (
        ApiToken.objects.filter(tenant_id=_tenant_id(actor))
        .annotate(creator=F("created_by__email"))
        .order_by("-id")
        .values(
            "id", "name", "role", "prefix", "creator",
            "created_at", "expires_at", "last_used_at", "revoked_at",
        )
    )  # fmt: skip


def token(actor: Actor, token_id: UUID) -> dict[str, Any]:
    """One token of the actor's tenant."""
    return _one(tokens(actor), token_id)


AUDIT_FIELDS = (
    "id", "at", "actor_kind", "actor_label", "on_behalf_reason", "verb",
    "subject_type", "subject_id", "subject_name", "detail", "request_id",
)  # fmt: skip


def audit_events(actor: Actor, *, query: str = "", before: UUID | None = None) -> Rows:
    """The trail, newest first: of the actor's tenant, or for staff of everyone.

    ``query`` keeps what names it as actor, act (by code or in words) or subject; ``before`` what
    is older than that id.
    """
    events = AuditEvent.objects.order_by("-id")
    if actor.tenant is not None:
        events = events.filter(tenant_id=actor.tenant.id)
    if query:
        events = events.filter(
            Q(actor_label__icontains=query)
            | Q(verb__icontains=query)
            | Q(verb__in=acts.codes_called(query))
            | Q(subject_name__icontains=query)
        )
    if before is not None:
        events = events.filter(id__lt=before)
    if actor.tenant is not None:
        return events.values(*AUDIT_FIELDS)
    return events.annotate(tenant_name=F("tenant__name"), tenant_slug=F("tenant__slug")).values(
        *AUDIT_FIELDS, "tenant_name", "tenant_slug"
    )


def tenant_by_slug(slug: str) -> TenantRef:
    """The tenant at this address, for staff; 404 when there is none."""
    row = Tenant.objects.filter(slug=slug).values_list("id", "slug", "name").first()
    if row is None:
        raise Http404
    return TenantRef(*row)


CUSTOMER_FIELDS = ("id", "slug", "name", "state", "created_at")


def customers(actor: Actor, *, q: str = "", state: str = "") -> Rows:
    """The provider's customers by name; `q` is part of a name or slug. 404 for anybody else.

    `customer_row` makes a frozen row of each.
    """
    _require_customers(actor)
    rows = Tenant.objects.order_by("name", "id")
    if q := q.strip():
        rows = rows.filter(Q(name__icontains=q) | Q(slug__icontains=q))
    if state:
        rows = rows.filter(state=state)
    return rows.values(*CUSTOMER_FIELDS)


def customer(actor: Actor, slug: str) -> CustomerRow:
    """One customer of the provider; 404 when there is none."""
    _require_customers(actor)
    values = Tenant.objects.filter(slug=slug).values(*CUSTOMER_FIELDS).first()
    if values is None:
        raise Http404
    return customer_row(values)


def customer_row(values: Mapping[str, Any]) -> CustomerRow:
    """One of `customers` as a frozen row."""
    ref = TenantRef(values["id"], values["slug"], values["name"])
    return CustomerRow(ref, values["state"], values["created_at"])


def _require_customers(actor: Actor) -> None:
    if not actor.can(Capability.CUSTOMERS_VIEW):
        raise Http404


def _tenant_id(actor: Actor) -> UUID:
    """Scope: without a tenant there is nothing to find."""
    if actor.tenant is None:
        raise Http404
    return actor.tenant.id


def _one(rows: Rows, id_: UUID) -> dict[str, Any]:
    """A foreign row and a missing one give the same 404."""
    row: dict[str, Any] | None = rows.filter(id=id_).first()
    if row is None:
        raise Http404
    return row
