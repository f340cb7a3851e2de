"""Pages: who did what, for a tenant and for the provider."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.generic.base import TemplateResponseMixin

from tenants import acts, selectors
from tenants.access import Capability
from tenants.web import trail
from tenants.web.base import ActorPage, StaffPage, TenantPage

PAGE = 50


class AuditMixin(TemplateResponseMixin, ActorPage):
    """The trail, newest first, older events behind a link."""

    template_name = "tenants/audit_event_list.html"

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Events older than ``before``, about what ``q`` names."""
        query = request.GET.get("q", "").strip()
        found = selectors.audit_events(self.actor, query=query, before=_uuid(request, "before"))
        rows: list[dict[str, Any]] = list(found[: PAGE + 1])
        older = rows[PAGE - 1]["id"] if len(rows) > PAGE else None
        events = [
            row
            | {
                "act": acts.words_of(row["verb"]),
                "facts": list(trail.facts(row["detail"])),
                "change": row["detail"].get(trail.CHANGE),
            }
            for row in rows[:PAGE]
        ]
        context = self.get_context_data(events=events, older=older, query=query)
        return self.render_to_response(context)


class AuditEventList(AuditMixin, TenantPage):
    """What was done to one tenant."""

    capability = Capability.AUDIT_VIEW
    nav = "audit"

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        """The list."""
        return self.answer(request)


class StaffAuditEventList(AuditMixin, StaffPage):
    """What was done everywhere."""

    capability = Capability.STAFF_AUDIT_VIEW
    nav = "staff_audit"

    def get(self, request: HttpRequest) -> HttpResponse:
        """The list."""
        return self.answer(request)


def _uuid(request: HttpRequest, name: str) -> UUID | None:
    try:
        return UUID(request.GET.get(name, ""))
    except ValueError:
        return None
