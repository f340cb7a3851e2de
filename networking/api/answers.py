"""How a write is answered: 202 with the change, or the plan when it was only asked for."""

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from networking.api.serializers import (
    ChangeSerializer,
    PreviewSerializer,
    QuestionSerializer,
    TrialSerializer,
)
from networking.models import Change
from networking.services import changes
from networking.services.reaching import try_out
from portal.lib.etags import etag
from portal.lib.idempotency import IDEMPOTENCY_KEY
from portal.lib.serializers import StrictSerializer
from tenants.access import Actor

QUESTION = ("source", "destination", "protocol", "port", "version")
ASKED = [
    OpenApiParameter(
        name,
        OpenApiTypes.STR,
        description="With dry_run: as in `reach`, answered before and after the write.",
    )
    for name in QUESTION
]
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


class QuerySerializer(StrictSerializer):
    """What the query string of a write may say. With a dry run it may put a question, too."""

    dry_run = serializers.BooleanField(default=False)
    generation = serializers.IntegerField(default=None, allow_null=True)
    source = serializers.CharField(required=False)  # type: ignore[assignment]
    destination = serializers.CharField(required=False)
    protocol = serializers.CharField(required=False)
    port = serializers.CharField(required=False)
    version = serializers.CharField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse a question about what is going to be done."""
        if not attrs["dry_run"] and (asked := sorted(attrs.keys() & set(QUESTION))):
            raise serializers.ValidationError(
                {name: ["A question goes with dry_run=true."] for name in asked}
            )
        return attrs


def write_schema(request: Any = None, *, versioned: bool = False) -> Callable[..., Any]:
    """The OpenAPI description that all writes of this app share."""
    parameters = [DRY_RUN, *ASKED, GENERATION, IDEMPOTENCY_KEY, *([IF_MATCH] if versioned else [])]
    responses = {202: ChangeSerializer, 200: PreviewSerializer}
    return extend_schema(request=request, responses=responses, parameters=parameters)


def answer(request: Request, actor: Actor, act: Callable[[], Change]) -> Response:
    """Do the act and answer 202 with its change; with `?dry_run=true` answer its plan instead, and
    whether one reaches another if that is asked, too.

    `?generation=N` does it only if the plan that was made on N still holds.
    """
    query = QuerySerializer(data=request.query_params.dict())
    query.is_valid(raise_exception=True)
    asked = query.validated_data
    if asked["dry_run"]:
        return Response(_foreseen(actor, act, {k: asked[k] for k in QUESTION if k in asked}))
    generation = asked["generation"]
    change = act() if generation is None else changes.confirm(actor, generation, act)
    where = reverse("networking_api:change", args=[change.tenant.slug, change.id])
    body = ChangeSerializer(change).data
    return Response(body, status.HTTP_202_ACCEPTED, headers={"Location": where})


def _foreseen(actor: Actor, act: Callable[[], Change], asked: dict[str, str]) -> dict[str, Any]:
    if not asked:
        return _shown(actor, changes.preview(act))
    trial = try_out(actor, act, QuestionSerializer(data=asked).question())
    return _shown(actor, trial.preview) | {"reach": TrialSerializer(trial).data}


def _shown(actor: Actor, preview: changes.Preview) -> dict[str, Any]:
    """The preview, with what other apps say of it."""
    return dict(PreviewSerializer(preview, context={"actor": actor}).data)


def versioned(data: Any, version: int) -> Response:
    """One object with its ETag."""
    return Response(data, headers={"ETag": etag(version)})
