"""How the provider's writes are answered: 202 with the change, or its plan."""

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from networking.api.answers import DRY_RUN, IF_MATCH
from networking.api.serializers import ChangeSerializer, PreviewSerializer
from networking.services.changes import preview
from portal.lib.idempotency import IDEMPOTENCY_KEY
from portal.lib.serializers import StrictSerializer
from tenants.access import TenantRef


class DryRunSerializer(StrictSerializer):
    """What the query string of a write may say."""

    dry_run = serializers.BooleanField(default=False)


def write_schema(request: Any = None, *, versioned: bool = False) -> Callable[..., Any]:
    """The OpenAPI description that the provider's writes share."""
    parameters = [DRY_RUN, IDEMPOTENCY_KEY, *([IF_MATCH] if versioned else [])]
    responses = {202: ChangeSerializer, 200: PreviewSerializer}
    return extend_schema(request=request, responses=responses, parameters=parameters)


def dry_run(request: Request) -> bool:
    """Whether nothing shall be written. Raises ValidationError for any other parameter."""
    query = DryRunSerializer(data=request.query_params.dict())
    query.is_valid(raise_exception=True)
    asked: bool = query.validated_data["dry_run"]
    return asked


def answer(request: Request, customer: TenantRef, act: Callable[[], Any]) -> Response:
    """Do the act and answer 202 with its change; with `?dry_run=true` answer its plan instead."""
    if dry_run(request):
        context = {"actor": request._request.actor}  # type: ignore[attr-defined]
        return Response(PreviewSerializer(preview(act), context=context).data)
    change = act()
    where = reverse("portal_api:customer_change", args=[customer.slug, change.id])
    body = ChangeSerializer(change).data
    return Response(body, status.HTTP_202_ACCEPTED, headers={"Location": where})
