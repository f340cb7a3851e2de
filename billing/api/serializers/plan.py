"""Plans and their versions as programs write and read them."""

from typing import Any

from rest_framework import serializers

from billing.api.serializers.fields import ExactField
from billing.rating.difference import Sense
from billing.rating.meters import Meter
from billing.rating.money import PRICE, QUANTITY
from billing.rating.prices import Model
from billing.services.plans import CODE_LONGEST, CURRENCIES, NAME_LONGEST, ComponentInput, TierInput
from portal.lib.serializers import StrictSerializer


class Number(serializers.CharField):
    """A decimal number as text; the service judges it. Read back without rounding."""

    def to_internal_value(self, data: Any) -> str:
        """Integers are taken as they are. Raises ValidationError for others: what was read into a
        float is not what was written."""
        if isinstance(data, float):
            self.fail("invalid")
        return super().to_internal_value(data)

    def to_representation(self, value: Any) -> str:
        """All digits that say something."""
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text


class TierSerializer(StrictSerializer):
    """A price up to a quantity of the month; null is without end, which the last tier has."""

    up_to = Number(allow_null=True, default=None)
    unit_price = Number(help_text=f"up to {-int(PRICE.as_tuple().exponent)} decimals")


class ComponentSerializer(StrictSerializer):
    """What one meter costs. `included` is the month's quantity that is free; `where` are the
    attributes that usage must have."""

    meter = serializers.ChoiceField([meter.value for meter in Meter])
    model = serializers.ChoiceField([model.value for model in Model])
    included = Number(default="0", help_text=f"up to {-int(QUANTITY.as_tuple().exponent)} decimals")
    where = serializers.DictField(child=serializers.CharField(), default=dict)
    tiers = TierSerializer(many=True)

    def to_representation(self, component: Any) -> Any:
        """`where` as a mapping."""
        shown = {
            "meter": component.meter,
            "model": component.model,
            "included": component.included,
            "where": dict(component.where),
            "tiers": component.tiers,
        }
        return super().to_representation(shown)


class PricesSerializer(StrictSerializer):
    """All prices of a draft; they take the place of those that it has."""

    components = ComponentSerializer(many=True)

    def inputs(self) -> tuple[ComponentInput, ...]:
        """What the service takes, once the body is valid."""
        return tuple(
            ComponentInput(
                meter=one["meter"],
                model=one["model"],
                tiers=tuple(TierInput(tier["unit_price"], tier["up_to"]) for tier in one["tiers"]),
                included=one["included"],
                where=one["where"],
            )
            for one in self.validated_data["components"]
        )


class VersionSerializer(StrictSerializer):
    """A version of a plan. A draft has no times; `content_hash` is the SHA-256 of its prices once
    they are published."""

    plan = serializers.CharField(source="plan_code", read_only=True)
    number = serializers.IntegerField(read_only=True)
    state = serializers.ChoiceField(["draft", "published"], read_only=True)
    valid_from = serializers.DateTimeField(read_only=True, allow_null=True)
    valid_to = serializers.DateTimeField(read_only=True, allow_null=True)
    published_at = serializers.DateTimeField(read_only=True, allow_null=True)
    content_hash = serializers.CharField(read_only=True)
    components = ComponentSerializer(source="prices.components", many=True, read_only=True)


class PlanSerializer(StrictSerializer):
    """A plan with its versions, newest first. `customers` are on it now."""

    code = serializers.CharField(max_length=CODE_LONGEST)
    name = serializers.CharField(max_length=NAME_LONGEST)
    currency = serializers.ChoiceField(CURRENCIES, default="EUR")
    customers = serializers.IntegerField(read_only=True)
    versions = VersionSerializer(many=True, read_only=True)


class NewVersionSerializer(StrictSerializer):
    """Which version's prices a draft begins with; the newest one's by default."""

    source = serializers.IntegerField(  # type: ignore[assignment]
        required=False, allow_null=True, default=None, min_value=1
    )


class PublishSerializer(StrictSerializer):
    """From when on the prices hold; at once where it is null."""

    valid_from = serializers.DateTimeField(required=False, allow_null=True, default=None)


class PartSerializer(StrictSerializer):
    """Of a month's quantity what is beyond `above` up to `up_to`, and a unit's price in both
    versions; 0 is free or not charged."""

    above = Number(read_only=True)
    up_to = Number(read_only=True, allow_null=True)
    before = Number(read_only=True)
    after = Number(read_only=True)


class PriceEditSerializer(StrictSerializer):
    """A price that is not the same, with the parts of the quantity that differ."""

    meter = serializers.ChoiceField([meter.value for meter in Meter], read_only=True)
    where = serializers.SerializerMethodField()
    sense = serializers.ChoiceField([sense.value for sense in Sense], read_only=True)
    parts = PartSerializer(many=True, read_only=True)

    def get_where(self, edit: Any) -> dict[str, str]:
        """As a mapping."""
        return dict(edit.where)


class RehearsedSerializer(StrictSerializer):
    """A customer's month as it was charged, and at the prices of the version."""

    customer = serializers.CharField(source="tenant.slug", read_only=True)
    before = ExactField()
    after = ExactField()
    difference = ExactField()


class RehearsalSerializer(StrictSerializer):
    """A month at the prices of a version. `customers` were on its plan, those who would pay more
    first; `others` were not, and nothing would have changed for them."""

    period = serializers.CharField(read_only=True)
    currency = serializers.CharField(read_only=True)
    before = ExactField()
    after = ExactField()
    difference = ExactField()
    others = serializers.IntegerField(read_only=True)
    customers = RehearsedSerializer(many=True, read_only=True)
