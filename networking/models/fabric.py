"""Fabric and host: where machines' traffic is switched."""

from django.db import models

from networking.models.base import Row


class Fabric(Row):
    """One OVN deployment (one northbound database), or a simulator.

    `config` is what the backend's configuration class reads. `error` is empty while the
    northbound database answers; `seen_at` is when it last did (UTC).
    """

    class Backend(models.TextChoices):
        OVN = "ovn", "OVN"
        SIMULATOR = "simulator", "Simulator"

    region = models.ForeignKey("networking.Region", models.PROTECT, related_name="fabrics")
    name = models.SlugField(max_length=63, unique=True)
    backend = models.CharField(max_length=16, choices=Backend)
    config = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Host(Row):
    """A hypervisor host of a fabric (ovn-sb: Chassis). `cfg` is the newest configuration number
    that it enforces; `silent_since` is set while it lags behind the others."""

    fabric = models.ForeignKey(Fabric, models.CASCADE, related_name="hosts")
    name = models.SlugField(max_length=63)
    gateway_priority = models.PositiveSmallIntegerField(
        default=0, help_text="0: carries no gateway. The highest that lives carries it."
    )
    cfg = models.BigIntegerField(default=0)
    seen_at = models.DateTimeField(null=True, blank=True)
    silent_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(fields=("fabric", "name"), name="host_name_in_fabric"),
        )

    def __str__(self) -> str:
        return self.name
