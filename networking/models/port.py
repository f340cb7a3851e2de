"""Port: a machine's connection to a network."""

from django.db import models
from netfields import InetAddressField, MACAddressField

from networking.models.base import NounRow


class Port(NounRow):
    """One network card of one machine; `name` is the machine's name, unique in the tenant.

    `labels` is a flat mapping of text to text. `host` and `up` are what the fabric last said:
    where the machine is plugged in, and whether its port is ready.
    """

    audit_type = "port"

    network = models.ForeignKey(
        "networking.Network", models.PROTECT, db_constraint=False, related_name="ports"
    )
    mac = MACAddressField(verbose_name="MAC address")
    ipv4_address = InetAddressField(store_prefix_length=False, verbose_name="IPv4 address")
    ipv6_address = InetAddressField(
        store_prefix_length=False, null=True, blank=True, verbose_name="IPv6 address"
    )
    labels = models.JSONField(default=dict, blank=True)
    host = models.ForeignKey(
        "networking.Host", models.SET_NULL, null=True, blank=True, related_name="ports"
    )
    up = models.BooleanField(default=False)
    up_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(fields=("tenant", "name"), name="port_name_in_tenant"),
            models.UniqueConstraint(fields=("network", "ipv4_address"), name="port_ipv4_once"),
            models.UniqueConstraint(fields=("network", "ipv6_address"), name="port_ipv6_once"),
            models.UniqueConstraint(fields=("tenant", "mac"), name="port_mac_in_tenant"),
        )


class PortLabel(models.Model):
    """One label of one port, to find the ports that have it: a copy of `Port.labels`, which the
    database keeps by itself (migration 0017). Nobody else writes it."""

    pk = models.CompositePrimaryKey("tenant", "port", "key")
    tenant = models.ForeignKey(
        "tenants.Tenant", models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    port = models.ForeignKey(
        Port, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    key = models.TextField()
    value = models.TextField()

    class Meta:
        indexes = (models.Index(fields=("tenant", "key", "value", "port"), name="port_by_label"),)
