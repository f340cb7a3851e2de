"""Acts that take something away from a customer: the plan first, then the confirmation."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from networking.services.changes import preview
from portal.lib.errors import Refusal
from portal.web.views.base import CustomerPage
from tenants.access import Capability
from tenants.selectors import CustomerRow


class RemovalPage(CustomerPage):
    """Shows what devices would do; a post does it."""

    capability = Capability.CUSTOMERS_WRITE
    template_name = "portal/confirm.html"
    verb = ""  # what the button says

    def act(self, customer: CustomerRow, object_id: UUID) -> Callable[[], Any]:
        """The service call that answers with a Change. Raises Missing."""
        raise NotImplementedError

    def get(self, request: HttpRequest, slug: str, **ids: UUID) -> HttpResponse:
        """What it would do."""
        customer = self.customer
        act = self.act(customer, *ids.values())
        try:
            return self._page(customer, preview=preview(act))
        except Refusal as refusal:
            return self._refused(customer, refusal)

    def post(self, request: HttpRequest, slug: str, **ids: UUID) -> HttpResponse:
        """Do it."""
        customer = self.customer
        act = self.act(customer, *ids.values())
        try:
            change = act()
        except Refusal as refusal:
            return self._refused(customer, refusal)
        messages.success(request, f"{change.summary}: under way.")
        return redirect("portal:customer_detail", slug=slug)

    def _refused(self, customer: CustomerRow, refusal: Refusal) -> HttpResponse:
        if refusal.status == 404:
            raise refusal
        return self._page(customer, refusal.status, refusal=refusal.message)

    def _page(self, customer: CustomerRow, status: int = 200, **more: Any) -> HttpResponse:
        context = self.get_context_data(customer=customer, verb=self.verb, **more)
        return self.render_to_response(context, status=status)
