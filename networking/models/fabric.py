"""Fabric and host: where machines' traffic is switched."""

from django.db import models

from networking.models.base import Row

# Bytes of IP that an ordinary wire between two hosts carries (RFC 894).
UNDERLAY_MTU = 1500
# Bytes that Geneve over IPv4 adds as OVN sends it: 20 IP + 8 UDP + 8 Geneve + 8 option
# + 14 inner Ethernet (RFC 8926, section 3).
GENEVE_OVERHEAD = 58


class Fabric(Row):
    """One OVN deployment (one northbound database), or a simulator.

    `mtu` is the largest IP packet in bytes that a machine may send to another host: the wire's
    less the tunnel's headers. `error` is empty while the northbound database answers; `seen_at`
    is when it last did (UTC). `orphans` are ids of tenants that it holds something for although
    they have no scope here.
    """

    class Backend(models.TextChoices):
        OVN = "ovn", "OVN"
        SIMULATOR = "simulator", "Simulator"

    region = models.ForeignKey("networking.Region", models.PROTECT, related_name="fabrics")
    name = models.SlugField(max_length=63, unique=True)
    backend = models.CharField(max_length=16, choices=Backend)
    mtu = models.PositiveSmallIntegerField(default=UNDERLAY_MTU - GENEVE_OVERHEAD)
    error = models.TextField(blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    orphans = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class FabricAccess(models.Model):
    """How to reach a fabric; in a table of its own because tenants may not read it.

    `config` is what the backend's configuration class reads.
    """

    fabric = models.OneToOneField(Fabric, models.CASCADE, primary_key=True, related_name="access")
    config = models.JSONField(default=dict)


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
