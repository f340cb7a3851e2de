"""A customer's month: the page of the tenant, and the same for the provider's finance."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from billing.web.months import Months, months
from billing.web.views.base import StaffBillingPage, TenantBillingPage, spend_context
from tenants import selectors


class TenantSpend(TenantBillingPage):
    """What the tenant spends."""

    template_name = "billing/spend.html"

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        """The month of `period`, this one by default; machines by the label `label`."""
        asked = months(request.GET.get("period", ""))
        context = spend_context(self.tenant.id, asked, request.GET.get("label", ""))
        links = {
            "statement": reverse("billing:statement", args=[slug, asked.shown]),
            "csv": reverse("billing:statement_csv", args=[slug, asked.shown]),
        }
        return self.render_to_response(self.get_context_data(links=links, **context))


class CustomerSpend(StaffBillingPage):
    """What one customer spends."""

    template_name = "billing/customer_spend.html"

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        """As the customer sees it."""
        customer = selectors.customer(self.actor, slug)
        asked = months(request.GET.get("period", ""))
        context = spend_context(customer.ref.id, asked, request.GET.get("label", ""))
        return self.render_to_response(
            self.get_context_data(customer=customer, links=links(slug, asked), **context)
        )


def links(slug: str, asked: Months) -> dict[str, Any]:
    """Where finance finds the rest of a customer's month."""
    return {
        "statement": reverse("billing:customer_statement", args=[slug, asked.shown]),
        "csv": reverse("billing:customer_csv", args=[slug, asked.shown]),
    }
