"""Money and quantities in templates: `{% load billing %}`."""

from decimal import Decimal

from django import template

from billing.rating.lines import Band
from billing.rating.period import Period
from billing.statements.document import Coverage
from billing.web import words

register = template.Library()


@register.filter
def money(amount: Decimal | None, currency: str) -> str:
    """`{{ total|money:currency }}`: "€12.50"."""
    return words.money(amount, currency)


@register.filter
def unit_price(amount: Decimal, currency: str) -> str:
    """`{{ price|unit_price:currency }}`: "€0.0042"."""
    return words.price(amount, currency)


@register.filter
def quantity(amount: Decimal, unit: str) -> str:
    """`{{ quantity|quantity:unit }}`: "1,488 h"."""
    return words.quantity(amount, unit)


@register.filter
def band(charged: Band, unit: str) -> str:
    """`{{ line.band|band:line.unit }}`: "above 100 GB"."""
    return words.band(charged, unit)


@register.filter
def observed(coverage: Coverage | None) -> str:
    """`{{ coverage|observed }}`: "97.2 %"."""
    return words.share(coverage)


@register.filter
def month_name(period: Period) -> str:
    """`{{ period|month_name }}`: "November 2026"."""
    return words.month(period)
