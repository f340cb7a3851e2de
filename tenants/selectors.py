"""The reads of this app. Each takes the actor or stands before there is one; rows are frozen."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from tenants.access import TenantRef
from tenants.models import ApiToken, Membership, Tenant


@dataclass(frozen=True, slots=True)
class MembershipRow:
    """One tenant of a person, with the role there."""

    tenant: TenantRef
    role: str


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


TOKEN_MARK = "dmt_"  # noqa: S105 - what a secret starts with, so that scanners find leaked ones
TOKEN_PREFIX_LENGTH = 12


def digest_of(secret: str) -> str:
    """What is stored of a token. A fast hash suffices: the secret has 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()
