"""One router, with its attachments."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from networking.selectors.deviations import deviations
from networking.selectors.devices import (
    provider_router,
    router_attachment_rows,
    router_attachments,
)
from portal.web.device_lines import router_line
from portal.web.views.base import DevicePage


class RouterDetail(DevicePage):
    """One router: all of its attachments."""

    template_name = "portal/router_detail.html"
    fragment_name = "portal/router_live.html"

    def get(self, request: HttpRequest, router_id: UUID) -> HttpResponse:
        """Those with a session down first; `q` searches, `spare` leaves out what is claimed."""
        router = provider_router(self.actor, router_id)
        q, spare = request.GET.get("q", "").strip(), request.GET.get("spare") == "on"
        page = self.page_of(router_attachments(self.actor, router_id, q=q, spare=spare))
        context = self.get_context_data(
            line=router_line(router, deviations(self.actor, router_id)),
            attachments=router_attachment_rows(page),
            page=page,
            q=q,
            spare=spare,
        )
        return self.render_to_response(context)
