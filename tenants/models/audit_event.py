"""Who did what, when."""

from django.db import models

from portal.lib.ids import uuid7


class AuditEvent(models.Model):
    """One act, written in the act's own transaction and never changed.

    Names are copied, so that the trail still reads when its subject is gone.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey(
        "tenants.Tenant", on_delete=models.PROTECT, null=True, related_name="audit_events"
    )
    at = models.DateTimeField(auto_now_add=True)
    actor_kind = models.CharField(max_length=10)
    actor_id = models.UUIDField(null=True)
    actor_label = models.CharField(max_length=400)
    on_behalf_reason = models.CharField(max_length=300, blank=True)
    verb = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=40)
    subject_id = models.UUIDField(null=True)
    subject_name = models.CharField(max_length=300)
    detail = models.JSONField(default=dict)
    request_id = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["tenant", "-id"], name="audit_event_by_tenant")]
