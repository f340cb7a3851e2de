"""Pages: someone of the provider enters a tenant, with a reason."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.generic.base import TemplateResponseMixin

from portal.lib.errors import Refusal
from portal.lib.forms import add_refusal
from tenants import selectors
from tenants.access import Capability, TenantRef
from tenants.gate import ACTING_MINUTES, Visitor
from tenants.services import acting
from tenants.web.base import StaffPage
from tenants.web.forms import ActForm


class Act(TemplateResponseMixin, StaffPage):
    """The form that asks why."""

    capability = Capability.ACT_FOR_TENANT
    template_name = "tenants/act_form.html"
    nav = "customers"

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        """The form."""
        return self._page(selectors.tenant_by_slug(slug), ActForm())

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Enter."""
        tenant = selectors.tenant_by_slug(slug)
        form = ActForm(request.POST)
        if not form.is_valid():
            return self._page(tenant, form, status=422)
        try:
            acting.start(self.actor, request.session, tenant, reason=form.cleaned_data["reason"])
        except Refusal as refusal:
            add_refusal(form, refusal)
            return self._page(tenant, form, status=422)
        return redirect(f"/t/{tenant.slug}/")

    def _page(self, customer: TenantRef, form: ActForm, status: int = 200) -> HttpResponse:
        context = self.get_context_data(customer=customer, form=form, minutes=ACTING_MINUTES)
        return self.render_to_response(context, status=status)


class StopActing(StaffPage):
    """The way out of a tenant."""

    capability = Capability.ACT_FOR_TENANT

    def post(self, request: HttpRequest) -> HttpResponse:
        """Leave."""
        visitor: Visitor = request.visitor  # type: ignore[attr-defined]
        tenant = visitor.acting.tenant if visitor.acting else None
        acting.stop(self.actor, request.session, tenant)
        if tenant is not None:
            messages.success(request, f"You no longer act for {tenant.name}.")
        return redirect("/msp/")
