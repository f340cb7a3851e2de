"""What the provider's pages share."""

from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from portal.lib.errors import Refusal
from portal.lib.htmx import FragmentMixin
from tenants import selectors
from tenants.access import Capability
from tenants.selectors import CustomerRow
from tenants.web.base import StaffPage


class ProviderPage(FragmentMixin, StaffPage):
    """A page of the provider; what is missing is a 404 like any other."""

    capability = Capability.CUSTOMERS_VIEW
    write_capability = Capability.CUSTOMERS_WRITE

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Selectors say Missing; Django says Http404."""
        try:
            return super().dispatch(request, *args, **kwargs)
        except Refusal as refusal:
            if refusal.status == 404:
                raise Http404 from refusal
            raise


class CustomerPage(ProviderPage):
    """A page about the customer whose slug stands in the address."""

    nav = "customers"

    @property
    def customer(self) -> CustomerRow:
        """The customer; 404 when there is none. A query each time: take it once."""
        return selectors.customer(self.actor, self.kwargs["slug"])
