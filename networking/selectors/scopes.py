"""Scopes: how far a tenant's intent has come on each device, and what drifted there."""

from django.db.models import QuerySet

from networking.models import Scope
from networking.selectors.base import visible
from tenants.access import Actor


def scopes(actor: Actor) -> QuerySet[Scope]:
    """The scopes with their fabric or router, the fabrics first."""
    rows = visible(Scope.objects.all(), actor).select_related("tenant", "fabric", "router")
    return rows.order_by("router__name", "fabric__name", "id")
