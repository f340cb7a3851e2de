"""VIPs."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from networking import selectors
from networking.api.answers import answer, versioned, write_schema
from networking.api.filters import NetworkQuery, narrowing
from networking.api.serializers import (
    NewVipSerializer,
    PortSerializer,
    VipPatchSerializer,
    VipSerializer,
)
from networking.services import vips
from networking.services.vips import VipInput, VipPatch
from portal.lib.etags import expected_version
from portal.lib.pagination import page_of
from portal.lib.serializers import given
from tenants.access import Capability
from tenants.api.base import TenantApi


class Vips(TenantApi):
    """The tenant's VIPs."""

    capability = Capability.NETWORK_VIEW
    write_capability = Capability.NETWORK_WRITE

    @extend_schema(
        operation_id="tenants_vips_list",
        responses=page_of(VipSerializer),
        parameters=[NetworkQuery],
    )
    def get(self, request: Request, slug: str) -> Response:
        """Newest first."""
        rows = selectors.vips(self.actor, **narrowing(NetworkQuery, request))
        return self.page(rows, VipSerializer)

    @write_schema(NewVipSerializer)
    def post(self, request: Request, slug: str) -> Response:
        """Publish a VIP."""
        wanted = VipInput(**_tuples(given(NewVipSerializer, request)))
        return answer(request, self.actor, lambda: vips.create(self.actor, wanted))


class Vip(TenantApi):
    """One VIP."""

    capability = Capability.NETWORK_VIEW
    write_capability = Capability.NETWORK_WRITE

    @extend_schema(responses=VipSerializer)
    def get(self, request: Request, slug: str, vip_id: UUID) -> Response:
        """The VIP, with its ETag."""
        vip = selectors.vip(self.actor, vip_id)
        return versioned(VipSerializer(vip).data, vip.version)

    @write_schema(VipPatchSerializer, versioned=True)
    def patch(self, request: Request, slug: str, vip_id: UUID) -> Response:
        """Change some fields."""
        selectors.vip(self.actor, vip_id)
        fields = _tuples(given(VipPatchSerializer, request, partial=True))
        patch = VipPatch(**fields)  # type: ignore[typeddict-item]
        expect = expected_version(request)
        return answer(
            request, self.actor, lambda: vips.update(self.actor, vip_id, patch, expect=expect)
        )

    @write_schema(versioned=True)
    def delete(self, request: Request, slug: str, vip_id: UUID) -> Response:
        """Delete the VIP."""
        expect = expected_version(request)
        return answer(request, self.actor, lambda: vips.delete(self.actor, vip_id, expect=expect))


class VipMembers(TenantApi):
    """The machines that serve a VIP."""

    capability = Capability.NETWORK_VIEW

    @extend_schema(responses=page_of(PortSerializer))
    def get(self, request: Request, slug: str, vip_id: UUID) -> Response:
        """As they are now."""
        return self.page(selectors.vip_members(self.actor, vip_id), PortSerializer)


def _tuples(fields: dict[str, Any]) -> dict[str, Any]:
    lists = ("ports", "members")
    return {name: tuple(value) if name in lists else value for name, value in fields.items()}
