"""What a change costs, as the API tells it beside the change."""

from typing import Any

from rest_framework import serializers

from billing.api.serializers.fields import ExactField, MeterField
from billing.services.prices import price_of
from portal.lib.serializers import StrictSerializer


class PriceLineSerializer(StrictSerializer):
    """What one price adds to a month. `where` are the attributes that it is for."""

    meter = MeterField()
    where = serializers.SerializerMethodField()
    quantity = ExactField(6)
    unit = serializers.CharField(read_only=True)
    amount = ExactField()
    estimated = serializers.BooleanField(read_only=True)

    def get_where(self, line: Any) -> dict[str, str]:
        """As a mapping."""
        return dict(line.where)


class PriceSerializer(StrictSerializer):
    """What a change adds to a month as long as `month`, at the prices of `plan` in version
    `version`: those that hold now, or held when the change was accepted. `fixed` is exact.
    `traffic` is estimated from the last `traffic_days` days of `traffic_machines` other machines,
    or with 0 of the machine itself; null where none has a price or none was observed. Null as a
    whole for what costs nothing, and without a plan."""

    plan = serializers.CharField(read_only=True)
    version = serializers.IntegerField(read_only=True)
    currency = serializers.CharField(read_only=True)
    month = serializers.CharField(source="period", read_only=True)
    fixed = ExactField()
    traffic = ExactField(allow_null=True)
    traffic_days = serializers.IntegerField(source="days", read_only=True)
    traffic_machines = serializers.IntegerField(source="machines", read_only=True)
    lines = PriceLineSerializer(many=True, read_only=True)

    def to_representation(self, act: Any) -> Any:
        """Of a change or a preview."""
        price = price_of(self.context["actor"], act)
        return None if price is None else super().to_representation(price)
