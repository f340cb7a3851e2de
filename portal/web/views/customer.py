"""Customers: the list, one customer's page, its name and state."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from networking import selectors as networking
from networking.selectors.provider import customer_sites, recent_changes
from portal.lib.errors import Refusal
from portal.lib.forms import add_refusal
from portal.services import customers
from portal.web import lines
from portal.web.forms.customer import ClaimForm, PrefixForm, RenameForm
from portal.web.views.base import CustomerPage, ProviderPage
from tenants import selectors
from tenants.models import TenantState
from tenants.selectors import CustomerRow

FEW_CHANGES = 6  # beside other things


class CustomerList(ProviderPage):
    """All customers."""

    nav = "customers"
    template_name = "portal/customer_list.html"
    fragment_name = "portal/customer_rows.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """The list, or the part of it that was searched for."""
        q, state = request.GET.get("q", ""), request.GET.get("state", "")
        page = self.page_of(selectors.customers(self.actor, q=q, state=state))
        shown = [selectors.customer_row(values) for values in page]
        healths = networking.customer_health(self.actor, [row.ref.id for row in shown])
        context = self.get_context_data(
            q=q,
            state=state,
            states=TenantState.choices,
            filtered=bool(q or state),
            page=page,
            lines=[lines.customer_line(row, healths[row.ref.id]) for row in shown],
        )
        return self.render_to_response(context)


class CustomerView(CustomerPage):
    """One customer's page; the small forms on it post to addresses of their own."""

    template_name = "portal/customer_detail.html"
    fragment_name = "portal/customer_live.html"

    def show(self, customer: CustomerRow, status: int = 200, **bound: forms.Form) -> HttpResponse:
        """The page; `bound` are the forms with something to say."""
        tenant_id = customer.ref.id
        health = networking.customer_health(self.actor, [tenant_id])[tenant_id]
        recent = recent_changes(self.actor, tenant_id, limit=FEW_CHANGES)
        changes = lines.change_lines(recent)
        context: dict[str, Any] = {
            "customer": customer,
            "line": lines.customer_line(customer, health),
            "prefixes": networking.allowed_prefixes(self.actor, tenant_id),
            "attachments": networking.attachments(self.actor, tenant_id),
            "site_lines": lines.site_lines(customer_sites(self.actor, tenant_id)),
            "people": list(selectors.people_of(self.actor, tenant_id)),
            "change_lines": changes,
            "few": True,
            "unfinished": any(line.change.unfinished for line in changes),
            "rename_form": RenameForm(initial={"name": customer.ref.name}),
            "prefix_form": PrefixForm(),
            **bound,
        }
        if "claim_form" not in context:
            context["claim_form"] = ClaimForm(spare=networking.spare_attachments(self.actor))
        return self.render_to_response(self.get_context_data(**context), status=status)

    def back(self) -> HttpResponse:
        """To the customer's page."""
        return redirect("portal:customer_detail", slug=self.kwargs["slug"])


class CustomerDetail(CustomerView):
    """State, health, and everything that onboarding made."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        """The page."""
        return self.show(self.customer)


class CustomerChanges(CustomerPage):
    """The customer's newest changes, with what devices said of them."""

    template_name = "portal/customer_changes.html"
    fragment_name = "portal/change_progress.html"

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        """The page."""
        customer = self.customer
        few = "few" in request.GET
        limit = FEW_CHANGES if few else self.page_size
        changes = lines.change_lines(recent_changes(self.actor, customer.ref.id, limit=limit))
        unfinished = any(line.change.unfinished for line in changes)
        return self.render_to_response(
            self.get_context_data(
                customer=customer, change_lines=changes, unfinished=unfinished, few=few
            )
        )


class CustomerRename(CustomerView):
    """Another name."""

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Rename."""
        customer, form = self.customer, RenameForm(request.POST)
        if not form.is_valid():
            return self.show(customer, 422, rename_form=form)
        try:
            renamed = customers.update(self.actor, customer.ref, name=form.cleaned_data["name"])
        except Refusal as refusal:
            add_refusal(form, refusal)
            return self.show(customer, refusal.status, rename_form=form)
        messages.success(request, f"{customer.ref.name} is called {renamed.name} now.")
        return self.back()


class CustomerState(CustomerView):
    """Suspended, or active again."""

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Put the customer into the state that was asked for."""
        customer, state = self.customer, request.POST.get("state", "")
        try:
            customers.update(self.actor, customer.ref, state=state)
        except Refusal as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, f"{customer.ref.name} is {state} now.")
        return self.back()
