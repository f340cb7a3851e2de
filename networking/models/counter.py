"""What hosts counted of ports and VIPs: last readings, samples, and sums by the hour.

Samples and hours are partitioned by month (UTC), so Django makes neither table: the migration
does. `noun_id` and `host` are references without a key, because traffic outlives the machine that
it came from. `in` is towards the machine, `out` from it; a VIP counts what is sent to it as `in`.
"""

from typing import Any

from django.db import models

# A reference that is neither checked nor indexed: primary keys lead to the rows.
LOOSE: dict[str, Any] = {"db_constraint": False, "db_index": False, "related_name": "+"}


class Counted(models.Model):
    """Whose traffic it is; `generated` marks made-up history of a demo."""

    class Noun(models.TextChoices):
        PORT = "port", "Port"
        VIP = "vip", "VIP"

    tenant = models.ForeignKey("tenants.Tenant", models.PROTECT, **LOOSE)
    noun = models.CharField(max_length=8, choices=Noun)
    noun_id = models.UUIDField()

    class Meta:
        abstract = True


class CounterHead(Counted):
    """The last reading of one series of a counter on one host.

    `began_at` is its first reading, `at` its last one; `gone_at` is set when the host was read
    and no longer had it. Until `covered_until`, its growth is known without a hole.
    """

    pk = models.CompositePrimaryKey("noun_id", "host", "series")
    host = models.ForeignKey("networking.Host", models.DO_NOTHING, **LOOSE)
    series = models.CharField(max_length=128)
    began_at = models.DateTimeField()
    at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)
    covered_until = models.DateTimeField(null=True)
    bytes_in = models.BigIntegerField()
    bytes_out = models.BigIntegerField()
    packets_in = models.BigIntegerField()
    packets_out = models.BigIntegerField()

    class Meta:
        indexes = (
            models.Index(
                fields=("host",), condition=models.Q(gone_at=None), name="counter_head_open"
            ),
        )


class CounterSample(Counted):
    """A reading that told something: what had grown since the reading before (`since`, null for
    the first one), and how that is known. Never changed; dropped by the month."""

    class Flag(models.TextChoices):
        FIRST = "first", "First reading"
        NORMAL = "normal", "Grown"
        GAP = "gap", "Not read for a while"
        RESET = "reset", "Began anew"
        WRAP = "wrap", "Ran over"
        MOVED = "moved", "Plugged in anew"
        IMPLAUSIBLE = "implausible", "More than a line carries"

    pk = models.CompositePrimaryKey("tenant", "noun_id", "at", "host", "series")
    at = models.DateTimeField()
    since = models.DateTimeField(null=True)
    host = models.ForeignKey("networking.Host", models.DO_NOTHING, **LOOSE)
    series = models.CharField(max_length=128)
    bytes_in = models.BigIntegerField()
    bytes_out = models.BigIntegerField()
    packets_in = models.BigIntegerField()
    packets_out = models.BigIntegerField()
    delta_bytes_in = models.BigIntegerField()
    delta_bytes_out = models.BigIntegerField()
    delta_packets_in = models.BigIntegerField()
    delta_packets_out = models.BigIntegerField()
    flag = models.CharField(max_length=12, choices=Flag)
    generated = models.BooleanField(default=False)


class CounterHour(Counted):
    """What was counted in one hour (UTC): what traffic is charged by.

    Growth counts in the hour of the reading that showed it. `covered_seconds` (0 to 3600) says
    for how much of the hour growth is known without a hole: no data is no zero. The small counts
    say why it is less, or what was cut (`capped`).
    """

    pk = models.CompositePrimaryKey("tenant", "noun_id", "hour")
    hour = models.DateTimeField()
    bytes_in = models.BigIntegerField(default=0)
    bytes_out = models.BigIntegerField(default=0)
    packets_in = models.BigIntegerField(default=0)
    packets_out = models.BigIntegerField(default=0)
    covered_seconds = models.PositiveSmallIntegerField(default=0)
    gaps = models.PositiveSmallIntegerField(default=0)
    resets = models.PositiveSmallIntegerField(default=0)
    moves = models.PositiveSmallIntegerField(default=0)
    capped = models.PositiveSmallIntegerField(default=0)
    generated = models.BooleanField(default=False)


class Summed(models.Model):
    """Hours of ports, added up by the database as they are written. `hours` is how many there are
    in the sum, and `made_up` how many of them were generated."""

    tenant = models.ForeignKey("tenants.Tenant", models.PROTECT, **LOOSE)
    bytes_in = models.BigIntegerField()
    bytes_out = models.BigIntegerField()

    class Meta:
        abstract = True


class CounterDay(Summed):
    """One port on the day that begins at `day`, in the zone of `CounterMonth`: what a statement
    goes down to."""

    pk = models.CompositePrimaryKey("tenant", "day", "noun_id")
    noun_id = models.UUIDField()
    day = models.DateTimeField()
    covered_seconds = models.IntegerField()
    hours = models.SmallIntegerField()
    made_up = models.SmallIntegerField()


class CounterTotal(Summed):
    """All ports of a tenant in one hour."""

    pk = models.CompositePrimaryKey("tenant", "hour")
    hour = models.DateTimeField()
    covered_seconds = models.BigIntegerField()
    hours = models.IntegerField()
    made_up = models.IntegerField()


class CounterMonth(models.Model):
    """A month (UTC) whose hours are all in `CounterDay`, by days of `zone`, and in `CounterTotal`.
    Of any other month the hours alone are right."""

    month = models.DateTimeField(primary_key=True)
    zone = models.CharField(max_length=64)
