"""Which plan a customer is on, as programs write and read it."""

from rest_framework import serializers

from billing.services.plans import CODE_LONGEST
from portal.lib.serializers import StrictSerializer


class SubscriptionSerializer(StrictSerializer):
    """A plan of a customer from `start` until before `end`; null while it lasts."""

    plan = serializers.CharField(source="plan_code", read_only=True)
    start = serializers.DateTimeField(read_only=True)
    end = serializers.DateTimeField(read_only=True, allow_null=True)


class NewSubscriptionSerializer(StrictSerializer):
    """Another plan, from `start` on; at once where it is null."""

    plan = serializers.CharField(max_length=CODE_LONGEST)
    start = serializers.DateTimeField(required=False, allow_null=True, default=None)
