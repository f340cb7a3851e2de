"""Pages: who belongs to the tenant."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.generic.base import TemplateResponseMixin

from portal.lib.errors import Refusal
from portal.lib.forms import add_refusal
from tenants import selectors
from tenants.access import Capability
from tenants.models import Role
from tenants.services import memberships, people
from tenants.web.base import TenantPage
from tenants.web.forms import InviteForm, RoleForm


class PersonList(TemplateResponseMixin, TenantPage):
    """The members, and the form that invites one."""

    capability = Capability.PEOPLE_VIEW
    write_capability = Capability.PEOPLE_MANAGE
    template_name = "tenants/person_list.html"
    nav = "people"

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        """The list."""
        return self._page(InviteForm())

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Invite."""
        form = InviteForm(request.POST)
        if not form.is_valid():
            return self._page(form, status=422)
        try:
            invitation = people.invite(self.actor, self.tenant, **form.cleaned_data)
        except Refusal as refusal:
            add_refusal(form, refusal)
            return self._page(form, status=422)
        if invitation.link and settings.SHOW_INVITATION_LINKS:
            messages.success(request, f"{invitation.email} was added.")
            return self._page(InviteForm(), invitation=invitation)
        messages.success(request, f"{invitation.email} was added. A mail is on its way.")
        return redirect("tenants:people", slug=slug)

    def _page(self, form: InviteForm, status: int = 200, **more: Any) -> HttpResponse:
        context = self.get_context_data(
            people=list(selectors.people(self.actor)), roles=Role.choices, form=form, **more
        )
        return self.render_to_response(context, status=status)


class MemberRole(TenantPage):
    """A member's role."""

    capability = Capability.PEOPLE_MANAGE

    def post(self, request: HttpRequest, slug: str, membership_id: UUID) -> HttpResponse:
        """Change it."""
        row = selectors.member(self.actor, membership_id)
        form = RoleForm(request.POST)
        role = form.cleaned_data["role"] if form.is_valid() else request.POST.get("role", "")
        try:
            memberships.change_role(self.actor, membership_id, role=role)
        except Refusal as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, f"{row['email']} has another role now.")
        return redirect("tenants:people", slug=slug)


class MemberRemove(TenantPage):
    """The end of a membership."""

    capability = Capability.PEOPLE_MANAGE

    def post(self, request: HttpRequest, slug: str, membership_id: UUID) -> HttpResponse:
        """Remove the member."""
        row = selectors.member(self.actor, membership_id)
        try:
            memberships.remove(self.actor, membership_id)
        except Refusal as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, f"{row['email']} is no longer a member.")
        if row["person_id"] == self.actor.id:
            return redirect("tenants:home")
        return redirect("tenants:people", slug=slug)
