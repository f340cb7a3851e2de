"""Network: a subnet of a tenant."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.contrib.postgres.indexes import OpClass
from django.db import models
from netfields import CidrAddressField, InetAddressField

from networking.models.base import NounRow, TenantRow
from networking.planning.addresses import gateway


class Network(NounRow):
    """A subnet in one region. The first host address of each prefix is its gateway.

    `mtu` is in bytes. `learned_by` says which of the tenant's sites are sent its prefixes. With
    `default_deny` what no rule allows is cut. `probe_ipv4` is kept from machines once health checks
    come from it; those of IPv6 come from `probe_ipv6`.
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
    default_deny = models.BooleanField(default=False)
    probe_ipv4 = InetAddressField(store_prefix_length=False, null=True, blank=True)
    sites = models.ManyToManyField("networking.Site", through="networking.NetworkSite")

    @property
    def prefixes(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """The prefixes of both families, IPv4 first."""
        return tuple(prefix for prefix in (self.ipv4_prefix, self.ipv6_prefix) if prefix)

    @property
    def ipv4_gateway(self) -> IPv4Address:
        """Where machines send what leaves the network."""
        return gateway(self.ipv4_prefix)

    @property
    def ipv6_gateway(self) -> IPv6Address | None:
        """The same for IPv6; none on an IPv4-only network."""
        return gateway(self.ipv6_prefix) if self.ipv6_prefix else None

    @property
    def probe_ipv6(self) -> IPv6Address | None:
        """Where health checks over IPv6 come from. No machine forms this address: theirs have
        ff:fe in the middle (RFC 4291, appendix A)."""
        return self.ipv6_prefix[2] if self.ipv6_prefix else None

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
