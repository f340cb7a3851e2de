"""Where networks can be, and with which addresses."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from networking import selectors
from networking.api.serializers import (
    AllowedPrefixSerializer,
    FreePrefixesSerializer,
    FreePrefixQuerySerializer,
    RegionSerializer,
)
from tenants.access import Capability
from tenants.api.base import TenantApi


class Regions(TenantApi):
    """The regions."""

    capability = Capability.NETWORK_VIEW

    @extend_schema(responses=RegionSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """All of them, by name: they are few."""
        return Response(RegionSerializer(selectors.regions(self.actor), many=True).data)


class AllowedPrefixes(TenantApi):
    """The tenant's address space."""

    capability = Capability.NETWORK_VIEW

    @extend_schema(responses=AllowedPrefixSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """All of it, by prefix: it is short."""
        rows = selectors.allowed_prefixes(self.actor)
        return Response(AllowedPrefixSerializer(rows, many=True).data)


class FreePrefixes(TenantApi):
    """What is free in it."""

    capability = Capability.NETWORK_VIEW

    @extend_schema(parameters=[FreePrefixQuerySerializer], responses=FreePrefixesSerializer)
    def get(self, request: Request, slug: str) -> Response:
        """The first free prefixes of a length."""
        asked = FreePrefixQuerySerializer(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        prefixes = selectors.free_prefixes(self.actor, **asked.validated_data)
        return Response(FreePrefixesSerializer({"prefixes": prefixes}).data)
