"""Months as people write them."""

from datetime import datetime

from django.conf import settings
from django.utils import timezone

from billing.rating.period import Period
from portal.lib.errors import Refusal


def period_of(text: str) -> Period:
    """The issuer's month written as YYYY-MM. Raises Refusal for anything else."""
    try:
        return Period.parse(text, settings.BILLING_TIME_ZONE)
    except ValueError as error:
        raise Refusal(
            "period-invalid",
            f"{text!r} is no month. Write it as year and month, like 2026-11.",
            field="period",
        ) from error


def this_period(now: datetime | None = None) -> Period:
    """The issuer's month that lasts."""
    return Period.at(now or timezone.now(), settings.BILLING_TIME_ZONE)


def begun(text: str) -> Period:
    """The month written as YYYY-MM. Raises Refusal for what is none, or is still to come."""
    period = period_of(text)
    if period > this_period():
        raise Refusal(
            "period-to-come",
            f"{period} is still to come: nothing was used in it.",
            field="period",
        )
    return period
