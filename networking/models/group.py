"""Group: a named set of machines and prefixes."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from netfields import CidrAddressField

from networking.models.base import NounRow, TenantRow


class Group(NounRow):
    """Whom a rule or a VIP means.

    Members are the machines that have all of `labels` (when there are any), everything in the
    networks, the prefixes, and the ports. Who that is, is looked up at each compilation, never
    stored.
    """

    audit_type = "group"

    description = models.CharField(max_length=255, blank=True)
    labels = models.JSONField(default=dict, blank=True)
    prefixes = ArrayField(CidrAddressField(), default=list, blank=True)
    networks = models.ManyToManyField("networking.Network", through="networking.GroupNetwork")
    ports = models.ManyToManyField("networking.Port", through="networking.GroupPort")

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(fields=("tenant", "name"), name="group_name_in_tenant"),
        )


class GroupNetwork(TenantRow):
    """A network that belongs to a group as a whole."""

    group = models.ForeignKey(
        Group, models.CASCADE, db_constraint=False, related_name="network_links"
    )
    network = models.ForeignKey(
        "networking.Network", models.CASCADE, db_constraint=False, related_name="group_links"
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("group", "network"), name="group_network_once"),
        )


class GroupPort(TenantRow):
    """A machine that belongs to a group because it was chosen by name; it leaves with its port."""

    group = models.ForeignKey(Group, models.CASCADE, db_constraint=False, related_name="port_links")
    port = models.ForeignKey(
        "networking.Port", models.CASCADE, db_constraint=False, related_name="group_links"
    )

    class Meta:
        constraints = (models.UniqueConstraint(fields=("group", "port"), name="group_port_once"),)
