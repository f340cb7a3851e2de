"""Tables that know no app."""

from django.db import models

from portal.lib.ids import uuid7


class IdempotencyKey(models.Model):
    """The answer to a request that may be sent again (see ``portal.lib.idempotency``).

    ``tenant_id`` is no foreign key, because this package knows no app; null is the provider's.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant_id = models.UUIDField(null=True)
    key = models.CharField(max_length=255)
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.TextField(null=True)  # noqa: DJ001 - null: it held a secret and is not kept
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "key"], nulls_distinct=False, name="idempotency_key_once"
            ),
        ]
        indexes = [models.Index(fields=["created_at"], name="idempotency_key_by_age")]
