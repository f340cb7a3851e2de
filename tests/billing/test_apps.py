"""What stops the portal before it serves."""

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "Mars/Olympus"])
def test_a_zone_whose_days_have_no_hour_stops_it(settings, zone: str):
    settings.BILLING_TIME_ZONE = zone
    with pytest.raises(ImproperlyConfigured, match="BILLING_TIME_ZONE"):
        apps.get_app_config("billing").ready()
