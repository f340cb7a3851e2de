"""What devices say of what is in force: members of VIPs that answer, packets that rules matched."""

from django.db import models
from netfields import InetAddressField

from networking.models.base import TenantRow


class MemberState(TenantRow):
    """What health checks find of a machine at one port, for all VIPs that it serves there.

    `reason` says it in words; `since` is when `health` was first seen to be so. Members that are
    not checked have no row.
    """

    class Health(models.TextChoices):
        ONLINE = "online", "Answers"
        OFFLINE = "offline", "Does not answer"
        UNKNOWN = "unknown", "Not tried yet"

    fabric = models.ForeignKey("networking.Fabric", models.CASCADE, related_name="+")
    port = models.ForeignKey(
        "networking.Port", models.CASCADE, db_constraint=False, related_name="member_states"
    )
    address = InetAddressField(store_prefix_length=False)
    protocol = models.CharField(max_length=8)
    member_port = models.PositiveIntegerField()
    health = models.CharField(max_length=16, choices=Health)
    reason = models.CharField(max_length=255)
    since = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("fabric", "port", "address", "protocol", "member_port"),
                name="member_state_once",
            ),
        )


class RuleHits(TenantRow):
    """What a rule matched on all hosts since `since`, without replies.

    Counters are read once a minute: `last_hit_at` is when growth was last seen. What a host
    counted between the last reading and a reset of its counters is missing.
    """

    rule = models.OneToOneField(
        "networking.Rule", models.CASCADE, db_constraint=False, related_name="hits"
    )
    packets = models.BigIntegerField(default=0)
    bytes = models.BigIntegerField(default=0)
    since = models.DateTimeField()
    last_hit_at = models.DateTimeField(null=True, blank=True)


class RuleSample(TenantRow):
    """What a host's counter of a rule stood at when it was last read, at `at`."""

    rule = models.ForeignKey("networking.Rule", models.CASCADE, db_constraint=False)
    host = models.ForeignKey("networking.Host", models.CASCADE, related_name="+")
    series = models.CharField(max_length=64)
    packets = models.BigIntegerField()
    bytes = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("rule", "host", "series"), name="rule_sample_once"),
        )
