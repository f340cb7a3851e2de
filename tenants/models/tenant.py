"""A customer of the provider."""

from django.core.validators import RegexValidator
from django.db import models

from portal.lib.ids import uuid7


class TenantState(models.TextChoices):
    """Where a customer stands."""

    ACTIVE = "active", "active"
    SUSPENDED = "suspended", "suspended"
    CLOSING = "closing", "closing"


class Tenant(models.Model):
    """One customer, with a network address space of its own."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    slug = models.CharField(
        max_length=40,
        unique=True,
        validators=[
            RegexValidator(
                r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$",
                "Use lower-case letters, digits and single hyphens, starting with a letter.",
            )
        ],
    )
    name = models.CharField(max_length=100)
    state = models.CharField(max_length=10, choices=TenantState.choices, default=TenantState.ACTIVE)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=TenantState.values), name="tenant_state_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name
