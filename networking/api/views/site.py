"""Sites. The provider adds and changes them while onboarding; tenants read them."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from networking import selectors
from networking.api.answers import versioned
from networking.api.serializers import SiteSerializer
from portal.lib.pagination import page_of
from tenants.access import Capability
from tenants.api.base import TenantApi


class Sites(TenantApi):
    """The tenant's sites."""

    capability = Capability.NETWORK_VIEW

    @extend_schema(operation_id="tenants_sites_list", responses=page_of(SiteSerializer))
    def get(self, request: Request, slug: str) -> Response:
        """Newest first."""
        return self.page(selectors.sites(self.actor), SiteSerializer)


class Site(TenantApi):
    """One site."""

    capability = Capability.NETWORK_VIEW

    @extend_schema(responses=SiteSerializer)
    def get(self, request: Request, slug: str, site_id: UUID) -> Response:
        """The site, with its ETag."""
        site = selectors.site(self.actor, site_id)
        return versioned(SiteSerializer(site).data, site.version)
