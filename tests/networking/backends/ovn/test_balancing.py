"""VIPs as rows, without a database."""

from dataclasses import replace

import pytest

from networking.backends.ovn.render import render
from networking.intent import FabricIntent, Protocol, VipPort
from networking.planning import Resource
from tests.networking.backends.ovn.intents import make_intent
from tests.networking.backends.ovn.policies import vip_of


@pytest.fixture
def intent() -> FabricIntent:
    first, second = make_intent().networks
    probes = {"probe_ipv4": "10.1.0.254", "probe_ipv6": "2001:db8:1::fffe"}
    return replace(make_intent(), networks=(replace(first, **probes), second))


def rows(intent: FabricIntent, kind: str) -> list[Resource]:
    return [row for row in render(intent) if row.kind == kind]


def test_a_vip_is_one_row_on_every_switch_and_on_the_router(intent: FabricIntent) -> None:
    one, two = intent.networks[0].ports
    vip = vip_of(one, two, ipv6="fd10:99::1")
    held = replace(intent, vips=(vip,))
    (balancer,) = rows(held, "Load_Balancer")
    assert balancer.attrs["vips"] == {
        "10.99.0.1:80": "10.1.0.2:8080,10.1.0.3:8080",
        "[fd10:99::1]:80": "[2001:db8:1::ff:fe00:1]:8080,[2001:db8:1::ff:fe00:2]:8080",
    }
    networks = {row.key for row in rows(held, "Logical_Switch") if row.noun.type == "network"}
    assert set(balancer.attrs["parents"]) == networks
    assert balancer.attrs["routers"] == [rows(held, "Logical_Router")[0].key]
    assert balancer.attrs["options"]["reject"] == "true"


def test_members_are_probed_from_their_networks_address(intent: FabricIntent) -> None:
    one = intent.networks[0].ports[0]
    far = intent.networks[1].ports[0]
    held = replace(intent, vips=(vip_of(one, far, ipv6="fd10:99::1"),))
    (balancer,) = rows(held, "Load_Balancer")
    assert balancer.attrs["ip_port_mappings"] == {
        "10.1.0.2": f"{one.id}:10.1.0.254",
        "[2001:db8:1::ff:fe00:1]": f"{one.id}:[2001:db8:1::fffe]",
    }
    checks = rows(held, "Load_Balancer_Health_Check")
    assert {row.attrs["vip"] for row in checks} == {"10.99.0.1:80", "[fd10:99::1]:80"}
    assert all(row.attrs["parents"] == [balancer.key] for row in checks)
    assert checks[0].attrs["options"] == {
        "interval": "2", "timeout": "1", "failure_count": "2", "success_count": "1",
    }  # fmt: skip


def test_protocols_are_rows_of_their_own_and_udp_is_not_probed(intent: FabricIntent) -> None:
    one = intent.networks[0].ports[0]
    ports = (VipPort(Protocol.TCP, 53, 53), VipPort(Protocol.UDP, 53, 53))
    held = replace(intent, vips=(replace(vip_of(one), ports=ports),))
    by_protocol = {row.attrs["protocol"]: row for row in rows(held, "Load_Balancer")}
    assert set(by_protocol) == {"tcp", "udp"}
    assert by_protocol["udp"].attrs["ip_port_mappings"] == {}
    (check,) = rows(held, "Load_Balancer_Health_Check")
    assert check.attrs["parents"] == [by_protocol["tcp"].key]


def test_a_vip_without_members_is_there_to_reject(intent: FabricIntent) -> None:
    (balancer,) = rows(replace(intent, vips=(vip_of(),)), "Load_Balancer")
    assert balancer.attrs["vips"] == {"10.99.0.1:80": ""}


def test_what_no_vip_serves_goes_nowhere(intent: FabricIntent) -> None:
    held = replace(intent, vip_prefixes=("10.99.0.0/28",))
    route = next(
        row for row in rows(held, "Logical_Router_Static_Route")
        if row.attrs["ip_prefix"] == "10.99.0.0/28"
    )  # fmt: skip
    assert route.attrs["nexthop"] == "discard"
    assert rows(FabricIntent(intent.tenant, 1, vip_prefixes=("10.99.0.0/28",)), "x") == []


def test_a_tenant_without_networks_and_way_out_has_no_balancer(intent: FabricIntent) -> None:
    lone = FabricIntent(intent.tenant, 1, vips=(vip_of(),), vip_prefixes=("10.99.0.0/28",))
    assert render(lone) == ()
