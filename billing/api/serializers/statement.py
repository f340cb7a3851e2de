"""A statement in the API's description; `billing.statements.canonical` writes it down."""

from rest_framework import serializers

from billing.api.serializers.fields import ExactField, MeterField
from portal.lib.serializers import StrictSerializer


class PeriodSerializer(StrictSerializer):
    """A month of the issuer's calendar."""

    month = serializers.CharField()
    zone = serializers.CharField()


class CoverageSerializer(StrictSerializer):
    """For how many seconds counters were read, of those that they should have been."""

    covered = serializers.IntegerField()
    expected = serializers.IntegerField()


class ResourceSerializer(StrictSerializer):
    """What was used, as it was last known; it may be gone."""

    id = serializers.UUIDField()
    noun = serializers.CharField()
    name = serializers.CharField()
    network_id = serializers.UUIDField(allow_null=True)
    network = serializers.CharField()
    labels = serializers.DictField(child=serializers.CharField())


class DayChargeSerializer(StrictSerializer):
    """A resource's part of a line on one day."""

    day = serializers.DateField()
    units = serializers.IntegerField()
    quantity = ExactField(6)
    exact = ExactField()


class ResourceChargeSerializer(StrictSerializer):
    """A resource's part of a line; the days sum to it."""

    resource = ResourceSerializer()
    units = serializers.IntegerField()
    quantity = ExactField(6)
    exact = ExactField()
    coverage = CoverageSerializer(allow_null=True)
    generated = serializers.BooleanField()
    days = DayChargeSerializer(many=True)


class BandSerializer(StrictSerializer):
    """The quantity above `above` up to `up_to` at `unit_price`; number 0 is what is included."""

    number = serializers.IntegerField()
    above = ExactField(6)
    up_to = ExactField(6, allow_null=True)
    unit_price = ExactField(10)


class LineSerializer(StrictSerializer):
    """One price and what was used at it; `amount` is `exact` rounded once."""

    meter = MeterField()
    title = serializers.CharField()
    where = serializers.DictField(child=serializers.CharField())
    band = BandSerializer()
    start = serializers.DateTimeField()
    end = serializers.DateTimeField()
    versions = serializers.ListField(child=serializers.CharField())
    unit = serializers.CharField()
    units_name = serializers.CharField()
    units = serializers.IntegerField()
    quantity = ExactField(6)
    exact = ExactField()
    amount = ExactField(2)
    generated = serializers.BooleanField()
    resources = ResourceChargeSerializer(many=True)


class MeterSumSerializer(StrictSerializer):
    """All lines of a meter."""

    meter = MeterField()
    title = serializers.CharField()
    unit = serializers.CharField()
    units = serializers.IntegerField()
    quantity = ExactField(6)
    exact = ExactField()
    amount = ExactField(2)
    coverage = CoverageSerializer(allow_null=True)


class UnpricedSerializer(StrictSerializer):
    """Usage without a price; in no amount."""

    meter = MeterField()
    title = serializers.CharField()
    unit = serializers.CharField()
    units = serializers.IntegerField()
    quantity = ExactField(6)


class CoveredSerializer(StrictSerializer):
    """How much of a port's traffic is known."""

    resource = ResourceSerializer()
    coverage = CoverageSerializer()


class StatementSerializer(StrictSerializer):
    """A customer's month. While it lasts, and five minutes longer in which the last of it comes in,
    `complete` is false and `as_of` says until when usage is counted; afterwards the bytes are the
    same each time, and the ETag is their SHA-256."""

    version = serializers.IntegerField()
    tenant_id = serializers.UUIDField()
    tenant_slug = serializers.CharField()
    tenant_name = serializers.CharField()
    period = PeriodSerializer()
    start = serializers.DateTimeField()
    end = serializers.DateTimeField()
    as_of = serializers.DateTimeField()
    complete = serializers.BooleanField()
    currency = serializers.CharField()
    lines = LineSerializer(many=True)
    meters = MeterSumSerializer(many=True)
    unpriced = UnpricedSerializer(many=True)
    coverage = CoveredSerializer(many=True)
    total = ExactField(2)
    exact = ExactField()
    generated = serializers.BooleanField()
