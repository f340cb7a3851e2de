"""Stores what hosts counted, exactly once.

Growth is told from the last reading of each series (`CounterHead`). What is not newer than that
changes nothing: it was stored before, or what it could tell is contained in a later reading.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from uuid import UUID

from django.db import connection

from networking.backends.base import Measurement
from networking.collector import bulk, heads, hours
from networking.collector.growth import GAP, Flag, Reading, growth, masked
from networking.collector.heads import Known, Told
from networking.collector.partitions import make_months
from networking.engine.announce import announce
from networking.models import Host
from portal.lib.db import DatabaseRole, acting_as

log = logging.getLogger(__name__)

# How far a worker's clock may be ahead of the database's. A reading of next year would otherwise
# make all until then look late.
SKEW = timedelta(seconds=60)

PORT, VIP = "port", "vip"

# One sweep of a region at a time: a machine that moves is read on two hosts.
LOCK = """
    SELECT pg_advisory_xact_lock(hashtextextended('counters:' || fabric.region_id, 0)),
           clock_timestamp(),
           to_regclass('networking_counterhour' || to_char(%s AT TIME ZONE 'UTC', '_YYYY_MM'))
    FROM networking_host AS host JOIN networking_fabric AS fabric ON fabric.id = host.fabric_id
    WHERE host.id = %s
"""
LIVE = """
    SELECT id, tenant_id FROM networking_port WHERE id = ANY(%s) AND retiring_at IS NULL
    UNION ALL
    SELECT id, tenant_id FROM networking_vip WHERE id = ANY(%s) AND retiring_at IS NULL
"""

Counted = tuple[str, UUID, Reading]  # what, which, and what it showed


SAMPLE = (
    "tenant_id",
    "noun",
    "noun_id",
    "host_id",
    "series",
    "at",
    "since",
    "flag",
    "bytes_in",
    "bytes_out",
    "packets_in",
    "packets_out",
    "delta_bytes_in",
    "delta_bytes_out",
    "delta_packets_in",
    "delta_packets_out",
)


def store(host_id: UUID, measured: Measurement) -> int:
    """Write down what one host's ports and VIPs grew by, all of it or nothing; how many readings
    were new.

    Ports and VIPs that no tenant has, or whose deletion was accepted, are left out. Raises
    Host.DoesNotExist.
    """
    with acting_as(DatabaseRole.WORKER):
        if not _may_count(host_id, measured):
            return 0
        readings = {(one[1], one[2].series): one for one in _readings(host_id, measured)}
        owners = _owners(noun_id for noun_id, _ in readings)
        known = heads.load(owners)
        told = list(_told((readings[key] for key in sorted(readings)), owners, known))
        _write_samples(told)
        heads.take_turn()
        hours.add(told, known)
        heads.write(told)
        heads.close(host_id, measured.at)
        for tenant_id in {one.tenant_id for one in told if any(one.growth.deltas)}:
            announce("traffic", tenant_id, tenant_id)
        return len(told)


def _may_count(host_id: UUID, measured: Measurement) -> bool:
    """Wait for the region's other sweeps, and see that the reading is not of the future and has
    a month to go into."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [measured.at, host_id])
        row = cursor.fetchone()
    if row is None:
        raise Host.DoesNotExist(f"there is no host {host_id}")
    _, now, month = row
    if measured.at > now + SKEW:
        log.error("reading of the future", extra={"host": measured.host, "at": measured.at})
        return False
    if month is None:
        make_months(measured.at - GAP, measured.at)
    return True


def _readings(host_id: UUID, measured: Measurement) -> Iterator[Counted]:
    for port in measured.ports:
        counts = masked((port.bytes_in, port.bytes_out, port.packets_in, port.packets_out))
        if port_id := _id(port.port_id):
            yield PORT, port_id, Reading(host_id, port.series, measured.at, counts)
    for vip in measured.vips:
        counts = masked((vip.bytes, 0, vip.packets, 0))
        if vip_id := _id(vip.vip_id):
            yield VIP, vip_id, Reading(host_id, vip.series, measured.at, counts)


def _id(text: str) -> UUID | None:
    """Anybody on a host can name a port as they like; only ours are named by an id."""
    try:
        return UUID(text)
    except ValueError:
        return None


def _owners(noun_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """The tenants of these ports and VIPs, as far as there are such."""
    ids = list(set(noun_ids))
    with connection.cursor() as cursor:
        cursor.execute(LIVE, [ids, ids])
        return dict(cursor.fetchall())


def _told(readings: Iterable[Counted], owners: Mapping[UUID, UUID], known: Known) -> Iterator[Told]:
    """What each reading tells that is newer than the last one of its series."""
    for noun, noun_id, now in readings:
        own = known.own(noun_id, now)
        if noun_id not in owners or (own and own.at >= now.at):
            continue
        grown = growth(now, own, known.newest(noun_id, now), card=noun == PORT)
        yield Told(owners[noun_id], noun, noun_id, now, grown)


def _write_samples(told: Iterable[Told]) -> None:
    """Those that say more than that nothing came."""
    rows = (
        (
            one.tenant_id,
            one.noun,
            one.noun_id,
            one.reading.host_id,
            one.reading.series,
            one.reading.at,
            one.growth.since,
            one.growth.flag,
            *one.reading.counts,
            *one.growth.deltas,
        )
        for one in told
        if one.growth.flag is not Flag.NORMAL or any(one.growth.deltas)
    )
    bulk.insert("networking_countersample", SAMPLE, rows)
