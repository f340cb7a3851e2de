"""What is wrong, and what was."""

from django.http import HttpRequest, HttpResponse

from networking.selectors.alerts import alert_row, open_alerts, past_alerts
from portal.web.views.base import ProviderPage
from tenants.access import Capability


class AlertList(ProviderPage):
    """Open alerts, then those that are over."""

    capability = Capability.INFRA_VIEW
    write_capability = Capability.INFRA_WRITE
    nav = "alerts"
    template_name = "portal/alert_list.html"
    fragment_name = "portal/alert_rows.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page."""
        page = self.page_of(past_alerts(self.actor))
        context = self.get_context_data(
            alerts=open_alerts(self.actor), past=[alert_row(row) for row in page], page=page
        )
        return self.render_to_response(context)
