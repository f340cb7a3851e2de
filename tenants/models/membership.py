"""What a person may do for a tenant."""

from django.db import models

from portal.lib.ids import uuid7


class Role(models.TextChoices):
    """The roles inside a tenant; ``tenants.access`` says what each may do."""

    ADMIN = "admin", "admin"
    NETWORK = "network", "network"
    BILLING = "billing", "billing"
    READ_ONLY = "read_only", "read-only"


class Membership(models.Model):
    """A person's role in a tenant; one role a tenant."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey(
        "tenants.Tenant", on_delete=models.CASCADE, related_name="memberships"
    )
    person = models.ForeignKey(
        "tenants.Person", on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(max_length=10, choices=Role.choices)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "person"], name="membership_once"),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values), name="membership_role_known"
            ),
        ]
