"""Fields that several of this app's serializers have."""

from typing import Any

from rest_framework import serializers

from billing.rating.meters import Meter
from billing.rating.money import PRICE, QUANTITY

EXACT = -int((PRICE * QUANTITY).as_tuple().exponent)
"""Decimals that an exact amount has at most."""


class MeterField(serializers.ChoiceField):
    """A meter by its name in plans and exports."""

    def __init__(self, **options: Any) -> None:
        super().__init__([meter.value for meter in Meter], read_only=True, **options)


class ExactField(serializers.DecimalField):
    """A number as text with all of its decimals, those of an exact amount if nothing else is
    said; rounded nowhere, negative where money is saved."""

    def __init__(self, places: int = EXACT, **options: Any) -> None:
        super().__init__(max_digits=38, decimal_places=places, read_only=True, **options)
