"""Network: a subnet of a tenant."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.contrib.postgres.indexes import OpClass
from django.db import models
from netfields import CidrAddressField, NetManager

from networking.models.base import NounRow, TenantRow


class Network(NounRow):
    """A subnet in one region. The first host address of each prefix is its gateway.

    `mtu` is in bytes. `learned_by` says which of the tenant's sites are sent its prefixes.
    """

    class LearnedBy(models.TextChoices):
        ALL = "all", "Every site"
        SOME = "some", "Chosen sites"
        NONE = "none", "No site"

    audit_type = "network"

    region = models.ForeignKey("networking.Region", models.PROTECT, related_name="networks")
    ipv4_prefix = CidrAddressField(verbose_name="IPv4 prefix")
    ipv6_prefix = CidrAddressField(null=True, blank=True, verbose_name="IPv6 prefix")
    dhcp = models.BooleanField(default=True, verbose_name="DHCP")
    mtu = models.PositiveSmallIntegerField(default=1400, verbose_name="MTU")
    learned_by = models.CharField(max_length=8, choices=LearnedBy, default=LearnedBy.ALL)
    sites = models.ManyToManyField("networking.Site", through="networking.NetworkSite")

    objects = NetManager()

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(fields=("tenant", "name"), name="network_name_in_tenant"),
            ExclusionConstraint(
                name="network_ipv4_no_overlap",
                expressions=[
                    ("tenant", RangeOperators.EQUAL),
                    (OpClass("ipv4_prefix", "inet_ops"), RangeOperators.OVERLAPS),
                ],
            ),
            ExclusionConstraint(
                name="network_ipv6_no_overlap",
                expressions=[
                    ("tenant", RangeOperators.EQUAL),
                    (OpClass("ipv6_prefix", "inet_ops"), RangeOperators.OVERLAPS),
                ],
            ),
        )


class NetworkSite(TenantRow):
    """One of the chosen sites of a network that only some sites learn."""

    network = models.ForeignKey(Network, models.CASCADE, db_constraint=False, related_name="+")
    site = models.ForeignKey(
        "networking.Site", models.CASCADE, db_constraint=False, related_name="+"
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("network", "site"), name="network_site_once"),
        )
