"""The one place where a request meets its actor, its capability and its database role."""

import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django_htmx.http import HttpResponseClientRedirect

from portal.lib import db, pages
from portal.lib.db import DatabaseRole
from portal.lib.problems import is_api, problem_response
from tenants import gate
from tenants.access import acting_as
from tenants.gate import Verdict, Visitor

log = logging.getLogger(__name__)

# Sign-in and its relatives belong to allauth, which asks no capability and reads identities only.
IDENTITY_AREA = "/accounts/"


class ActorMiddleware:
    """Sets ``request.actor`` and ``request.visitor`` and runs the rest in the actor's role.

    The rest is the view *and* the rendering of its template. A response of 400 or more rolls the
    transaction back. Default deny: a view that declares no capability admits nobody.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Identify as the identity role, then answer as the actor's."""
        request.actor = None  # type: ignore[attr-defined]
        request.visitor = Visitor()  # type: ignore[attr-defined]
        with db.acting_as(DatabaseRole.IDENTITY):
            visitor = gate.identify(request)
        request.visitor = visitor  # type: ignore[attr-defined]
        if visitor.bad_token:
            response = problem_response(401, detail="The API token is unknown, expired or revoked.")
            response.headers["WWW-Authenticate"] = "Bearer"
            return response
        if request.path_info.startswith(IDENTITY_AREA):
            return self._answer(request, db.acting_as(DatabaseRole.IDENTITY))
        request.actor = visitor.actor  # type: ignore[attr-defined]
        if visitor.actor is None:
            return self._answer(request, db.acting_as(DatabaseRole.IDENTITY))
        return self._answer(request, acting_as(visitor.actor))

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Ask the gate about the view that the address led to."""
        if request.path_info.startswith(IDENTITY_AREA):
            return None
        actor = request.actor  # type: ignore[attr-defined]
        match gate.verdict(view, request.method or "GET", actor):
            case Verdict.ENTER:
                return None
            case Verdict.SIGN_IN:
                return _sign_in(request)
            case Verdict.REFUSED:
                return pages.forbidden(request)

    def _answer(self, request: HttpRequest, scope: Any) -> HttpResponse:
        with scope:
            visitor: Visitor = request.visitor  # type: ignore[attr-defined]
            response = pages.not_found(request) if visitor.stranger else self.get_response(request)
            if response.status_code >= 400:
                transaction.set_rollback(True)
        if response.streaming and not connection.in_atomic_block:
            # A stream may last for hours; a connection held that long starves the pool.
            connection.close()
        return response


def _sign_in(request: HttpRequest) -> HttpResponse:
    """Send a person to the sign-in page, and tell a program that it needs a token."""
    if is_api(request):
        response = problem_response(401)
        response.headers["WWW-Authenticate"] = "Bearer"
        return response
    where = resolve_url(settings.LOGIN_URL)
    if getattr(request, "htmx", False):
        return HttpResponseClientRedirect(where)
    return HttpResponseRedirect(f"{where}?next={quote(request.get_full_path())}")
