"""How a write is answered: 202 with the change, or the plan when it was only asked for."""

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from networking.api.serializers import ChangeSerializer, PreviewSerializer
from networking.models import Change
from networking.services import changes
from portal.lib.errors import Refusal
from portal.lib.etags import etag
from portal.lib.serializers import StrictSerializer
from tenants.access import Actor

DRY_RUN = OpenApiParameter(
    "dry_run",
    OpenApiTypes.BOOL,
    description="`true`: answer 200 with the plan and write nothing.",
)
GENERATION = OpenApiParameter(
    "generation",
    OpenApiTypes.INT,
    description="Write only if the plan of this generation, from a dry run, still holds; else 412.",
)
IF_MATCH = OpenApiParameter(
    "If-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="The ETag that was read; 412 when the object was changed since.",
)
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="A request sent again with the same key is answered again, not done again.",
)


class QuerySerializer(StrictSerializer):
    """What the query string of a write may say."""

    dry_run = serializers.BooleanField(default=False)
    generation = serializers.IntegerField(default=None, allow_null=True)


def write_schema(request: Any = None, *, versioned: bool = False) -> Callable[..., Any]:
    """The OpenAPI description that all writes of this app share."""
    parameters = [DRY_RUN, GENERATION, IDEMPOTENCY_KEY, *([IF_MATCH] if versioned else [])]
    responses = {202: ChangeSerializer, 200: PreviewSerializer}
    return extend_schema(request=request, responses=responses, parameters=parameters)


def answer(request: Request, actor: Actor, act: Callable[[], Change]) -> Response:
    """Do the act and answer 202 with its change; with `?dry_run=true` answer its plan instead.

    `?generation=N` does it only if the plan that was made on N still holds.
    """
    query = QuerySerializer(data=request.query_params.dict())
    query.is_valid(raise_exception=True)
    asked = query.validated_data
    if asked["dry_run"]:
        return Response(PreviewSerializer(changes.preview(act)).data)
    generation = asked["generation"]
    change = act() if generation is None else changes.confirm(actor, generation, act)
    where = reverse("networking_api:change", args=[change.tenant.slug, change.id])
    body = ChangeSerializer(change).data
    return Response(body, status.HTTP_202_ACCEPTED, headers={"Location": where})


def versioned(data: Any, version: int) -> Response:
    """One object with its ETag."""
    return Response(data, headers={"ETag": etag(version)})


def given(
    serializer: type[serializers.Serializer[Any]], request: Request, *, partial: bool = False
) -> dict[str, Any]:
    """The request's body, checked. Raises ValidationError or, for an empty patch, Refusal."""
    checked = serializer(data=request.data, partial=partial)
    checked.is_valid(raise_exception=True)
    if partial and not checked.validated_data:
        names = ", ".join(name for name, field in checked.fields.items() if not field.read_only)
        raise Refusal("nothing-to-change", f"The body names no field. There are: {names}.")
    values: dict[str, Any] = checked.validated_data
    return values
