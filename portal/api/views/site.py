"""A customer's sites."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from networking.api.answers import versioned
from networking.selectors.provider import customer_site, customer_sites
from networking.services import sites
from networking.services.sites import SiteInput, SitePatch
from portal.api.answers import answer, write_schema
from portal.api.serializers.site import (
    CustomerSiteSerializer,
    NewSiteSerializer,
    SitePatchSerializer,
)
from portal.api.views.base import CustomerApi
from portal.lib.etags import expected_version
from portal.lib.serializers import given


class CustomerSites(CustomerApi):
    """All of a customer's."""

    @extend_schema(responses=CustomerSiteSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """By name: they are few."""
        rows = customer_sites(self.actor, self.customer.ref.id)
        return Response(CustomerSiteSerializer(rows, many=True).data)

    @write_schema(NewSiteSerializer)
    def post(self, request: Request, slug: str) -> Response:
        """Add a site on one of the customer's attachments."""
        customer = self.customer.ref
        wanted = SiteInput(**_fields(given(NewSiteSerializer, request)))
        return answer(request, customer, lambda: sites.create(self.actor, customer.id, wanted))


class CustomerSite(CustomerApi):
    """One of a customer's."""

    @extend_schema(responses=CustomerSiteSerializer)
    def get(self, request: Request, slug: str, site_id: UUID) -> Response:
        """The site, with its ETag."""
        row = customer_site(self.actor, self.customer.ref.id, site_id)
        return versioned(CustomerSiteSerializer(row).data, row.version)

    @write_schema(SitePatchSerializer, versioned=True)
    def patch(self, request: Request, slug: str, site_id: UUID) -> Response:
        """Change some fields."""
        customer = self.customer.ref
        site = customer_site(self.actor, customer.id, site_id)
        patch = SitePatch(**_fields(given(SitePatchSerializer, request, partial=True)))  # type: ignore[typeddict-item]
        expect = expected_version(request)
        return answer(
            request, customer, lambda: sites.update(self.actor, site.id, patch, expect=expect)
        )

    @write_schema(versioned=True)
    def delete(self, request: Request, slug: str, site_id: UUID) -> Response:
        """Delete the site; its session ends."""
        customer = self.customer.ref
        site = customer_site(self.actor, customer.id, site_id)
        expect = expected_version(request)
        return answer(request, customer, lambda: sites.delete(self.actor, site.id, expect=expect))


def _fields(checked: dict[str, Any]) -> dict[str, Any]:
    """Lists as the service takes them."""
    if "accepted_prefixes" in checked:
        checked["accepted_prefixes"] = tuple(checked["accepted_prefixes"])
    return checked
