"""Three months of history for the demo's customers, until they were made: marked as generated.

What they have is told to have been there before, and there was more, which is gone by now.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from networking import selectors
from networking.services import history
from networking.services.history import PastLife, PastTraffic
from portal.services.demo import past
from portal.services.demo.past import Load
from tenants.access import SYSTEM, Actor, TenantRef, acting_as
from tenants.selectors import customer

MB = 10**6
LOADS: Mapping[str, Load] = {
    "web-1": Load(410 * MB, 1240 * MB),
    "web-2": Load(380 * MB, 1110 * MB),
    "db-1": Load(290 * MB, 170 * MB),
    "stage-1": Load(35 * MB, 60 * MB),
    "stage-2": Load(20 * MB, 45 * MB),
    "app-1": Load(120 * MB, 310 * MB),
    "app-0": Load(70 * MB, 150 * MB),
}
LATER: Mapping[str, int] = {"db": 19, "db-1": 19, "Munich": 40, "web-2": 33, "app-1": 47}
"""What was added in the course of the past, that many days after it began."""


@dataclass(frozen=True, slots=True)
class Gone:
    """Something that was there from one day of the past to another, counted from its beginning.
    A port names its network."""

    noun: str
    name: str
    first: int
    last: int
    attributes: Mapping[str, str]
    labels: Mapping[str, str]
    network: str = ""


NO_LABELS: Mapping[str, str] = {}
GONE: Mapping[str, tuple[Gone, ...]] = {
    "acme": (
        Gone("network", "staging", 9, 76, {"family": "ipv4"}, NO_LABELS),
        Gone("port", "stage-1", 9, 76, {}, {"app": "shop", "tier": "staging"}, "staging"),
        Gone("port", "stage-2", 21, 60, {}, {"app": "shop", "tier": "staging"}, "staging"),
        Gone("vip", "shop", 34, 88, {"health_check": "yes"}, NO_LABELS),
    ),
    "globex": (Gone("port", "app-0", 0, 48, {}, {"app": "crm"}, "office"),),
}


def remember(tenants: Iterable[TenantRef]) -> None:
    """Give each customer its past, once. A customer without a network has none."""
    for tenant in tenants:
        if history.has_history(tenant.id):
            continue
        with acting_as(SYSTEM):
            made = customer(SYSTEM, tenant.slug).created_at
        lives = list(_lives(tenant, past.first_day(made), made))
        if lives:
            history.make_up(tenant.id, lives, _traffic(lives))


def _lives(tenant: TenantRef, start: datetime, end: datetime) -> Iterator[PastLife]:
    actor = Actor("system", None, "Demo", tenant)
    with acting_as(actor):
        there = list(_there(actor, start, end))
    yield from there
    networks = {life.name: life for life in there if life.noun == "network"}
    region = next((life.attributes["region"] for life in there), "")
    for gone in GONE.get(tenant.slug, ()) if region else ():
        life = _gone(tenant, gone, region, start)
        if life.noun == "network":
            networks[life.name] = life
        if gone.network:
            network = networks.get(gone.network)
            if network is None:
                continue
            life = replace(life, network_id=network.noun_id, network_name=network.name)
        if life.end <= end:
            yield life


def _there(actor: Actor, start: datetime, end: datetime) -> Iterator[PastLife]:
    """What the customer has, as if it had been there."""

    def told(noun: str, noun_id: UUID, name: str, attributes: Mapping[str, str]) -> PastLife:
        begun = start + timedelta(days=LATER.get(name, 0))
        return PastLife(noun, noun_id, name, attributes, begun, end, {})

    assert actor.tenant is not None, "a past is one customer's"
    for attachment in selectors.attachments(actor, actor.tenant.id):
        yield told("gateway", attachment.id, attachment.name, {"region": attachment.region})
    for site in selectors.sites(actor):
        region = site.attachment.fabric.region.code
        yield told("site", site.id, site.name, {"region": region})
    for network in selectors.networks(actor):
        family = "dual" if network.ipv6_prefix else "ipv4"
        attributes = {"region": network.region.code, "family": family}
        yield told("network", network.id, network.name, attributes)
    for port in selectors.ports(actor):
        life = told("port", port.id, port.name, {"region": port.network.region.code})
        yield replace(
            life, labels=port.labels, network_id=port.network_id, network_name=port.network.name
        )


def _gone(tenant: TenantRef, gone: Gone, region: str, start: datetime) -> PastLife:
    return PastLife(
        gone.noun,
        uuid5(NAMESPACE_URL, f"{tenant.id}/{gone.noun}/{gone.name}"),
        gone.name,
        {"region": region, **gone.attributes},
        start + timedelta(days=gone.first, hours=8, minutes=20),
        start + timedelta(days=gone.last, hours=15, minutes=5),
        gone.labels,
    )


def _traffic(lives: Iterable[PastLife]) -> Iterator[PastTraffic]:
    for life in lives:
        if life.noun != "port" or life.name not in LOADS:
            continue
        for hour in past.hours(life.name, LOADS[life.name], life.start, life.end):
            yield PastTraffic(
                life.noun_id,
                hour.hour,
                hour.bytes_in,
                hour.bytes_out,
                hour.packets_in,
                hour.packets_out,
                hour.covered_seconds,
            )
