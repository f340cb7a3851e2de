"""The front door: where someone lands after signing in."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from tenants.gate import Visitor
from tenants.web.base import SignedInPage

STAFF_HOME = "/msp/"


class Home(SignedInPage):
    """Staff to the provider's pages, others to their tenant; a choice where there are several."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Redirect, or show the tenants to choose from."""
        visitor: Visitor = request.visitor  # type: ignore[attr-defined]
        if self.actor.staff_role:
            return HttpResponseRedirect(STAFF_HOME)
        if len(visitor.memberships) == 1:
            return HttpResponseRedirect(f"/t/{visitor.memberships[0].tenant.slug}/")
        return render(request, "tenants/home.html", {"nav": ""})
