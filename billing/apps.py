"""App configuration."""

from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from billing.rating.period import check_zone
from networking.api.annotators import annotate


class BillingConfig(AppConfig):
    """What was used and what it costs: plans, rating, statements."""

    name = "billing"

    def ready(self) -> None:
        """Refuse a time zone in which usage, which is kept by the hour, has no day; let changes
        tell what they cost."""
        try:
            check_zone(settings.BILLING_TIME_ZONE)
        except ValueError as error:
            raise ImproperlyConfigured(f"BILLING_TIME_ZONE: {error}") from error
        annotate("price", "billing.api.serializers.price.PriceSerializer")
