"""Usage rows, for the customer and for the provider's finance."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from billing.api.serializers.usage import (
    StaffUsageQuery,
    UsagePageSerializer,
    UsageQuery,
    UsageSerializer,
)
from billing.api.usage_cursor import read, written
from billing.exports.usage import UsageRow, reading, rows_after
from billing.rating.period import moment
from billing.statements.periods import begun
from tenants import selectors
from tenants.access import Capability
from tenants.api.base import StaffApi, TenantApi
from tenants.selectors import customer_row, customers


@dataclass(frozen=True, slots=True)
class Shown:
    """A row and its customer's slug."""

    customer: str
    row: UsageRow


class TenantUsage(TenantApi):
    """What the tenant used in a month, row by row."""

    capability = Capability.BILLING_VIEW

    @extend_schema(
        operation_id="tenants_billing_usage_list",
        responses=UsagePageSerializer,
        parameters=[UsageQuery],
    )
    def get(self, request: Request, slug: str) -> Response:
        """By noun, meter and day."""
        asked = _asked(UsageQuery, request)
        return _usage(request, asked, [self.tenant.id], {self.tenant.id: self.tenant.slug})


class Usage(StaffApi):
    """What all customers used in a month, row by row: the same as `usage-csv`."""

    capability = Capability.STAFF_BILLING_VIEW

    @extend_schema(
        operation_id="billing_usage_list",
        responses=UsagePageSerializer,
        parameters=[StaffUsageQuery],
    )
    def get(self, request: Request) -> Response:
        """By customer, noun, meter and day."""
        asked = _asked(StaffUsageQuery, request)
        slugs = {row.ref.id: row.ref.slug for row in map(customer_row, customers(self.actor))}
        wanted: list[UUID] | None = None
        if "customer" in asked:
            wanted = [selectors.customer(self.actor, asked["customer"]).ref.id]
        return _usage(request, asked, wanted, slugs)


def _asked(query: type[UsageQuery], request: Request) -> dict[str, Any]:
    """The query string. Raises ValidationError or Refusal naming what is wrong."""
    given = query(data=request.query_params.dict())
    given.is_valid(raise_exception=True)
    found: dict[str, Any] = dict(given.validated_data)
    found["period"] = begun(found["period"])
    return found


def _usage(
    request: Request,
    asked: Mapping[str, Any],
    tenant_ids: Collection[UUID] | None,
    slugs: Mapping[UUID, str],
) -> Response:
    after = read(asked["cursor"]) if "cursor" in asked else None
    what = reading(asked["period"], timezone.now(), tenant_ids)
    rows, more = rows_after(what, after, asked["page_size"])
    here = request.build_absolute_uri()
    onward = replace_query_param(here, "cursor", written(rows[-1].place)) if more else None
    shown = [Shown(slugs[row.place.tenant_id], row) for row in rows]
    return Response(
        {
            "next": onward,
            "as_of": moment(what.until),
            "complete": what.complete,
            "results": UsageSerializer(shown, many=True).data,
        }
    )
