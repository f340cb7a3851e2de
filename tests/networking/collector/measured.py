"""Counters that tests read: a world of one measured machine, and what was stored of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from networking.backends.base import Measurement, PortCount, VipCount
from networking.collector import counters
from networking.models import CounterHead, CounterHour, CounterSample, Host, Network, Port, Vip
from portal.lib.db import DatabaseRole, acting_as
from portal.lib.ids import uuid7
from tenants.models import Tenant
from tests.networking.provider import Provider

START = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def port_count(port_id: UUID, series: str, size: int) -> PortCount:
    """So many bytes in, half of them out, in packets of 10 bytes."""
    return PortCount(str(port_id), series, size, size // 2, size // 10, size // 20)


def at(seconds: float) -> datetime:
    """So long after noon."""
    return START + timedelta(seconds=seconds)


@dataclass
class Measured:
    """A tenant's machines on a provider's hosts."""

    tenant: Tenant
    provider: Provider
    networks: dict[str, Network]
    hosts: dict[str, UUID]
    made: int = field(default=0)

    def port(self, tenant: Tenant | None = None) -> UUID:
        """A new machine."""
        self.made += 1
        number, owner = self.made, tenant or self.tenant
        with acting_as(DatabaseRole.WORKER):
            row = Port.objects.create(
                tenant=owner,
                network=self.networks[owner.slug],
                name=f"m{number}",
                mac=f"02:00:00:00:{number // 256:02x}:{number % 256:02x}",
                ipv4_address=f"10.1.{5 + number // 250}.{2 + number % 250}",
            )
        return row.pk

    def vip(self) -> UUID:
        """A new VIP."""
        with acting_as(DatabaseRole.WORKER):
            return Vip.objects.create(
                tenant=self.tenant,
                region=self.provider.region,
                name="web",
                ipv4_address="10.1.9.9",
                ports=[{"protocol": "tcp", "port": 80, "member_port": 80}],
            ).pk

    def reads(
        self,
        host: str,
        when: datetime,
        ports: Iterable[PortCount] = (),
        vips: Iterable[VipCount] = (),
    ) -> int:
        """A sweep of one host."""
        measured = Measurement(host, when, tuple(ports), tuple(vips))
        return counters.store(self.hosts[host], measured)

    def shows(
        self, port_id: UUID, seconds: float, size: int, host: str = "h1", series: str = "a"
    ) -> int:
        """A sweep that found one machine."""
        return self.reads(host, at(seconds), [port_count(port_id, series, size)])


def make_measured(provider: Provider, *tenants: Tenant) -> Measured:
    """A network of each tenant on the provider's fabric; machines are the first one's."""
    with acting_as(DatabaseRole.WORKER):
        networks = {
            tenant.slug: Network.objects.create(
                tenant=tenant, region=provider.region, name="web", ipv4_prefix="10.1.0.0/16"
            )
            for tenant in tenants
        }
        hosts = dict(Host.objects.values_list("name", "pk"))
    return Measured(tenants[0], provider, networks, hosts)


def samples(noun_id: UUID) -> list[CounterSample]:
    """In order of time."""
    with acting_as(DatabaseRole.WORKER):
        return list(CounterSample.objects.filter(noun_id=noun_id).order_by("at", "series"))


def hours(noun_id: UUID) -> dict[int, CounterHour]:
    """By the hour of the day, in their order."""
    with acting_as(DatabaseRole.WORKER):
        rows = CounterHour.objects.filter(noun_id=noun_id).order_by("hour")
        return {row.hour.hour: row for row in rows}


def heads(noun_id: UUID) -> dict[tuple[str, str], CounterHead]:
    """By host and series."""
    with acting_as(DatabaseRole.WORKER):
        rows = CounterHead.objects.filter(noun_id=noun_id).select_related("host")
        return {(row.host.name, row.series): row for row in rows}


def flags(noun_id: UUID) -> list[str]:
    """How each stored growth was known."""
    return [row.flag for row in samples(noun_id)]


def counted(noun_id: UUID) -> tuple[int, int, int, int]:
    """All bytes in and out, and all packets in and out."""
    rows = hours(noun_id).values()
    names = ("bytes_in", "bytes_out", "packets_in", "packets_out")
    bytes_in, bytes_out, packets_in, packets_out = (
        sum(getattr(row, name) for row in rows) for name in names
    )
    return bytes_in, bytes_out, packets_in, packets_out


def covered(noun_id: UUID) -> dict[int, int]:
    """Covered seconds by the hour of the day."""
    return {hour: row.covered_seconds for hour, row in hours(noun_id).items()}


def unknown() -> UUID:
    """What no tenant has."""
    return uuid7()
