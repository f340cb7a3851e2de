"""Sites, which the provider sets up: list and detail."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from networking import selectors
from networking.web import lines, states
from networking.web.views.base import NounPage


class SiteList(NounPage):
    """All sites of the tenant."""

    nav = "sites"
    template_name = "networking/site_list.html"
    fragment_name = "networking/site_rows.html"

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        """By name."""
        page = self.page_of(selectors.sites(self.actor))
        found = lines.site_lines(page)
        return self.render_to_response(self.get_context_data(lines=found, page=page))


class SiteDetail(NounPage):
    """One site."""

    nav = "sites"
    template_name = "networking/site_detail.html"
    fragment_name = "networking/site_live.html"

    def get(self, request: HttpRequest, slug: str, site_id: UUID) -> HttpResponse:
        """Its session, what it learned of the tenant's networks, and what it announces."""
        site = selectors.site(self.actor, site_id)
        networks = selectors.networks(self.actor, region=site.attachment.fabric.region.code)
        return self.render_to_response(
            self.get_context_data(
                site=site,
                status=states.site(site),
                learned=[lines.learning(network, site) for network in networks],
                trail=[("Sites", reverse("networking:site_list", args=[slug]))],
            )
        )
