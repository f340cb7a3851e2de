"""Money and quantities in templates: `{% load billing %}`."""

from decimal import Decimal
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

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
def where(attributes: dict[str, str]) -> str:
    """`{{ line.where|where }}`: "IPv4 alone"."""
    return words.where(attributes.items())


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


@register.simple_tag
def grid_name(row: int, tier: int | None = None) -> str:
    """What the inputs of a price, or of a tier of it, are called."""
    return f"components.{row}" if tier is None else f"components.{row}.tiers.{tier}"


@register.simple_tag(takes_context=True)
def fault_of(context: Any, name: str, field: str) -> SafeString | str:
    """The attributes of an input that a refusal is about."""
    if f"{name}.{field}" not in context["faults"]:
        return ""
    return format_html(' aria-invalid="true" aria-describedby="{}.error"', _row_of(name))


@register.simple_tag(takes_context=True)
def fault_line(context: Any, name: str) -> SafeString:
    """What a refusal says about a price."""
    faults = context["faults"].items()
    said = next((text for at, text in faults if at == name or at.startswith(f"{name}.")), "")
    return format_html('<div class="field-error" id="{}.error">{}</div>', name, said)


def _row_of(name: str) -> str:
    return ".".join(name.split(".")[:2])
