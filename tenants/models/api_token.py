"""A key with which a program acts for a tenant."""

import hashlib

from django.db import models

from portal.lib.ids import uuid7
from tenants.models.membership import Role

TOKEN_MARK = "dmt_"  # noqa: S105 - what a secret starts with, so that scanners find leaked ones
TOKEN_PREFIX_LENGTH = 12


def digest_of(secret: str) -> str:
    """What is stored of a token. A fast hash suffices: the secret has 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()


class ApiToken(models.Model):
    """A bearer token bound to one tenant and one role.

    Its secret has 256 random bits and is stored as a SHA-256 digest alone; the prefix finds the
    row, so that no digest is ever compared by an index.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey(
        "tenants.Tenant", on_delete=models.CASCADE, related_name="api_tokens"
    )
    name = models.CharField(max_length=100)
    role = models.CharField(max_length=10, choices=Role.choices)
    prefix = models.CharField(max_length=TOKEN_PREFIX_LENGTH, unique=True)
    digest = models.CharField(max_length=64)
    created_by = models.ForeignKey(
        "tenants.Person", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values), name="api_token_role_known"
            ),
        ]
