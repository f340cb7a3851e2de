"""A customer's sites: add, edit, delete."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from networking import selectors as networking
from networking.selectors.access_lines import access_lines
from networking.selectors.provider import customer_site
from networking.services import sites
from portal.lib.errors import Refusal
from portal.lib.forms import add_refusal
from portal.web.forms.site import SiteForm, initial_of
from portal.web.neighbours import Suggestions, chosen, only, suggestions_of, unjudged
from portal.web.views.base import CustomerPage
from portal.web.views.removal import RemovalPage
from tenants.access import Capability
from tenants.selectors import CustomerRow


class SitePage(CustomerPage):
    """What the forms of sites share."""

    capability = Capability.CUSTOMERS_WRITE
    template_name = "portal/site_form.html"

    def show(
        self, customer: CustomerRow, form: SiteForm, status: int = 200, **more: Any
    ) -> HttpResponse:
        """The form's page."""
        context = self.get_context_data(
            customer=customer,
            form=form,
            neighbour_ipv4=form["neighbour_ipv4"],
            neighbour_ipv6=form["neighbour_ipv6"],
            **more,
        )
        return self.render_to_response(context, status=status)

    def done(self, change: Any) -> HttpResponse:
        """To the customer's page, where the change is seen on its way."""
        messages.success(self.request, f"{change.summary}: under way.")
        return redirect("portal:customer_detail", slug=self.kwargs["slug"])


class SiteCreate(SitePage):
    """The form of a new site; its fragment are the neighbour fields of the chosen attachment."""

    fragment_name = "portal/neighbour_fields.html"

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        """The form, with the neighbours that are free on the attachment."""
        return self._open(self.customer, request.GET)

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Add it; or show the lines of another attachment, without scripts."""
        customer = self.customer
        if "fill" in request.POST or request.POST.get("intent") == "lines":
            return self._open(customer, request.POST)
        form = self._form(customer, request.POST)
        if not form.is_valid():
            return self._refused(customer, form, 422)
        try:
            return self.done(sites.create(self.actor, customer.ref.id, form.to_input()))
        except Refusal as refusal:
            add_refusal(form, refusal)
            return self._refused(customer, form, refusal.status)

    def _form(self, customer: CustomerRow, data: Any = None) -> SiteForm:
        return SiteForm(data, attachments=networking.attachments(self.actor, customer.ref.id))

    def _open(self, customer: CustomerRow, data: Any) -> HttpResponse:
        form = self._form(customer)
        unjudged(form, data)
        suggestions = self._suggestions(form, form.initial.get("attachment"))
        suggestions.fill(form)
        return self.show(customer, form, suggestions=suggestions)

    def _refused(self, customer: CustomerRow, form: SiteForm, status: int) -> HttpResponse:
        suggestions = self._suggestions(form, form.data.get("attachment"))
        return self.show(customer, form, status, suggestions=suggestions)

    def _suggestions(self, form: SiteForm, value: str | None) -> Suggestions:
        field = form.fields["attachment"]
        attachment = chosen(field, value or only(field))
        return suggestions_of(access_lines(self.actor, attachment) if attachment else ())


class SiteEdit(SitePage):
    """The form of an existing site."""

    def get(self, request: HttpRequest, slug: str, site_id: UUID) -> HttpResponse:
        """The form."""
        customer = self.customer
        site = customer_site(self.actor, customer.ref.id, site_id)
        return self.show(customer, SiteForm(initial=initial_of(site)), site=site)

    def post(self, request: HttpRequest, slug: str, site_id: UUID) -> HttpResponse:
        """Change it, unless somebody else did since the form was read."""
        customer = self.customer
        site = customer_site(self.actor, customer.ref.id, site_id)
        form = SiteForm(request.POST)
        if not form.is_valid():
            return self.show(customer, form, 422, site=site)
        try:
            patch = form.to_patch()
            return self.done(sites.update(self.actor, site.id, patch, expect=self._read()))
        except Refusal as refusal:
            add_refusal(form, refusal)
            return self.show(customer, form, refusal.status, site=site)

    def _read(self) -> int:
        """The version that the form was made of; anything else than a number is an old one."""
        text = self.request.POST.get("version", "")
        return int(text) if text.isdecimal() and len(text) < 10 else -1


class SiteDelete(RemovalPage):
    """The end of a site."""

    verb = "Delete"

    def act(self, customer: CustomerRow, object_id: UUID) -> Callable[[], Any]:
        """Delete it; only this customer's."""
        site = customer_site(self.actor, customer.ref.id, object_id)
        return lambda: sites.delete(self.actor, site.id)
