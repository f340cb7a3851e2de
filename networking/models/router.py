"""Router and attachment: where a customer's WAN meets its networks."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from netfields import CidrAddressField, InetAddressField

from networking.models.base import Device, DeviceAccess, Row


class Router(Device):
    """A provider edge router."""

    class Backend(models.TextChoices):
        FRR = "frr", "FRR"
        SIMULATOR = "simulator", "Simulator"

    region = models.ForeignKey("networking.Region", models.PROTECT, related_name="routers")
    backend = models.CharField(max_length=16, choices=Backend)
    asn = models.BigIntegerField(verbose_name="AS number")


class RouterAccess(DeviceAccess):
    """How to reach a router."""

    router = models.OneToOneField(Router, models.CASCADE, primary_key=True, related_name="access")


class Attachment(Row):
    """A pre-provisioned hand-off on a router: a VRF with a VLAN towards the fabric and circuits
    towards customer sites. Onboarding a tenant claims one; nothing is created on the router.

    `transit_*` is the link between VRF and fabric, `router_*` the VRF's address on it, `gateway_*`
    the address that the tenant's logical router takes. `access_prefixes` are the circuits'
    subnets: a site's neighbour address lies in one of them.
    """

    audit_type = "attachment"

    router = models.ForeignKey(Router, models.PROTECT, related_name="attachments")
    fabric = models.ForeignKey("networking.Fabric", models.PROTECT, related_name="attachments")
    tenant = models.ForeignKey(
        "tenants.Tenant", models.PROTECT, null=True, blank=True, related_name="+"
    )
    name = models.SlugField(max_length=63)
    vrf = models.CharField(max_length=32)
    vlan = models.PositiveSmallIntegerField()
    interface = models.CharField(max_length=32)
    bridge_mapping = models.CharField(max_length=32)
    transit_ipv4 = CidrAddressField()
    router_ipv4 = InetAddressField(store_prefix_length=False)
    gateway_ipv4 = InetAddressField(store_prefix_length=False)
    transit_ipv6 = CidrAddressField(null=True, blank=True)
    router_ipv6 = InetAddressField(store_prefix_length=False, null=True, blank=True)
    gateway_ipv6 = InetAddressField(store_prefix_length=False, null=True, blank=True)
    access_prefixes = ArrayField(CidrAddressField(), default=list)
    claimed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(fields=("router", "name"), name="attachment_name_on_router"),
            models.UniqueConstraint(fields=("router", "vrf"), name="attachment_vrf_on_router"),
            models.UniqueConstraint(fields=("fabric", "vlan"), name="attachment_vlan_on_fabric"),
            models.UniqueConstraint(
                fields=("tenant", "router"), name="attachment_once_per_tenant_and_router"
            ),
            models.CheckConstraint(
                condition=models.Q(vlan__gte=1, vlan__lte=4094), name="attachment_vlan_valid"
            ),
        )

    def __str__(self) -> str:
        return self.name
