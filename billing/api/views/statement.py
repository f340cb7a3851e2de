"""Statements, for the customer and for the provider's finance."""

from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from billing.api.serializers.statement import StatementSerializer
from billing.statements import canonical, digest, statement
from billing.statements.periods import begun
from tenants import selectors
from tenants.access import Capability
from tenants.api.base import StaffApi, TenantApi

PERIOD = OpenApiParameter(
    "period", OpenApiTypes.STR, OpenApiParameter.PATH, description="a month: 2026-11"
)


class TenantStatement(TenantApi):
    """The tenant's statement of a month."""

    capability = Capability.BILLING_VIEW

    @extend_schema(responses=StatementSerializer, parameters=[PERIOD])
    def get(self, request: Request, slug: str, period: str) -> HttpResponse:
        """As it is now; the same bytes each time once the month is over."""
        return _statement(self.tenant.id, period)


class CustomerStatement(StaffApi):
    """A customer's statement of a month."""

    capability = Capability.STAFF_BILLING_VIEW

    @extend_schema(responses=StatementSerializer, parameters=[PERIOD])
    def get(self, request: Request, slug: str, period: str) -> HttpResponse:
        """As the customer gets it."""
        return _statement(selectors.customer(self.actor, slug).ref.id, period)


def _statement(tenant_id: UUID, text: str) -> HttpResponse:
    content = canonical(statement(tenant_id, begun(text)))
    return HttpResponse(
        content, content_type="application/json", headers={"ETag": f'"{digest(content)}"'}
    )
