"""Money and quantities in templates: `{% load billing %}`."""

from decimal import Decimal
from typing import Any

from django import template

from billing.rating.lines import Band
from billing.rating.period import Period
from billing.services.prices import Foreseen, price_of
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


@register.filter
def signed(amount: Decimal, currency: str) -> str:
    """`{{ difference|signed:currency }}`: "+ €4.00"."""
    return words.signed(amount, currency)


@register.inclusion_tag("billing/price.html", takes_context=True)
def price_of_plan(context: Any, act: Foreseen) -> dict[str, Any]:
    """`{% price_of_plan preview %}`: what a change or the preview of one adds to a month, in a
    line; nothing for what costs nothing."""
    return {"price": price_of(context["actor"], act), "past": hasattr(act, "created_at")}
