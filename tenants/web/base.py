"""What the pages inherit."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.generic.base import ContextMixin, View

from portal.lib.errors import Refusal
from tenants.access import Actor, Capability, TenantRef


class _Pages(Paginator):
    """Pages of which the hundredth takes little longer than the first: what is asked of each row
    is not asked of those that are passed over."""

    def page(self, number: int | str) -> Page[Any]:
        """The page with this number. Raises InvalidPage."""
        wanted = self.validate_number(number)
        rows = self.object_list
        if wanted == 1 or not isinstance(rows, QuerySet):
            return super().page(wanted)
        start = (wanted - 1) * self.per_page
        keys = rows.values("pk")[start : start + self.per_page]
        return Page(rows.filter(pk__in=keys), wanted, self)


class ActorPage(ContextMixin, View):
    """A page with an actor. ``capability`` opens it; ``write_capability`` opens unsafe methods.

    ``nav`` names the entry of the menu that this page belongs to; ``page_size`` is how many rows
    of a list stand on a page.
    """

    capability: Capability | None = None
    write_capability: Capability | None = None
    nav = ""
    page_size = 50
    http_method_names = ["get", "head", "options", "post"]
    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """What selectors and services call missing is a 404 like any other."""
        try:
            return super().dispatch(request, *args, **kwargs)
        except Refusal as refusal:
            if refusal.status == 404:
                raise Http404 from refusal
            raise

    @property
    def actor(self) -> Actor:
        """Who asks; the gate let nobody else through."""
        actor: Actor = self.request.actor  # type: ignore[attr-defined]
        return actor

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the menu entry; actor, tenant and abilities come from the context processor."""
        return super().get_context_data(nav=self.nav, **kwargs)

    def page_of(self, rows: QuerySet[Any] | Sequence[Any]) -> Page[Any]:
        """The page that the address asks for; a number beyond the last means the last."""
        return _Pages(rows, self.page_size).get_page(self.request.GET.get("page"))


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
