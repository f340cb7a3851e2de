"""Changes: what was asked, how far it has come, and the way back."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from networking import selectors
from networking.api.answers import answer, write_schema
from networking.api.filters import ChangeQuery, narrowing
from networking.api.serializers import ChangeDetailSerializer, ChangeSerializer
from networking.services import changes
from portal.lib.pagination import page_of
from tenants.access import Capability
from tenants.api.base import TenantApi


class Changes(TenantApi):
    """The tenant's changes."""

    capability = Capability.NETWORK_VIEW

    @extend_schema(
        operation_id="tenants_changes_list",
        responses=page_of(ChangeSerializer),
        parameters=[ChangeQuery],
    )
    def get(self, request: Request, slug: str) -> Response:
        """Newest first."""
        rows = selectors.changes(self.actor, **narrowing(ChangeQuery, request))
        return self.page(rows, ChangeSerializer)


class Change(TenantApi):
    """One change."""

    capability = Capability.NETWORK_VIEW

    @extend_schema(responses=ChangeDetailSerializer)
    def get(self, request: Request, slug: str, change_id: UUID) -> Response:
        """The change with its verdicts."""
        change = selectors.change(self.actor, change_id)
        return Response(ChangeDetailSerializer(change, context={"actor": self.actor}).data)


class Revert(TenantApi):
    """The way back from a change."""

    capability = Capability.NETWORK_WRITE

    @write_schema()
    def post(self, request: Request, slug: str, change_id: UUID) -> Response:
        """Undo the change by another one."""
        return answer(request, self.actor, lambda: changes.revert(self.actor, change_id))
