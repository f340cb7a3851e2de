"""Which VIP members answer, since when, and the reason in words."""

from uuid import UUID

import pytest
from django.core.cache import cache

from networking import collector
from networking.collector import members, rounds
from networking.models import MemberState, Port, Vip, VipMember
from networking.services import ports
from portal.lib.db import DatabaseRole, acting_as
from tenants.access import acting_as as acting_as_actor
from tests.networking.engine.acts import Acts, scope, set_scope
from tests.networking.engine.deliver import deliver
from tests.networking.provider import Provider
from tests.world import World

Health = MemberState.Health


@pytest.fixture
def acts(transactional_db: None, served: Provider, world: World) -> Acts:
    """Two machines behind a VIP that serves TCP and UDP."""
    acts = Acts(world.actor("acme", "network"), served)
    web = acts.add_network()
    for name in ("web-1", "web-2"):
        with acting_as_actor(acts.actor):
            ports.create(acts.actor, ports.PortInput(web.subject_id, name))
    deliver()
    with acting_as(DatabaseRole.WORKER):
        vip = Vip.objects.create(
            tenant_id=acts.actor.tenant.id,
            name="shop",
            region=served.region,
            ipv4_address="10.99.0.1",
            ports=[
                {"protocol": "tcp", "port": 80, "member_port": 8080},
                {"protocol": "udp", "port": 53, "member_port": 5353},
            ],
        )
        for port in Port.objects.all():
            VipMember.objects.create(tenant_id=vip.tenant_id, vip=vip, port=port)
    edit(acts)
    return acts


def edit(acts: Acts, **fields: object) -> None:
    """Change the VIP and have it delivered."""
    with acting_as(DatabaseRole.WORKER):
        Vip.objects.update(**{"description": "", **fields})
    set_scope(scope("lab"), applied=scope("lab").wanted - 1)
    deliver()


def states() -> dict[str, MemberState]:
    with acting_as(DatabaseRole.WORKER):
        return {row.port.name: row for row in MemberState.objects.select_related("port")}


def port_id(name: str) -> str:
    with acting_as(DatabaseRole.WORKER):
        return str(Port.objects.get(name=name).pk)


def test_members_that_answer(acts: Acts) -> None:
    collector.collect_fabric(acts.provider.fabric.pk)
    found = states()
    assert set(found) == {"web-1", "web-2"}
    row = found["web-1"]
    assert (row.health, row.reason) == (Health.ONLINE, "It answers on TCP 8080.")
    assert (row.protocol, row.member_port) == ("tcp", 8080)
    assert str(row.address) == str(row.port.ipv4_address)


def test_a_member_that_stops_and_one_that_goes_on(
    acts: Acts, monkeypatch: pytest.MonkeyPatch
) -> None:
    collector.collect_fabric(acts.provider.fabric.pk)
    before = states()
    acts.provider.faults("fabric").member_down(port_id("web-1"))
    told: list[tuple[str, UUID, UUID]] = []
    monkeypatch.setattr(members, "announce", lambda *what: told.append(what))

    collector.collect_fabric(acts.provider.fabric.pk)
    now = states()
    assert now["web-1"].health == Health.OFFLINE
    assert now["web-1"].reason == "It does not answer on TCP 8080."
    assert now["web-1"].since > before["web-1"].since
    assert now["web-2"].since == before["web-2"].since
    assert told == [("member", now["web-1"].port_id, acts.actor.tenant.id)]

    collector.collect_fabric(acts.provider.fabric.pk)
    assert states()["web-1"].since == now["web-1"].since
    assert len(told) == 1


def test_members_that_are_checked_no_more_are_forgotten(acts: Acts) -> None:
    collector.collect_fabric(acts.provider.fabric.pk)
    edit(acts, health_check=False)
    collector.collect_fabric(acts.provider.fabric.pk)
    assert states() == {}


@pytest.mark.parametrize(
    ("health", "up", "text"),
    [
        ("online", True, "It answers on TCP 8080."),
        ("offline", True, "It does not answer on TCP 8080."),
        ("offline", False, "Its machine is on no host."),
        ("unknown", False, "Its machine is on no host."),
        ("unknown", True, "It was not tried on TCP 8080 yet."),
    ],
)
def test_the_reason(health: str, up: bool, text: str) -> None:
    assert members.reason(health, up, "tcp", 8080) == text


def test_each_tenant_has_its_turn() -> None:
    cache.delete("collector:round:test")
    ids = [UUID(int=number) for number in range(3)]
    turns = [list(rounds.in_turn("test", ids, -1)) for _ in range(4)]
    assert turns == [[ids[0]], [ids[1]], [ids[2]], [ids[0]]]
    assert list(rounds.in_turn("test", ids, 60)) == [ids[1], ids[2], ids[0]]
    assert list(rounds.in_turn("test", ids, 60)) == ids
