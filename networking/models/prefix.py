"""AllowedPrefix: address space that a tenant may use."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.contrib.postgres.indexes import OpClass
from django.db import models
from netfields import CidrAddressField

from networking.models.base import TenantRow


class AllowedPrefix(TenantRow):
    """A prefix from which the tenant may cut its networks, or take addresses for its VIPs. Two
    tenants may have the same."""

    class Purpose(models.TextChoices):
        NETWORKS = "networks", "Networks"
        VIPS = "vips", "VIPs"

    prefix = CidrAddressField()
    purpose = models.CharField(max_length=8, choices=Purpose, default=Purpose.NETWORKS)

    class Meta:
        ordering = ("prefix",)
        constraints = (
            ExclusionConstraint(
                name="allowed_prefix_no_overlap",
                expressions=[
                    ("tenant", RangeOperators.EQUAL),
                    (OpClass("prefix", "inet_ops"), RangeOperators.OVERLAPS),
                ],
            ),
        )

    def __str__(self) -> str:
        return str(self.prefix)
