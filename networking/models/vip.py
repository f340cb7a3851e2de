"""Vip: a service under an address of its own."""

from django.db import models
from netfields import InetAddressField

from networking.models.base import NounRow, TenantRow


class Vip(NounRow):
    """An address in one region whose ports are balanced over machines there.

    `ports` is `[{"protocol", "port", "member_port"}, …]`. Members are chosen one by one, by
    `group`, or both. With `health_check`, TCP ports of members are tried every `check_interval`
    seconds, for `check_timeout` seconds; a member is out after `check_failures` in a row and back
    after `check_successes`.
    """

    audit_type = "vip"

    description = models.CharField(max_length=255, blank=True)
    region = models.ForeignKey("networking.Region", models.PROTECT, related_name="vips")
    ipv4_address = InetAddressField(
        store_prefix_length=False, null=True, blank=True, verbose_name="IPv4 address"
    )
    ipv6_address = InetAddressField(
        store_prefix_length=False, null=True, blank=True, verbose_name="IPv6 address"
    )
    ports = models.JSONField(default=list)
    group = models.ForeignKey(
        "networking.Group",
        models.PROTECT,
        null=True,
        blank=True,
        db_constraint=False,
        related_name="vips",
    )
    members = models.ManyToManyField("networking.Port", through="networking.VipMember")
    health_check = models.BooleanField(default=True)
    check_interval = models.PositiveSmallIntegerField(default=2)
    check_timeout = models.PositiveSmallIntegerField(default=1)
    check_failures = models.PositiveSmallIntegerField(default=2)
    check_successes = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(fields=("tenant", "name"), name="vip_name_in_tenant"),
            models.UniqueConstraint(fields=("tenant", "ipv4_address"), name="vip_ipv4_once"),
            models.UniqueConstraint(fields=("tenant", "ipv6_address"), name="vip_ipv6_once"),
        )


class VipMember(TenantRow):
    """A machine that was chosen by itself."""

    vip = models.ForeignKey(Vip, models.CASCADE, db_constraint=False, related_name="member_links")
    port = models.ForeignKey(
        "networking.Port", models.CASCADE, db_constraint=False, related_name="vip_links"
    )

    class Meta:
        constraints = (models.UniqueConstraint(fields=("vip", "port"), name="vip_member_once"),)
