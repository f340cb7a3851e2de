"""Customers: list, onboard, read, rename, suspend; and their changes."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from networking import selectors as networking
from networking.api.answers import DRY_RUN
from networking.api.serializers import ChangeSerializer
from networking.selectors.base import one
from portal.api.answers import dry_run
from portal.api.serializers.customer import (
    CustomerPatchSerializer,
    CustomerSerializer,
    NewCustomerSerializer,
    OnboardedSerializer,
)
from portal.api.views.base import CustomerApi, CustomersApi
from portal.lib.idempotency import IDEMPOTENCY_KEY
from portal.lib.pagination import Cursor, page_of
from portal.lib.serializers import StrictSerializer, given
from portal.services import customers, onboarding
from portal.services.onboarding import Onboarded
from tenants import selectors
from tenants.access import Actor
from tenants.models import TenantState
from tenants.selectors import CustomerRow


class CustomerQuerySerializer(StrictSerializer):
    """What a list of customers can be narrowed by."""

    q = serializers.CharField(default="", allow_blank=True)
    state = serializers.ChoiceField(TenantState.choices, default="", allow_blank=True)
    cursor = serializers.CharField(required=False)
    page_size = serializers.IntegerField(required=False)


class Customers(CustomersApi):
    """All customers."""

    secret_answer = True  # the first admin's link

    @extend_schema(
        operation_id="customers_list",
        responses=page_of(CustomerSerializer),
        parameters=[
            OpenApiParameter("q", OpenApiTypes.STR, description="part of a name or slug"),
            OpenApiParameter("state", OpenApiTypes.STR, description="a state"),
        ],
    )
    def get(self, request: Request) -> Response:
        """Newest first."""
        query = CustomerQuerySerializer(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        asked = query.validated_data
        rows = selectors.customers(self.actor, q=asked["q"], state=asked["state"])
        paginator = Cursor()
        shown: Any = paginator.paginate_queryset(rows, request, view=self)
        found = [selectors.customer_row(values) for values in shown]
        return paginator.get_paginated_response(_with_health(self.actor, found))

    @extend_schema(
        request=NewCustomerSerializer,
        responses={201: OnboardedSerializer, 204: None},
        parameters=[DRY_RUN, IDEMPOTENCY_KEY],
    )
    def post(self, request: Request) -> Response:
        """Onboard a customer: all of it, or nothing. A dry run answers 204 if it would go."""
        wanted = NewCustomerSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        if dry_run(request):
            onboarding.check(self.actor, wanted.to_input())
            return Response(status=status.HTTP_204_NO_CONTENT)
        onboarded = onboarding.onboard(self.actor, wanted.to_input())
        where = reverse("portal_api:customer", args=[onboarded.tenant.slug])
        body = _onboarded(self.actor, onboarded)
        return Response(body, status.HTTP_201_CREATED, headers={"Location": where})


class Customer(CustomerApi):
    """One customer."""

    @extend_schema(responses=CustomerSerializer)
    def get(self, request: Request, slug: str) -> Response:
        """The customer and how its network is."""
        return Response(_with_health(self.actor, [self.customer])[0])

    @extend_schema(request=CustomerPatchSerializer, responses=CustomerSerializer)
    def patch(self, request: Request, slug: str) -> Response:
        """Rename it, suspend it or take it back."""
        customer = self.customer
        fields = given(CustomerPatchSerializer, request, partial=True)
        customers.update(self.actor, customer.ref, **fields)
        return Response(_with_health(self.actor, [self.customer])[0])


class CustomerChanges(CustomerApi):
    """A customer's changes."""

    @extend_schema(operation_id="customers_changes_list", responses=page_of(ChangeSerializer))
    def get(self, request: Request, slug: str) -> Response:
        """Newest first."""
        rows = networking.changes(self.actor).filter(tenant_id=self.customer.ref.id)
        return self.page(rows, ChangeSerializer)


class CustomerChange(CustomerApi):
    """One change of a customer."""

    @extend_schema(responses=ChangeSerializer)
    def get(self, request: Request, slug: str, change_id: UUID) -> Response:
        """The change with its verdicts."""
        rows = networking.changes(self.actor).filter(tenant_id=self.customer.ref.id)
        return Response(ChangeSerializer(one(rows, change_id, "change")).data)


def _with_health(actor: Actor, rows: Iterable[CustomerRow]) -> Any:
    found = list(rows)
    healths = networking.customer_health(actor, [row.ref.id for row in found])
    pairs = [{"row": row, "health": healths[row.ref.id]} for row in found]
    return CustomerSerializer(pairs, many=True).data


def _onboarded(actor: Actor, onboarded: Onboarded) -> dict[str, Any]:
    rows = networking.changes(actor).filter(id__in=onboarded.changes)
    row = selectors.customer(actor, onboarded.tenant.slug)
    link = onboarded.invitation.link if onboarded.invitation else ""
    return {
        "customer": _with_health(actor, [row])[0],
        "changes": ChangeSerializer(rows, many=True).data,
        "invitation_link": link if settings.SHOW_INVITATION_LINKS else "",
    }
