"""What the collector writes down of devices: hosts, ports, sessions, and who does not answer."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from networking import collector
from networking.engine import sessions
from networking.models import Fabric, Host, Port, Router, Site
from networking.planning import Noun, Resource
from networking.services import ports
from portal.lib.db import DatabaseRole, acting_as
from tenants.access import acting_as as acting_as_actor
from tests.networking.engine.acts import Acts, fresh, scope, set_scope
from tests.networking.engine.deliver import deliver
from tests.networking.provider import Provider
from tests.world import World


@pytest.fixture
def acts(transactional_db: None, served: Provider, world: World) -> Acts:
    acts = Acts(world.actor("acme", "network"), served)
    acts.add_network()
    deliver()
    return acts


def get(model, **which):
    with acting_as(DatabaseRole.WORKER):
        return model.objects.get(**which)


def test_a_sessions_state_and_prefixes(acts: Acts) -> None:
    collector.collect_router(acts.provider.router.pk)
    berlin = get(Site, name="Berlin")
    assert berlin.session_state == "Established"
    assert [str(prefix) for prefix in berlin.prefixes_sent] == ["10.1.5.0/24"]
    assert [str(prefix) for prefix in berlin.prefixes_received] == ["192.168.1.0/24"]
    assert berlin.session_since is not None
    assert berlin.observed_at is not None
    assert get(Router).seen_at is not None


def test_a_session_that_stays_as_it_is_is_not_announced(
    acts: Acts, monkeypatch: pytest.MonkeyPatch
) -> None:
    collector.collect_router(acts.provider.router.pk)
    before = get(Site, name="Berlin")
    told: list[str] = []
    monkeypatch.setattr(sessions, "announce", lambda kind, *ids: told.append(kind))
    collector.collect_router(acts.provider.router.pk)
    assert told == []
    assert get(Site, name="Berlin").observed_at > before.observed_at
    assert get(Site, name="Berlin").session_since == before.session_since


def test_a_session_that_goes_down(acts: Acts) -> None:
    collector.collect_router(acts.provider.router.pk)
    address = str(get(Site, name="Munich").neighbour_ipv4)
    acts.provider.faults("router").session_down(address)
    collector.collect_router(acts.provider.router.pk)
    munich = get(Site, name="Munich")
    assert munich.session_state == "Active"
    assert munich.session_reason == "Hold Timer Expired"
    assert munich.prefixes_sent == []
    assert get(Site, name="Berlin").session_state == "Established"


def test_where_a_port_is(acts: Acts) -> None:
    with acting_as_actor(acts.actor):
        network = acts.network("web")
        ports.create(acts.actor, ports.PortInput(network=network.id, name="web-1"))
    deliver()
    collector.collect_fabric(acts.provider.fabric.pk)
    with acting_as(DatabaseRole.WORKER):
        port = Port.objects.select_related("host").get()
    assert port.host.name in {"h1", "h2"}
    assert port.up is True
    since = port.up_since
    assert since is not None

    collector.collect_fabric(acts.provider.fabric.pk)
    assert get(Port).up_since == since


def test_a_port_that_is_gone_from_the_fabric_is_nowhere(acts: Acts) -> None:
    with acting_as_actor(acts.actor):
        network = acts.network("web")
        ports.create(acts.actor, ports.PortInput(network=network.id, name="web-1"))
    deliver()
    collector.collect_fabric(acts.provider.fabric.pk)
    acts.provider.faults("fabric").forget(str(acts.actor.tenant.id), "port", str(get(Port).pk))
    collector.collect_fabric(acts.provider.fabric.pk)
    port = get(Port)
    assert (port.host_id, port.up, port.up_since) == (None, False, None)


def test_how_far_hosts_are(acts: Acts) -> None:
    collector.collect_fabric(acts.provider.fabric.pk)
    host = get(Host, name="h1")
    assert host.cfg > 0
    assert host.seen_at is not None
    assert get(Fabric).seen_at is not None


@pytest.mark.parametrize("kind", ["fabric", "router"])
def test_a_device_that_does_not_answer_and_then_does(acts: Acts, kind: str) -> None:
    model, collect = {
        "fabric": (Fabric, collector.collect_fabric),
        "router": (Router, collector.collect_router),
    }[kind]
    acts.provider.faults(kind).unreachable()
    collect(get(model).pk)
    assert "does not answer" in get(model).error

    change = acts.add_network("db", "10.1.6.0/24")
    deliver()
    device = get(model).name
    set_scope(scope(device), retry_at=timezone.now() + timedelta(seconds=60))
    deliver()
    assert fresh(change).state == "waiting"

    acts.provider.faults(kind).heal()
    collect(get(model).pk)
    assert get(model).error == ""
    deliver()
    assert fresh(change).state == "done", "what waited for the device is tried at once"


@pytest.mark.parametrize("kind", ["fabric", "router"])
def test_what_a_device_had_refused_is_tried_when_it_is_well_again(acts: Acts, kind: str) -> None:
    """It may have been another machine; and one that was started anew may have forgotten all."""
    model, collect = {
        "fabric": (Fabric, collector.collect_fabric),
        "router": (Router, collector.collect_router),
    }[kind]
    change = acts.add_network("db", "10.1.6.0/24")
    device = get(model).name
    set_scope(scope(device), blocked=True, error="It is not the one.", swept_at=timezone.now())

    collect(get(model).pk)
    assert scope(device).blocked, "it was well all the time, so it meant what it said"

    acts.provider.faults(kind).unreachable()
    collect(get(model).pk)
    acts.provider.faults(kind).heal()
    collect(get(model).pk)
    assert scope(device).swept_at is None
    deliver()
    assert fresh(change).state == "done"


@pytest.mark.parametrize("kind", ["fabric", "router"])
def test_what_a_device_holds_for_nobody_is_reported(acts: Acts, kind: str) -> None:
    model, find = {
        "fabric": (Fabric, collector.find_fabric_orphans),
        "router": (Router, collector.find_router_orphans),
    }[kind]
    find(get(model).pk)
    assert get(model).orphans == []

    stranger = str(uuid4())
    stray = Resource("network", "n9", {"vrf": "c09"}, Noun("network", "n9", "stray"))
    acts.provider.faults(kind).plant(stranger, stray)
    find(get(model).pk)
    assert get(model).orphans == [stranger]


def test_one_collector_a_device(acts: Acts) -> None:
    key = f"collector:{acts.provider.router.pk}"
    cache.add(key, True)
    collector.collect_router(acts.provider.router.pk)
    assert get(Router).seen_at is None
    cache.delete(key)
    collector.collect_router(acts.provider.router.pk)
    assert get(Router).seen_at is not None


def test_queries_do_not_grow_with_ports(acts: Acts) -> None:
    network = acts.network("web")

    def add(count: int) -> None:
        for _ in range(count):
            with acting_as_actor(acts.actor):
                name = f"vm-{uuid4().hex[:6]}"
                ports.create(acts.actor, ports.PortInput(network=network.id, name=name))
        deliver()

    add(1)
    few = queries(acts)
    add(6)
    assert queries(acts) == few


def queries(acts: Acts) -> int:
    with CaptureQueriesContext(connection) as captured:
        collector.collect_fabric(acts.provider.fabric.pk)
    return len(captured)
