"""A customer's attachments: claim a spare one, give one back."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse

from networking import selectors as networking
from networking.services import onboarding
from portal.lib.errors import Refusal
from portal.lib.forms import add_refusal
from portal.web.forms.customer import ClaimForm
from portal.web.views.customer import CustomerView
from portal.web.views.removal import RemovalPage
from tenants.selectors import CustomerRow


class AttachmentClaim(CustomerView):
    """A way out for the customer."""

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Claim the spare attachment."""
        customer = self.customer
        form = ClaimForm(request.POST, spare=networking.spare_attachments(self.actor))
        if not form.is_valid():
            return self.show(customer, 422, claim_form=form)
        attachment = UUID(form.cleaned_data["attachment"])
        try:
            change = onboarding.claim_attachment(self.actor, customer.ref.id, attachment)
        except Refusal as refusal:
            add_refusal(form, refusal)
            return self.show(customer, refusal.status, claim_form=form)
        messages.success(request, f"{change.summary}: under way.")
        return self.back()


class AttachmentRelease(RemovalPage):
    """The way back."""

    verb = "Release"

    def act(self, customer: CustomerRow, object_id: UUID) -> Callable[[], Any]:
        """Release it."""
        return lambda: onboarding.release_attachment(self.actor, customer.ref.id, object_id)
