"""What all rows of the app share."""

from typing import ClassVar

from django.db import models

from portal.lib.ids import uuid7


class Row(models.Model):
    """A row with a time-ordered id (RFC 9562 version 7). Times are UTC."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True


class TenantRow(Row):
    """A row of one tenant, under forced row-level security.

    Foreign keys to other rows of the tenant have `db_constraint=False` here: the migration adds
    the composite `(tenant_id, x_id)` key instead, which cannot reach another tenant's row.
    """

    tenant = models.ForeignKey("tenants.Tenant", on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class NounRow(TenantRow):
    """What a tenant names and changes.

    `version` counts the edits: it is the ETag. `retiring_at` is set when a delete was accepted;
    the row counts for overlap until the engine saw that no device holds it any more.
    """

    name = models.CharField(max_length=63)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(auto_now=True)
    retiring_at = models.DateTimeField(null=True, blank=True)

    audit_type: ClassVar[str]

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class Device(Row):
    """What the engine talks to: a fabric or a router.

    `error` is empty while it answers; `seen_at` is when it last did (UTC). `orphans` are ids of
    tenants that it holds something for although they have no scope there.
    """

    name = models.SlugField(max_length=63, unique=True)
    error = models.TextField(blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    orphans = models.JSONField(default=list, blank=True)

    class Meta:
        abstract = True
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class DeviceAccess(models.Model):
    """How to reach a device; in a table of its own because tenants may not read it.

    `config` is what the backend's configuration class reads.
    """

    config = models.JSONField(default=dict)

    class Meta:
        abstract = True
