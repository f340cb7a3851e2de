"""Rows of the tenants app. Each function enters the database role that may write the row."""

import secrets
from dataclasses import dataclass

from portal.lib.db import DatabaseRole, acting_as
from tenants.access import TenantRef
from tenants.models import ApiToken, Membership, Person, Role, StaffRole, Tenant
from tenants.models.api_token import TOKEN_MARK, TOKEN_PREFIX_LENGTH, digest_of

PASSWORD = "correct horse battery staple"


@dataclass(frozen=True)
class Token:
    """A token's row together with its secret."""

    id: object
    secret: str


def make_tenant(slug: str, name: str = "", **fields: object) -> Tenant:
    """A customer."""
    with acting_as(DatabaseRole.WORKER):
        return Tenant.objects.create(slug=slug, name=name or slug.title(), **fields)


def new_person(email: str, name: str = "", staff_role: str = StaffRole.NONE) -> Person:
    """Someone who can sign in with ``PASSWORD``, not yet written."""
    person = Person(email=email, name=name, staff_role=staff_role)
    person.set_password(PASSWORD)
    return person


def make_person(email: str, *, staff_role: str = StaffRole.NONE, **fields: object) -> Person:
    """Someone who can sign in with ``PASSWORD``."""
    with acting_as(DatabaseRole.IDENTITY):
        return Person.objects.create_user(email, PASSWORD, staff_role=staff_role, **fields)


def make_membership(tenant: Tenant, person: Person, role: str = Role.ADMIN) -> Membership:
    """A role in a tenant."""
    with acting_as(DatabaseRole.WORKER):
        return Membership.objects.create(tenant=tenant, person=person, role=role)


def new_token(tenant: Tenant, role: str, **fields: object) -> tuple[ApiToken, str]:
    """An API token, not yet written, and its secret."""
    secret = TOKEN_MARK + secrets.token_urlsafe(32)
    token = ApiToken(
        tenant=tenant,
        name=f"{role} robot",
        role=role,
        prefix=secret[:TOKEN_PREFIX_LENGTH],
        digest=digest_of(secret),
        **fields,
    )
    return token, secret


def make_token(tenant: Tenant, role: str = Role.ADMIN, **fields: object) -> Token:
    """An API token and its secret."""
    token, secret = new_token(tenant, role, **fields)
    with acting_as(DatabaseRole.WORKER):
        token.save()
    return Token(token.id, secret)


def ref(tenant: Tenant) -> TenantRef:
    """The tenant as an actor holds it."""
    return TenantRef(tenant.id, tenant.slug, tenant.name)
