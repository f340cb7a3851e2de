"""Ports."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from networking import selectors
from networking.api.answers import answer, versioned, write_schema
from networking.api.filters import PortQuery, narrowing
from networking.api.serializers import NewPortSerializer, PortPatchSerializer, PortSerializer
from networking.services import ports
from networking.services.ports import PortInput, PortPatch
from portal.lib.etags import expected_version
from portal.lib.pagination import page_of
from portal.lib.serializers import given
from tenants.access import Capability
from tenants.api.base import TenantApi


class Ports(TenantApi):
    """The tenant's ports, over all its networks."""

    capability = Capability.NETWORK_VIEW
    write_capability = Capability.NETWORK_WRITE

    @extend_schema(
        operation_id="tenants_ports_list", responses=page_of(PortSerializer), parameters=[PortQuery]
    )
    def get(self, request: Request, slug: str) -> Response:
        """Newest first."""
        rows = selectors.ports(self.actor, **narrowing(PortQuery, request))
        return self.page(rows, PortSerializer)

    @write_schema(NewPortSerializer)
    def post(self, request: Request, slug: str) -> Response:
        """Add a port."""
        wanted = PortInput(**given(NewPortSerializer, request))
        return answer(request, self.actor, lambda: ports.create(self.actor, wanted))


class Port(TenantApi):
    """One port."""

    capability = Capability.NETWORK_VIEW
    write_capability = Capability.NETWORK_WRITE

    @extend_schema(responses=PortSerializer)
    def get(self, request: Request, slug: str, port_id: UUID) -> Response:
        """The port, with its ETag."""
        port = selectors.port(self.actor, port_id)
        return versioned(PortSerializer(port).data, port.version)

    @write_schema(PortPatchSerializer, versioned=True)
    def patch(self, request: Request, slug: str, port_id: UUID) -> Response:
        """Change some fields."""
        selectors.port(self.actor, port_id)
        patch = PortPatch(**given(PortPatchSerializer, request, partial=True))  # type: ignore[typeddict-item]
        expect = expected_version(request)
        return answer(
            request, self.actor, lambda: ports.update(self.actor, port_id, patch, expect=expect)
        )

    @write_schema(versioned=True)
    def delete(self, request: Request, slug: str, port_id: UUID) -> Response:
        """Delete the port."""
        expect = expected_version(request)
        return answer(request, self.actor, lambda: ports.delete(self.actor, port_id, expect=expect))
