"""What the API's views inherit."""

from rest_framework.request import Request
from rest_framework.views import APIView

from tenants.access import Actor, Capability, TenantRef


class ActorApi(APIView):
    """A view with an actor. ``capability`` opens it; ``write_capability`` opens unsafe methods."""

    capability: Capability | None = None
    write_capability: Capability | None = None
    request: Request

    @property
    def actor(self) -> Actor:
        """Who calls; the gate let nobody else through."""
        actor: Actor = self.request._request.actor  # type: ignore[attr-defined]
        return actor


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
