"""Onboarding: one form from a name to a customer whose site is connected."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from networking import selectors as networking
from networking.selectors.access_lines import access_lines
from networking.selectors.provider import recent_changes
from portal.lib.errors import Refusal
from portal.lib.forms import add_refusal
from portal.services import onboarding
from portal.services.onboarding import Onboarded
from portal.web import lines
from portal.web.forms.onboarding import OnboardingForm
from portal.web.neighbours import Suggestions, chosen, suggestions_of, unjudged
from portal.web.views.base import ProviderPage
from tenants import selectors
from tenants.access import Capability


class Onboarding(ProviderPage):
    """The form; its fragment are the neighbour fields of the chosen attachment."""

    capability = Capability.CUSTOMERS_WRITE
    nav = "customers"
    template_name = "portal/onboarding_form.html"
    fragment_name = "portal/neighbour_fields.html"
    done_name = "portal/onboarding_done.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """The form, with the neighbours that are free on the attachment."""
        return self._open(request.GET)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Onboard; or show the lines of another attachment, without scripts."""
        if "fill" in request.POST or request.POST.get("intent") == "lines":
            return self._open(request.POST)
        form = self._form(request.POST)
        if not form.is_valid():
            return self._refused(form, 422)
        try:
            onboarded = onboarding.onboard(self.actor, form.to_input())
        except Refusal as refusal:
            # The service names a field of a part with a dot, the form with an underscore.
            field = (refusal.field or "").replace(".", "_")
            add_refusal(form, Refusal(refusal.code, refusal.message, field=field))
            return self._refused(form, refusal.status)
        return self._done(onboarded)

    def _form(self, data: Any = None) -> OnboardingForm:
        return OnboardingForm(data, spare=networking.spare_attachments(self.actor))

    def _open(self, data: Any) -> HttpResponse:
        form = self._form()
        unjudged(form, data)
        suggestions = self._suggestions(form, form.initial.get("attachment"))
        suggestions.fill(form, "site_")
        return self._page(form, suggestions)

    def _refused(self, form: OnboardingForm, status: int) -> HttpResponse:
        return self._page(form, self._suggestions(form, form.data.get("attachment")), status)

    def _suggestions(self, form: OnboardingForm, value: str | None) -> Suggestions:
        attachment = chosen(form.fields["attachment"], value)
        return suggestions_of(access_lines(self.actor, attachment) if attachment else ())

    def _page(
        self, form: OnboardingForm, suggestions: Suggestions, status: int = 200
    ) -> HttpResponse:
        context = self.get_context_data(
            form=form,
            suggestions=suggestions,
            neighbour_ipv4=form["site_neighbour_ipv4"],
            neighbour_ipv6=form["site_neighbour_ipv6"],
        )
        return self.render_to_response(context, status=status)

    def _done(self, onboarded: Onboarded) -> HttpResponse:
        """What came of it, shown by the post itself: the link is in no other answer."""
        changes = lines.change_lines(recent_changes(self.actor, onboarded.tenant.id))
        context = self.get_context_data(
            customer=selectors.customer(self.actor, onboarded.tenant.slug),
            invitation=onboarded.invitation,
            show_link=settings.SHOW_INVITATION_LINKS,
            change_lines=changes,
            few=True,
            unfinished=any(line.change.unfinished for line in changes),
        )
        return self.response_class(self.request, self.done_name, context)
