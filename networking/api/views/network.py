"""Networks."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from networking import selectors
from networking.api.answers import answer, versioned, write_schema
from networking.api.filters import NetworkQuery, narrowing
from networking.api.serializers import (
    NetworkPatchSerializer,
    NetworkSerializer,
    NewNetworkSerializer,
)
from networking.services import networks
from networking.services.networks import NetworkInput, NetworkPatch
from portal.lib.etags import expected_version
from portal.lib.pagination import page_of
from portal.lib.serializers import given
from tenants.access import Capability
from tenants.api.base import TenantApi


class Networks(TenantApi):
    """The tenant's networks."""

    capability = Capability.NETWORK_VIEW
    write_capability = Capability.NETWORK_WRITE

    @extend_schema(
        operation_id="tenants_networks_list",
        responses=page_of(NetworkSerializer),
        parameters=[NetworkQuery],
    )
    def get(self, request: Request, slug: str) -> Response:
        """Newest first."""
        rows = selectors.networks(self.actor, **narrowing(NetworkQuery, request))
        return self.page(rows, NetworkSerializer)

    @write_schema(NewNetworkSerializer)
    def post(self, request: Request, slug: str) -> Response:
        """Add a network."""
        fields = given(NewNetworkSerializer, request)
        fields["sites"] = tuple(fields.get("sites", ()))
        return answer(
            request, self.actor, lambda: networks.create(self.actor, NetworkInput(**fields))
        )


class Network(TenantApi):
    """One network."""

    capability = Capability.NETWORK_VIEW
    write_capability = Capability.NETWORK_WRITE

    @extend_schema(responses=NetworkSerializer)
    def get(self, request: Request, slug: str, network_id: UUID) -> Response:
        """The network, with its ETag."""
        network = selectors.network(self.actor, network_id)
        return versioned(NetworkSerializer(network).data, network.version)

    @write_schema(NetworkPatchSerializer, versioned=True)
    def patch(self, request: Request, slug: str, network_id: UUID) -> Response:
        """Change some fields."""
        selectors.network(self.actor, network_id)
        fields = given(NetworkPatchSerializer, request, partial=True)
        if "sites" in fields:
            fields["sites"] = tuple(fields["sites"])
        expect = expected_version(request)
        patch = NetworkPatch(**fields)  # type: ignore[typeddict-item]
        return answer(
            request,
            self.actor,
            lambda: networks.update(self.actor, network_id, patch, expect=expect),
        )

    @write_schema(versioned=True)
    def delete(self, request: Request, slug: str, network_id: UUID) -> Response:
        """Delete the network; it must have no ports."""
        expect = expected_version(request)
        return answer(
            request, self.actor, lambda: networks.delete(self.actor, network_id, expect=expect)
        )
