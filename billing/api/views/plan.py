"""Plans and their versions, for the provider's finance."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from billing import selectors
from billing.api.serializers.plan import (
    NewVersionSerializer,
    PlanSerializer,
    PriceEditSerializer,
    PricesSerializer,
    PublishSerializer,
    RehearsalSerializer,
    VersionSerializer,
)
from billing.rating.difference import price_edits
from billing.rating.prices import Prices, fingerprint
from billing.selectors import VersionRow
from billing.services import plans
from billing.statements.draft import rehearse
from billing.statements.periods import begun, this_period
from portal.lib.errors import Refusal
from portal.lib.idempotency import IDEMPOTENCY_KEY
from portal.lib.serializers import given
from tenants.access import Capability
from tenants.api.base import StaffApi

PERIOD = OpenApiParameter("period", OpenApiTypes.STR, description="a month; by default the last")
AGAINST = OpenApiParameter(
    "against", OpenApiTypes.INT, description="a version's number; by default the one before"
)

IF_MATCH = OpenApiParameter(
    "If-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="The ETag of the prices that are meant; 412 when they were edited since.",
)


class PlanApi(StaffApi):
    """Read and written by finance."""

    capability = Capability.STAFF_BILLING_VIEW
    write_capability = Capability.STAFF_BILLING_WRITE


class Plans(PlanApi):
    """All plans."""

    @extend_schema(operation_id="billing_plans_list", responses=PlanSerializer(many=True))
    def get(self, request: Request) -> Response:
        """By code."""
        return Response(PlanSerializer(selectors.plans(), many=True).data)

    @extend_schema(
        request=PlanSerializer, responses={201: PlanSerializer}, parameters=[IDEMPOTENCY_KEY]
    )
    def post(self, request: Request) -> Response:
        """A plan without a version."""
        made = plans.create(self.actor, **given(PlanSerializer, request))
        return Response(PlanSerializer(made).data, status.HTTP_201_CREATED)


class Plan(PlanApi):
    """One plan."""

    @extend_schema(responses=PlanSerializer)
    def get(self, request: Request, code: str) -> Response:
        """With its versions."""
        return Response(PlanSerializer(selectors.plan(code)).data)


class Versions(PlanApi):
    """The versions of a plan."""

    @extend_schema(
        request=NewVersionSerializer,
        responses={201: VersionSerializer},
        parameters=[IDEMPOTENCY_KEY],
    )
    def post(self, request: Request, code: str) -> Response:
        """A draft with the prices of a version; a plan has one draft at a time."""
        source = given(NewVersionSerializer, request)["source"]
        return _tagged(plans.create_version(self.actor, code, source), status.HTTP_201_CREATED)


class Version(PlanApi):
    """One version."""

    @extend_schema(responses=VersionSerializer)
    def get(self, request: Request, code: str, number: int) -> Response:
        """With its prices, whose fingerprint is the ETag."""
        return _tagged(selectors.numbered(code, number))

    @extend_schema(
        request=PricesSerializer, responses=VersionSerializer, parameters=[IDEMPOTENCY_KEY]
    )
    def put(self, request: Request, code: str, number: int) -> Response:
        """Give a draft these prices."""
        given = PricesSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        draft = selectors.numbered(code, number)
        return _tagged(plans.edit_draft(self.actor, draft.id, given.inputs()))

    @extend_schema(responses={204: None}, parameters=[IDEMPOTENCY_KEY])
    def delete(self, request: Request, code: str, number: int) -> Response:
        """Discard a draft."""
        plans.discard(self.actor, selectors.numbered(code, number).id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class Publication(PlanApi):
    """The publication of a draft."""

    @extend_schema(
        request=PublishSerializer,
        responses=VersionSerializer,
        parameters=[IDEMPOTENCY_KEY, IF_MATCH],
    )
    def post(self, request: Request, code: str, number: int) -> Response:
        """Let its prices hold. They never change afterwards."""
        start = given(PublishSerializer, request)["valid_from"]
        meant = request.headers.get("If-Match", "*").strip().strip('"')
        draft = selectors.numbered(code, number)
        looked_at = None if meant == "*" else meant
        return _tagged(plans.publish(self.actor, draft.id, start, looked_at=looked_at))


class Difference(PlanApi):
    """What a version changes."""

    @extend_schema(
        operation_id="billing_plans_versions_difference_list",
        responses=PriceEditSerializer(many=True),
        parameters=[AGAINST],
    )
    def get(self, request: Request, code: str, number: int) -> Response:
        """Against another version of the plan; a first one against no prices at all."""
        row = selectors.numbered(code, number)
        former = _former(row, request.query_params.get("against", ""))
        return Response(PriceEditSerializer(price_edits(former, row.prices), many=True).data)


class Preview(PlanApi):
    """What a version would have cost everybody."""

    @extend_schema(responses=RehearsalSerializer, parameters=[PERIOD])
    def get(self, request: Request, code: str, number: int) -> Response:
        """In a month, as if its plan had had these prices all along."""
        asked = request.query_params.get("period", "")
        period = begun(asked) if asked else this_period().previous
        found = rehearse(period, selectors.numbered(code, number).prices)
        return Response(RehearsalSerializer(found).data)


def _tagged(row: VersionRow, status_code: int = status.HTTP_200_OK) -> Response:
    """A version with the fingerprint of its prices."""
    tag = {"ETag": f'"{fingerprint(row.prices)}"'}
    return Response(VersionSerializer(row).data, status_code, headers=tag)


def _former(row: VersionRow, asked: str) -> Prices:
    """The prices to compare with: those of the version asked for, or of the one before."""
    versions = selectors.plan(row.plan_code).versions
    if asked:
        found = next((one for one in versions if str(one.number) == asked), None)
        if found is None:
            raise Refusal(
                "not-found",
                f"{row.plan_name} has no version {asked[:20]!r} to compare with.",
                field="against",
                status=404,
            )
        return found.prices
    before = (one.prices for one in versions if one.number < row.number)
    return next(before, Prices(row.plan_code, 0, row.prices.currency, ()))
