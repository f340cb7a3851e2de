"""Fabric and host: where machines' traffic is switched."""

from django.db import models

from networking.models.base import Device, DeviceAccess, Row

# Bytes of IP that an ordinary wire between two hosts carries (RFC 894).
UNDERLAY_MTU = 1500
# Bytes that Geneve over IPv4 adds as OVN sends it: 20 IP + 8 UDP + 8 Geneve + 8 option
# + 14 inner Ethernet (RFC 8926, section 3).
GENEVE_OVERHEAD = 58


class Fabric(Device):
    """One OVN deployment (one northbound database), or a simulator.

    `mtu` is the largest IP packet in bytes that a machine may send to another host: the wire's
    less the tunnel's headers.
    """

    class Backend(models.TextChoices):
        OVN = "ovn", "OVN"
        SIMULATOR = "simulator", "Simulator"

    region = models.ForeignKey("networking.Region", models.PROTECT, related_name="fabrics")
    backend = models.CharField(max_length=16, choices=Backend)
    mtu = models.PositiveSmallIntegerField(default=UNDERLAY_MTU - GENEVE_OVERHEAD)


class FabricAccess(DeviceAccess):
    """How to reach a fabric."""

    fabric = models.OneToOneField(Fabric, models.CASCADE, primary_key=True, related_name="access")


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
