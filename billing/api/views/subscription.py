"""Which plan a customer is on, for the provider's finance."""

from datetime import UTC, datetime

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from billing import selectors
from billing.api.serializers.subscription import NewSubscriptionSerializer, SubscriptionSerializer
from billing.api.views.plan import PlanApi
from billing.services import subscriptions
from portal.lib.idempotency import IDEMPOTENCY_KEY
from portal.lib.serializers import given
from tenants import selectors as tenants

FOREVER = datetime.max.replace(tzinfo=UTC)


class CustomerSubscriptions(PlanApi):
    """Which plan a customer is on."""

    @extend_schema(
        operation_id="billing_customers_subscriptions_list",
        responses=SubscriptionSerializer(many=True),
    )
    def get(self, request: Request, slug: str) -> Response:
        """Now and later."""
        customer = tenants.customer(self.actor, slug).ref
        rows = selectors.subscriptions([customer.id], timezone.now(), FOREVER)
        return Response(SubscriptionSerializer(rows, many=True).data)

    @extend_schema(
        request=NewSubscriptionSerializer,
        responses={201: SubscriptionSerializer},
        parameters=[IDEMPOTENCY_KEY],
    )
    def post(self, request: Request, slug: str) -> Response:
        """Another plan from a moment on; the one before ends there."""
        customer = tenants.customer(self.actor, slug).ref
        wanted = given(NewSubscriptionSerializer, request)
        made = subscriptions.subscribe(self.actor, customer.id, wanted["plan"], wanted["start"])
        return Response(SubscriptionSerializer(made).data, status.HTTP_201_CREATED)
