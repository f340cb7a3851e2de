"""API tokens: shown once, stored as a digest."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from portal.lib.errors import Refusal
from tenants import selectors
from tenants.access import Actor
from tenants.audit import record
from tenants.models import ApiToken, Role
from tenants.models.api_token import TOKEN_MARK, TOKEN_PREFIX_LENGTH, digest_of

SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token just made. ``secret`` is nowhere else and cannot be shown again."""

    id: UUID
    name: str
    role: str
    secret: str


def create(actor: Actor, *, name: str, role: str, expires_at: datetime | None = None) -> NewToken:
    """A token of the actor's tenant that may do what ``role`` may."""
    if actor.tenant is None:
        raise Refusal("no-tenant", "A token belongs to a tenant.", status=400)
    name = name.strip()
    if not name or len(name) > 100:
        raise Refusal("invalid", "Give a name of 1 to 100 characters.", field="name")
    if role not in Role.values:
        raise Refusal("unknown-role", f"There is no role {role!r}.", field="role")
    if expires_at is not None and expires_at <= timezone.now():
        raise Refusal("expired", "Choose a time that is still to come.", field="expires_at")
    secret = TOKEN_MARK + secrets.token_urlsafe(SECRET_BYTES)
    token = ApiToken.objects.create(
        tenant_id=actor.tenant.id,
        name=name,
        role=role,
        prefix=secret[:TOKEN_PREFIX_LENGTH],
        digest=digest_of(secret),
        created_by_id=actor.id if actor.kind == "person" else None,
        expires_at=expires_at,
    )
    _record(actor, "token.create", token.id, name, {"role": role})
    return NewToken(token.id, name, role, secret)


def revoke(actor: Actor, token_id: UUID) -> None:
    """End a token at once. Revoking it again changes nothing."""
    row = selectors.token(actor, token_id)
    done = ApiToken.objects.filter(id=token_id, revoked_at=None).update(revoked_at=timezone.now())
    if done:
        _record(actor, "token.revoke", token_id, row["name"], {})


def _record(actor: Actor, verb: str, id_: UUID, name: str, detail: dict[str, str]) -> None:
    record(actor, verb, subject_type="api_token", subject_id=id_, subject_name=name, detail=detail)
