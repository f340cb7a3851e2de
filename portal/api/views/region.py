"""Regions and what the provider runs in them."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from networking.selectors.devices import provider_regions
from portal.api.serializers.region import ProviderRegionSerializer
from tenants.access import Capability
from tenants.api.base import StaffApi


class ProviderRegions(StaffApi):
    """All regions."""

    capability = Capability.INFRA_VIEW

    @extend_schema(responses=ProviderRegionSerializer(many=True))
    def get(self, request: Request) -> Response:
        """By name, with fabrics, hosts, routers and attachments."""
        return Response(ProviderRegionSerializer(provider_regions(self.actor), many=True).data)
