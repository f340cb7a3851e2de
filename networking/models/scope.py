"""Generation and scope: how far a tenant's intent has come on each device."""

from django.db import models

from networking.models.base import Row, TenantRow
from networking.models.fabric import Fabric
from networking.models.router import Router


class Generation(Row):
    """A tenant's intent version. Services lock this row first, so that the writes of one tenant
    are serial, and count it up once for each change."""

    tenant = models.OneToOneField("tenants.Tenant", models.PROTECT, related_name="+")
    number = models.BigIntegerField(default=0)


class Scope(TenantRow):
    """A tenant on one fabric or on one router.

    `wanted`, `applied` and `verified` are generations; the engine works while they differ. `sent`
    is the newest of which anything was sent to the device, noted before it is.
    `verified_at` is when `verified` was last written.
    `token` counts the claims and fences late writers; a claim lasts until `leased_until`.
    `target` is the configuration number that the verifier waits for on a fabric, 0 for none, and
    `target_generation` what was applied when it was asked for: what reaching it verifies.
    `drift` is what a sweep last found: `{"at": …, "summary": …, "steps": […], "repaired_at": …}`.
    """

    DRIFTED = models.Q(drift__has_key="at", drift__repaired_at=None)
    """What a sweep found there is not put right yet."""
    BEHIND = models.Q(verified__lt=models.F("wanted"))
    """The device does not yet enforce all that is wanted."""

    fabric = models.ForeignKey(
        "networking.Fabric", models.PROTECT, null=True, blank=True, related_name="scopes"
    )
    router = models.ForeignKey(
        "networking.Router", models.PROTECT, null=True, blank=True, related_name="scopes"
    )
    vrf = models.CharField(max_length=32, blank=True)
    wanted = models.BigIntegerField(default=0)
    applied = models.BigIntegerField(default=0)
    sent = models.BigIntegerField(default=0)
    verified = models.BigIntegerField(default=0)
    token = models.BigIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True)
    target = models.BigIntegerField(default=0)
    target_generation = models.BigIntegerField(default=0)
    applied_at = models.DateTimeField(null=True, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    retry_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)
    blocked = models.BooleanField(default=False)
    swept_at = models.DateTimeField(null=True, blank=True)
    drift = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("tenant", "fabric"), name="scope_once_per_fabric"),
            models.UniqueConstraint(fields=("tenant", "router"), name="scope_once_per_router"),
            models.CheckConstraint(
                condition=models.Q(fabric__isnull=False, router__isnull=True)
                | models.Q(fabric__isnull=True, router__isnull=False),
                name="scope_fabric_or_router",
            ),
        )
        indexes = (
            models.Index(
                fields=("wanted",),
                name="scope_unfinished",
                condition=models.Q(verified__lt=models.F("wanted")),
            ),
        )

    @property
    def device(self) -> Fabric | Router:
        """The fabric or the router; select it first, or this is a query."""
        device = self.fabric or self.router
        assert device is not None
        return device

    @property
    def is_drifted(self) -> bool:
        """`DRIFTED`, of this row."""
        return "at" in self.drift and self.drift.get("repaired_at") is None

    @property
    def is_behind(self) -> bool:
        """`BEHIND`, of this row."""
        return self.verified < self.wanted

    @property
    def name(self) -> str:
        """What people call the device."""
        return self.device.name
