"""The prefixes that a customer may use."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse

from networking.services import onboarding
from portal.lib.errors import Refusal
from portal.lib.forms import add_refusal
from portal.web.forms.customer import PrefixForm
from portal.web.views.customer import CustomerView


class PrefixAdd(CustomerView):
    """One more."""

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Allow it."""
        customer, form = self.customer, PrefixForm(request.POST)
        if not form.is_valid():
            return self.show(customer, 422, prefix_form=form)
        try:
            row = onboarding.allow_prefix(
                self.actor,
                customer.ref.id,
                form.cleaned_data["prefix"],
                form.cleaned_data["purpose"],
            )
        except Refusal as refusal:
            add_refusal(form, refusal)
            return self.show(customer, refusal.status, prefix_form=form)
        messages.success(request, f"{customer.ref.name} may use {row.prefix} now.")
        return self.back()


class PrefixRemove(CustomerView):
    """One less."""

    def post(self, request: HttpRequest, slug: str, allowed_prefix_id: UUID) -> HttpResponse:
        """Take it back."""
        customer = self.customer
        try:
            onboarding.remove_prefix(self.actor, customer.ref.id, allowed_prefix_id)
        except Refusal as refusal:
            if refusal.status == 404:
                raise
            messages.error(request, refusal.message)
        else:
            messages.success(request, "The prefix is no longer the customer's to use.")
        return self.back()
