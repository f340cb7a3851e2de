"""What the pages of networks, ports, sites and changes share."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from portal.lib.errors import Refusal
from portal.lib.htmx import FragmentMixin
from tenants.access import Capability
from tenants.web.base import TenantPage

PAGE_SIZE = 50


class NounPage(FragmentMixin, TenantPage):
    """A page about a tenant's networking; what is missing is a 404 like any other."""

    capability = Capability.NETWORK_VIEW

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Selectors say Missing; Django says Http404."""
        try:
            return super().dispatch(request, *args, **kwargs)
        except Refusal as refusal:
            if refusal.status == 404:
                raise Http404 from refusal
            raise

    def page_of(self, rows: QuerySet[Any]) -> Page[Any]:
        """The page that the address asks for; a number beyond the last means the last."""
        return Paginator(rows, PAGE_SIZE).get_page(self.request.GET.get("page"))
