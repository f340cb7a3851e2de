"""One fabric, with its hosts."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from networking.selectors.deviations import deviations
from networking.selectors.devices import fabric_hosts, host_rows, provider_fabric
from portal.web.device_lines import fabric_line
from portal.web.views.base import DevicePage


class FabricDetail(DevicePage):
    """One fabric: all of its hosts."""

    template_name = "portal/fabric_detail.html"
    fragment_name = "portal/fabric_live.html"

    def get(self, request: HttpRequest, fabric_id: UUID) -> HttpResponse:
        """Silent hosts first; `q` searches."""
        fabric, q = provider_fabric(self.actor, fabric_id), request.GET.get("q", "").strip()
        page = self.page_of(fabric_hosts(self.actor, fabric_id, q=q))
        line = fabric_line(fabric, deviations(self.actor, fabric_id), host_rows(page))
        return self.render_to_response(self.get_context_data(line=line, page=page, q=q))
