"""One look at each host a minute, for all that keep counts."""

from typing import Any
from uuid import UUID

import pytest

from networking import collector
from networking.backends.base import Measurement
from networking.backends.simulator.config import SimulatorConfig
from networking.backends.simulator.counters import Passed
from networking.backends.simulator.fabric import SimulatedFabric
from networking.backends.simulator.faults import Faults
from networking.collector import measure
from networking.models import CounterHour, Host
from networking.services import ports
from portal.lib.db import DatabaseRole, acting_as
from tenants.access import acting_as as acting_as_actor
from tests.networking.engine.acts import Acts
from tests.networking.engine.deliver import deliver
from tests.networking.provider import Provider
from tests.world import World

Kept = list[tuple[UUID, Measurement]]


@pytest.fixture
def acts(transactional_db: None, served: Provider, world: World) -> Acts:
    """A network with a machine, on the fabric."""
    acts = Acts(world.actor("acme", "network"), served)
    acts.add_network()
    with acting_as_actor(acts.actor):
        network = acts.network("web")
        ports.create(acts.actor, ports.PortInput(network=network.id, name="web-1"))
    deliver()
    return acts


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Kept:
    """What a keeper was given, beside the others."""
    told: Kept = []
    keepers = (*measure.KEEPERS, lambda host, it: told.append((host, it)))
    monkeypatch.setattr(measure, "KEEPERS", keepers)
    return told


def config(acts: Acts) -> SimulatorConfig:
    return SimulatorConfig(str(acts.provider.path), ("h1", "h2"))


def hosts() -> dict[str, UUID]:
    with acting_as(DatabaseRole.WORKER):
        return dict(Host.objects.values_list("name", "pk"))


def test_each_host_is_measured_once(acts: Acts, kept: Kept) -> None:
    with SimulatedFabric(config(acts)) as fabric:
        (place,) = fabric.locate()
        fabric.count(place.host, "port", place.port_id, Passed(3, 300))
    collector.measure_fabric(acts.provider.fabric.pk)
    assert dict(kept).keys() == set(hosts().values())
    assert len(kept) == 2
    (count,) = [one for _, told in kept for one in told.ports]
    assert (count.port_id, count.bytes_in, count.packets_in) == (place.port_id, 300, 3)


def test_what_a_machine_was_sent_is_stored(acts: Acts) -> None:
    """The first sight of it counts nothing, and what comes then, once."""
    with SimulatedFabric(config(acts)) as fabric:
        (place,) = fabric.locate()
        for size in (300, 200):
            fabric.count(place.host, "port", place.port_id, Passed(3, size))
            collector.measure_fabric(acts.provider.fabric.pk)
            collector.measure_fabric(acts.provider.fabric.pk)
    with acting_as(DatabaseRole.TENANT, acts.actor.tenant.id):
        (hour,) = CounterHour.objects.filter(noun_id=place.port_id).exclude(bytes_in=0)
    assert (hour.bytes_in, hour.packets_in, hour.bytes_out) == (200, 3, 0)


def test_a_silent_host_delays_no_other(acts: Acts, kept: Kept) -> None:
    Faults(config(acts), "fabric").silent("h1")
    collector.measure_fabric(acts.provider.fabric.pk)
    assert [host for host, _ in kept] == [hosts()["h2"]]


def test_a_keeper_that_fails_harms_no_other(
    acts: Acts, kept: Kept, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    def fail(host: UUID, measurement: Measurement) -> None:
        raise ValueError("the disk is full")

    monkeypatch.setattr(measure, "KEEPERS", (fail, *measure.KEEPERS))
    collector.measure_fabric(acts.provider.fabric.pk)
    assert len(kept) == 2
    assert "the disk is full" in caplog.text


def test_two_at_once_are_one(acts: Acts, kept: Kept) -> None:
    with measure.turn(acts.provider.fabric.pk, ":measure"):
        collector.measure_fabric(acts.provider.fabric.pk)
    assert kept == []
