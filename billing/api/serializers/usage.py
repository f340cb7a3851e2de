"""Usage rows, and how they are asked for."""

from typing import Any

from rest_framework import serializers

from billing.api.serializers.fields import ExactField, MeterField
from billing.rating.meters import METERS
from portal.lib.serializers import StrictSerializer

PAGE_SIZE = 200
PAGE_LIMIT = 1000


class UsageQuery(StrictSerializer):
    """Of which month: `2026-11`. `cursor` is what the last page gave."""

    period = serializers.CharField(max_length=20)
    cursor = serializers.CharField(required=False)
    page_size = serializers.IntegerField(
        required=False, min_value=1, max_value=PAGE_LIMIT, default=PAGE_SIZE
    )


class StaffUsageQuery(UsageQuery):
    """The same, of all customers or of one, by its slug."""

    customer = serializers.SlugField(required=False)


class UsageSerializer(StrictSerializer):
    """What one noun used of one meter on one day. `units` are exact integers (seconds or bytes);
    `quantity` is the same in hours or GB (10^9 bytes), each row rounded to 6 decimals.
    `covered_seconds` says for how long counters were read; null where none are."""

    customer = serializers.CharField(read_only=True)
    resource = serializers.UUIDField(source="row.place.resource_id", read_only=True)
    resource_type = serializers.CharField(source="row.noun", read_only=True)
    resource_name = serializers.CharField(source="row.name", read_only=True)
    network = serializers.UUIDField(source="row.network_id", read_only=True, allow_null=True)
    network_name = serializers.CharField(source="row.network", read_only=True)
    attributes = serializers.SerializerMethodField()
    labels = serializers.DictField(
        source="row.labels", child=serializers.CharField(), read_only=True
    )
    meter = MeterField(source="row.place.meter")
    day = serializers.DateField(source="row.place.day", read_only=True)
    units = serializers.IntegerField(source="row.units", read_only=True)
    unit = serializers.SerializerMethodField()
    quantity = ExactField(6, source="row.quantity")
    quantity_unit = serializers.SerializerMethodField()
    covered_seconds = serializers.IntegerField(
        source="row.covered_seconds", read_only=True, allow_null=True
    )
    generated = serializers.BooleanField(source="row.place.generated", read_only=True)

    def get_attributes(self, shown: Any) -> dict[str, str]:
        """What may change the price."""
        return dict(shown.row.place.attributes)

    def get_unit(self, shown: Any) -> str:
        """What `units` are: "second" or "byte"."""
        return METERS[shown.row.place.meter].units

    def get_quantity_unit(self, shown: Any) -> str:
        """What `quantity` is of: "hour" or "GB"."""
        return METERS[shown.row.place.meter].unit


class UsagePageSerializer(StrictSerializer):
    """Rows by customer, noun, meter and day. `complete` says that the month is over and the last
    of it came in, so that what was read stays as it is."""

    next = serializers.URLField(read_only=True, allow_null=True)
    as_of = serializers.DateTimeField(read_only=True)
    complete = serializers.BooleanField(read_only=True)
    results = UsageSerializer(many=True, read_only=True)
