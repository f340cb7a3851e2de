"""Lifetime: from when to when something that costs money was there."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import Q

from networking.models.base import TenantRow

OPEN = Q(during__upper_inf=True)
"""Lifetimes that have not ended."""


class Lifetime(TenantRow):
    """One noun with one set of attributes, for one stretch of time `[start, end)` in UTC.

    It starts when the engine first verified the noun and ends when its delete was accepted. What
    may change the price is in `attributes`, text by text: another value closes the lifetime and
    begins another at the same instant. `name`, `labels` and `network_name` are as the noun had
    them last and follow it while it lives. `network_id` is a port's network. A noun's row goes
    when it is deleted, so nothing refers to it by a key. `generated` marks history that was made
    up for a demonstration.

    A trigger keeps what was written: a lifetime's start never moves, an ended one never changes,
    and only generated ones are ever removed.
    """

    class Noun(models.TextChoices):
        NETWORK = "network", "Network"
        PORT = "port", "Machine"
        VIP = "vip", "VIP"
        SITE = "site", "Site"
        GATEWAY = "gateway", "Way out"

    noun = models.CharField(max_length=8, choices=Noun)
    noun_id = models.UUIDField()
    name = models.CharField(max_length=63)
    attributes = models.JSONField(default=dict)
    labels = models.JSONField(default=dict, blank=True)
    network_id = models.UUIDField(null=True, blank=True)
    network_name = models.CharField(max_length=63, blank=True)
    during = DateTimeRangeField()
    generated = models.BooleanField(default=False)

    class Meta:
        ordering = ("during",)
        constraints = (
            ExclusionConstraint(
                name="lifetime_no_overlap",
                expressions=[
                    ("noun_id", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                name="lifetime_begun",
                condition=Q(during__isempty=False, during__lower_inf=False),
            ),
        )
        indexes = (
            GistIndex(fields=("tenant", "during"), name="lifetime_of_tenant"),
            models.Index(fields=("noun_id",), name="lifetime_open", condition=OPEN),
            models.Index(
                fields=("network_id",),
                name="lifetime_open_in_network",
                condition=OPEN & Q(network_id__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.noun} {self.name}"
