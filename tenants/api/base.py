"""What the API's views inherit."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.response import Response
from rest_framework.views import APIView

from portal.lib.idempotency import answer_once
from portal.lib.pagination import Cursor
from tenants.access import Actor, Capability, TenantRef
from tenants.gate import SAFE_METHODS


class ActorApi(APIView):
    """A view with an actor. ``capability`` opens it; ``write_capability`` opens unsafe methods.

    Unsafe methods honour ``Idempotency-Key``.
    """

    capability: Capability | None = None
    write_capability: Capability | None = None
    secret_answer = False  # whether what a write answers must not be kept for a replay

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer; a write that was sent again is answered again, not done again."""
        if request.method in SAFE_METHODS:
            return super().dispatch(request, *args, **kwargs)
        actor: Actor | None = request.actor  # type: ignore[attr-defined]
        tenant_id = actor.tenant.id if actor and actor.tenant else None
        respond = super().dispatch
        return answer_once(
            request, tenant_id, lambda: respond(request, *args, **kwargs), secret=self.secret_answer
        )

    @property
    def actor(self) -> Actor:
        """Who calls; the gate let nobody else through."""
        request: Any = self.request
        actor: Actor = getattr(request, "_request", request).actor
        return actor

    def page(self, rows: Any, serializer: Any, *, ordering: str = Cursor.ordering) -> Response:
        """One page of ``rows``, by cursor; ``ordering`` names a column without nulls."""
        paginator = Cursor()
        paginator.ordering = ordering
        shown: Any = paginator.paginate_queryset(rows, self.request, view=self)
        return paginator.get_paginated_response(serializer(shown, many=True).data)


class TenantApi(ActorApi):
    """A view under ``/api/v1/tenants/<slug>/``."""

    @property
    def tenant(self) -> TenantRef:
        """The tenant of the address."""
        tenant = self.actor.tenant
        if tenant is None:
            raise AssertionError("the gate lets nobody into a tenant's address without the tenant")
        return tenant


class StaffApi(ActorApi):
    """A view under ``/api/v1/`` for the provider's people."""


class SignedInApi(ActorApi):
    """A view for anyone known, person or token."""

    signed_in = True
