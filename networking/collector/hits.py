"""How many packets each rule matched, added up over hosts and over resets of their counters."""

import logging
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from networking.backends.base import BackendError, FabricBackend
from networking.backends.base import RuleHits as Count
from networking.collector.rounds import in_turn
from networking.collector.turn import turn
from networking.engine import devices
from networking.engine.announce import announce
from networking.engine.device import open_fabric
from networking.models import Host, Rule, RuleHits, RuleSample, Scope
from portal.lib.db import DatabaseRole, acting_as

log = logging.getLogger(__name__)

BUDGET = 20.0  # seconds of each round; beyond it, tenants wait for the next one
REMEMBERED = timedelta(days=30)
EDITED = ("packets", "bytes", "last_hit_at")
READ = ("packets", "bytes", "at")

Key = tuple[UUID, UUID, str]


@dataclass(frozen=True, slots=True)
class Reading:
    """What one host counted of one tenant's rules; it was asked at `at`."""

    host_id: UUID
    at: datetime
    counts: tuple[Count, ...]


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


def count_hits(fabric_id: UUID) -> None:
    """Read the counters of the fabric's hosts, unless somebody does so now."""
    with turn(fabric_id, ":hits") as mine:
        if not mine:
            return
        device = devices.fabric(fabric_id)
        hosts, tenants = _known(fabric_id)
        if not tenants:
            return
        deadline = time.monotonic() + BUDGET
        with open_fabric(device) as fabric:
            for tenant_id in in_turn(f"hits:{fabric_id}", tenants, BUDGET):
                add(tenant_id, list(_read(fabric, tenant_id, hosts, deadline)))


def _known(fabric_id: UUID) -> tuple[dict[str, UUID], set[UUID]]:
    """The fabric's hosts by name, and its tenants that have rules."""
    with acting_as(DatabaseRole.WORKER):
        hosts = dict(Host.objects.filter(fabric=fabric_id).values_list("name", "pk"))
        here = Scope.objects.filter(fabric=fabric_id).values("tenant")
        rules = Rule.objects.filter(tenant__in=here, enabled=True, retiring_at=None)
        return hosts, set(rules.values_list("tenant", flat=True))


def _read(
    fabric: FabricBackend, tenant_id: UUID, hosts: dict[str, UUID], deadline: float
) -> Iterator[Reading]:
    """One reading a host until the deadline; a host that does not answer is taken out of `hosts`,
    so that its timeout is waited for once."""
    for name, host_id in list(hosts.items()):
        if time.monotonic() > deadline:
            return
        at = timezone.now()
        try:
            yield Reading(host_id, at, fabric.hits(name, str(tenant_id)))
        except BackendError as error:
            del hosts[name]
            reason = {"reason": str(error), "detail": error.detail}
            log.info("hits not read", extra={"host": name, **reason})


def add(tenant_id: UUID, readings: Iterable[Reading]) -> None:
    """Add what grew since the last readings to the hits of the tenant's rules.

    What was last read is locked: of two readings the one that was asked for first counts for
    nothing when the other one was written before it.
    """
    with acting_as(DatabaseRole.WORKER):
        rules = Rule.objects.filter(tenant=tenant_id, retiring_at=None)
        made = dict(rules.values_list("pk", "created_at"))
        samples = RuleSample.objects.filter(tenant=tenant_id)
        known = {
            (row.rule_id, row.host_id, row.series): row
            for row in samples.select_for_update(no_key=True).order_by("pk")
        }
        grown: dict[UUID, Growth] = defaultdict(Growth)
        fresh: dict[Key, RuleSample] = {}
        for reading in readings:
            for count in reading.counts:
                rule_id = UUID(count.rule_id)
                key = (rule_id, reading.host_id, count.series)
                before = known.get(key)
                if rule_id not in made or (before and before.at >= reading.at):
                    continue
                grown[rule_id].add(*growth(before, count), reading.at)
                fresh[key] = _sample(tenant_id, rule_id, reading, count)
        RuleSample.objects.bulk_create(
            fresh.values(),
            update_conflicts=True,
            unique_fields=("rule", "host", "series"),
            update_fields=READ,
        )
        # A series that is not seen may come back where it stood, so it is not forgotten at once.
        samples.filter(at__lt=timezone.now() - REMEMBERED).delete()
        _sum_up(tenant_id, grown, made)


def growth(before: RuleSample | None, now: Count) -> tuple[int, int]:
    """Packets and bytes since `before`. Where one of them fell, the counter began anew at 0."""
    if before is None or now.packets < before.packets or now.bytes < before.bytes:
        return now.packets, now.bytes
    return now.packets - before.packets, now.bytes - before.bytes


def _sample(tenant_id: UUID, rule_id: UUID, reading: Reading, count: Count) -> RuleSample:
    return RuleSample(
        tenant_id=tenant_id,
        rule_id=rule_id,
        host_id=reading.host_id,
        series=count.series,
        packets=count.packets,
        bytes=count.bytes,
        at=reading.at,
    )


def _sum_up(tenant_id: UUID, grown: Mapping[UUID, Growth], made: Mapping[UUID, datetime]) -> None:
    """A rule is counted from the day it was made: its counters began after that."""
    rows = RuleHits.objects.filter(rule__in=grown).select_for_update(no_key=True).order_by("pk")
    hits = {row.rule_id: row for row in rows}
    new = [
        RuleHits(tenant_id=tenant_id, rule_id=rule_id, since=made[rule_id])
        for rule_id in grown
        if rule_id not in hits
    ]
    moved = [row for row in hits.values() if grown[row.rule_id].at]
    for row in (*moved, *new):
        more = grown[row.rule_id]
        row.packets += more.packets
        row.bytes += more.bytes
        row.last_hit_at = more.at or row.last_hit_at
    RuleHits.objects.bulk_create(new)
    RuleHits.objects.bulk_update(moved, EDITED)
    if new or moved:
        announce("hits", tenant_id, tenant_id)
