"""What the pages inherit."""

from typing import Any

from django.http import HttpRequest
from django.views.generic.base import ContextMixin, View

from tenants.access import Actor, Capability, TenantRef


class ActorPage(ContextMixin, View):
    """A page with an actor. ``capability`` opens it; ``write_capability`` opens unsafe methods.

    ``nav`` names the entry of the menu that this page belongs to.
    """

    capability: Capability | None = None
    write_capability: Capability | None = None
    nav = ""
    http_method_names = ["get", "head", "options", "post"]
    request: HttpRequest

    @property
    def actor(self) -> Actor:
        """Who asks; the gate let nobody else through."""
        actor: Actor = self.request.actor  # type: ignore[attr-defined]
        return actor

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the menu entry; actor, tenant and abilities come from the context processor."""
        return super().get_context_data(nav=self.nav, **kwargs)


class TenantPage(ActorPage):
    """A page under ``/t/<slug>/``."""

    @property
    def tenant(self) -> TenantRef:
        """The tenant of the address."""
        tenant = self.actor.tenant
        if tenant is None:
            raise AssertionError("the gate lets nobody into a tenant's address without the tenant")
        return tenant


class StaffPage(ActorPage):
    """A page under ``/msp/``."""


class SignedInPage(ActorPage):
    """A page for anyone signed in."""

    signed_in = True
