"""How many packets each rule matched, added up over hosts and over resets of their counters."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from networking.backends.base import Measurement
from networking.backends.base import RuleHits as Count
from networking.engine.announce import announce
from networking.models import Rule, RuleHits, RuleSample
from portal.lib.db import DatabaseRole, acting_as

REMEMBERED = timedelta(days=30)
REWRITTEN = timedelta(days=1)
EDITED = ("packets", "bytes", "last_hit_at")
READ = ("packets", "bytes", "at")

Key = tuple[UUID, str]


class Stood(NamedTuple):
    """What a counter stood at when it was last written down."""

    packets: int
    bytes: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a rule is, and since when it is there."""

    tenant_id: UUID
    made: datetime


@dataclass(slots=True)
class Growth:
    """What came to a rule since the last readings."""

    packets: int = 0
    bytes: int = 0
    at: datetime | None = None

    def add(self, packets: int, size: int, at: datetime) -> None:
        """So much was seen to have come by then."""
        self.packets += packets
        self.bytes += size
        if packets:
            self.at = max(self.at or at, at)


def add(host_id: UUID, measurement: Measurement) -> None:
    """Add what grew on the host since the last measurement to the hits of rules, of all tenants.

    Measurements of a host are added one at a time: of two, the one that was asked for first counts
    for nothing when the other one was written before it.
    """
    with acting_as(DatabaseRole.WORKER):
        _wait_for(host_id)
        owners = _owners(measurement)
        samples = RuleSample.objects.filter(host=host_id)
        known = _known(samples.filter(rule__in=owners))
        grown: dict[UUID, Growth] = defaultdict(Growth)
        fresh: dict[Key, RuleSample] = {}
        for count in measurement.rules:
            rule_id = UUID(count.rule_id)
            before = known.get((rule_id, count.series))
            if rule_id not in owners or (before and before.at >= measurement.at):
                continue
            grown[rule_id].add(*growth(before, count), measurement.at)
            if before is None or _differs(before, count, measurement.at):
                tenant_id = owners[rule_id].tenant_id
                fresh[rule_id, count.series] = _sample(tenant_id, host_id, count, measurement.at)
        RuleSample.objects.bulk_create(
            fresh.values(),
            update_conflicts=True,
            unique_fields=("rule", "host", "series"),
            update_fields=READ,
        )
        # A series that is not seen may come back where it stood, so it is not forgotten at once.
        samples.filter(at__lt=timezone.now() - REMEMBERED).delete()
        _sum_up(grown, owners)


def _wait_for(host_id: UUID) -> None:
    """Until nobody else adds hits of the host; locking what was read would write all of it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"hits:{host_id}"])


def _owners(measurement: Measurement) -> dict[UUID, Owner]:
    """Of the rules in the measurement that are still there."""
    seen = {count.rule_id for count in measurement.rules}
    rules = Rule.objects.filter(pk__in=seen, retiring_at=None)
    rows = rules.values_list("pk", "tenant", "created_at")
    return {pk: Owner(tenant_id, made) for pk, tenant_id, made in rows}


def _known(samples: QuerySet[RuleSample]) -> dict[Key, Stood]:
    rows = samples.values_list("rule", "series", "packets", "bytes", "at")
    return {
        (rule_id, series): Stood(packets, octets, at)
        for rule_id, series, packets, octets, at in rows
    }


def _differs(before: Stood, now: Count, at: datetime) -> bool:
    """Whether it is worth writing: most rules match nothing within a minute."""
    stood = (before.packets, before.bytes) == (now.packets, now.bytes)
    return not stood or at - before.at > REWRITTEN


def growth(before: Stood | None, now: Count) -> tuple[int, int]:
    """Packets and bytes since `before`. Where one of them fell, the counter began anew at 0."""
    if before is None or now.packets < before.packets or now.bytes < before.bytes:
        return now.packets, now.bytes
    return now.packets - before.packets, now.bytes - before.bytes


def _sample(tenant_id: UUID, host_id: UUID, count: Count, at: datetime) -> RuleSample:
    return RuleSample(
        tenant_id=tenant_id,
        rule_id=UUID(count.rule_id),
        host_id=host_id,
        series=count.series,
        packets=count.packets,
        bytes=count.bytes,
        at=at,
    )


def _sum_up(grown: Mapping[UUID, Growth], owners: Mapping[UUID, Owner]) -> None:
    """A rule is counted from the day it was made: its counters began after that.

    Hosts of other fabrics may add to the same rules now. So rows are made, and then locked, in one
    order; of two who make the same one, the later one adds to it.
    """
    hits = RuleHits.objects.filter(rule__in=grown)
    new = grown.keys() - set(hits.values_list("rule", flat=True))
    RuleHits.objects.bulk_create(
        (
            RuleHits(tenant_id=owners[one].tenant_id, rule_id=one, since=owners[one].made)
            for one in sorted(new)
        ),
        ignore_conflicts=True,
    )
    hit = [rule_id for rule_id, more in grown.items() if more.at]
    moved = list(hits.filter(rule__in=hit).select_for_update(no_key=True).order_by("rule"))
    for row in moved:
        more = grown[row.rule_id]
        row.packets += more.packets
        row.bytes += more.bytes
        row.last_hit_at = more.at
    RuleHits.objects.bulk_update(moved, EDITED)
    for tenant_id in {row.tenant_id for row in moved} | {owners[one].tenant_id for one in new}:
        announce("hits", tenant_id, tenant_id)
