"""Site: a customer's location that speaks BGP with its VRF."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from netfields import CidrAddressField, InetAddressField

from networking.models.base import NounRow

ESTABLISHED = "Established"
"""A BGP session that is up (RFC 4271, section 8.2.2)."""


class Site(NounRow):
    """A WAN site behind one of the tenant's attachments (RFC 4271, RFC 4364 section 7).

    `accepted_prefixes` are what the site may announce. The `session_*` and `prefixes_*` fields
    are what the router last said, at `observed_at` (UTC).
    """

    audit_type = "site"
    # A site that no router was asked about yet is not known to be down.
    DOWN = ~models.Q(session_state__in=("", ESTABLISHED))

    attachment = models.ForeignKey(
        "networking.Attachment", models.PROTECT, db_constraint=False, related_name="sites"
    )
    asn = models.BigIntegerField(verbose_name="AS number")
    neighbour_ipv4 = InetAddressField(store_prefix_length=False)
    neighbour_ipv6 = InetAddressField(store_prefix_length=False, null=True, blank=True)
    accepted_prefixes = ArrayField(CidrAddressField(), default=list)
    max_prefixes = models.PositiveIntegerField(default=50)
    session_state = models.CharField(max_length=16, blank=True)
    session_since = models.DateTimeField(null=True, blank=True)
    session_reason = models.TextField(blank=True)
    prefixes_received = ArrayField(CidrAddressField(), default=list)
    prefixes_sent = ArrayField(CidrAddressField(), default=list)
    observed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(fields=("tenant", "name"), name="site_name_in_tenant"),
            models.UniqueConstraint(
                fields=("attachment", "neighbour_ipv4"), name="site_ipv4_neighbour_once"
            ),
            models.UniqueConstraint(
                fields=("attachment", "neighbour_ipv6"), name="site_ipv6_neighbour_once"
            ),
        )

    @property
    def is_down(self) -> bool:
        """Whether its session is, as far as anybody knows."""
        return self.session_state not in ("", ESTABLISHED)
