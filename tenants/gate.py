"""Who knocks, and whether the door opens: from a request to an actor, from an actor to a verdict.

Nothing here decides by itself what a role may do; that is ``tenants.access.PERMISSIONS``.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone

from portal.lib.logs import current_request_id
from portal.lib.problems import is_api
from tenants.access import STAFF_PERMISSIONS, Actor, Capability, TenantRef
from tenants.models import ApiToken, Person
from tenants.selectors import (
    MembershipRow,
    TokenRow,
    memberships_of,
    tenant_by_id,
    token_by_secret,
)

TENANT_PATH = re.compile(r"^/(?:t|api/v1/tenants)/(?P<slug>[^/]+)(?:/|$)")
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
ACTING_KEY = "acting_for"
ACTING_MINUTES = 60
TOKEN_USE_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Acting:
    """Staff acting for a tenant: for which, why, until when."""

    tenant: TenantRef
    reason: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Visitor:
    """What a request turned out to come from.

    ``actor`` is None for the anonymous. ``stranger`` says that the request names a tenant which
    does not exist or is not the visitor's: the two look alike from here on.
    """

    actor: Actor | None = None
    memberships: tuple[MembershipRow, ...] = ()
    acting: Acting | None = None
    stranger: bool = False
    bad_token: bool = False


class Verdict(Enum):
    """What the gate says about a view."""

    ENTER = "enter"
    SIGN_IN = "sign in"
    REFUSED = "refused"


def identify(request: HttpRequest) -> Visitor:
    """Find out who sent ``request``. Needs the identity role.

    At the API a bearer token counts alone, whatever session comes with it; pages take no token.
    """
    match = TENANT_PATH.match(request.path_info)
    slug = match["slug"] if match else None
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and is_api(request):
        return _token_visitor(token_by_secret(secret.strip()), slug)
    if not request.user.is_authenticated:
        return Visitor()
    return _person_visitor(request.user, request.session, slug)


def verdict(view: Any, method: str, actor: Actor | None) -> Verdict:
    """Whether ``actor`` may call ``view``, a view function, with ``method``.

    A view class says ``capability`` and, where writing needs another, ``write_capability``;
    or ``signed_in = True`` for anyone known; or ``public = True``. One that says nothing is shut.
    """
    asked = _declared(view)
    if getattr(asked, "public", False):
        return Verdict.ENTER
    if actor is None:
        return Verdict.SIGN_IN
    if getattr(asked, "signed_in", False):
        return Verdict.ENTER
    capability: Capability | None = getattr(asked, "capability", None)
    if method not in SAFE_METHODS:
        capability = getattr(asked, "write_capability", None) or capability
    allowed = capability is not None and actor.can(capability)
    return Verdict.ENTER if allowed else Verdict.REFUSED


def public(view: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a view function as open to anyone."""
    view.public = True  # type: ignore[attr-defined]
    return view


def _declared(view: Any) -> Any:
    """The class behind a view function: Django's and REST framework's attributes differ."""
    return getattr(view, "view_class", None) or getattr(view, "cls", None) or view


def _token_visitor(token: TokenRow | None, slug: str | None) -> Visitor:
    if token is None:
        return Visitor(bad_token=True)
    now = timezone.now()
    if token.last_used_at is None or now - token.last_used_at > TOKEN_USE_NOTED_EVERY:
        ApiToken.objects.filter(id=token.id).update(last_used_at=now)
    actor = Actor(
        kind="token",
        id=token.id,
        label=f"token {token.name}",
        tenant=token.tenant,
        role=token.role,
        request_id=current_request_id(),
    )
    return Visitor(actor, stranger=slug is not None and slug != token.tenant.slug)


def _person_visitor(person: Person, session: Any, slug: str | None) -> Visitor:
    memberships = memberships_of(person.id)
    # The role as it is now: who was an operator when the hour began may be none any more.
    may_act = Capability.ACT_FOR_TENANT in STAFF_PERMISSIONS.get(person.staff_role, frozenset())
    acting = _acting(session) if may_act else None
    tenant, role, reason = None, "", ""
    for membership in memberships:
        if membership.tenant.slug == slug:
            tenant, role = membership.tenant, membership.role
    if tenant is None and acting is not None and acting.tenant.slug == slug:
        tenant, role, reason = acting.tenant, "admin", acting.reason
    actor = Actor(
        kind="person",
        id=person.id,
        label=person.label,
        tenant=tenant,
        role=role,
        staff_role=person.staff_role,
        acting_reason=reason,
        request_id=current_request_id(),
    )
    return Visitor(actor, memberships, acting, stranger=slug is not None and tenant is None)


def _acting(session: Any) -> Acting | None:
    """What the session holds, unless it has run out."""
    stored = session.get(ACTING_KEY)
    if not stored:
        return None
    until = datetime.fromisoformat(stored["until"])
    tenant = tenant_by_id(UUID(stored["tenant"])) if until > timezone.now() else None
    return Acting(tenant, stored["reason"], until) if tenant else None
