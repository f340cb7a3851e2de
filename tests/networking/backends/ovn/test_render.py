"""From intent to rows, without a database."""

import json
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings

from networking.backends.ovn.render import render
from networking.backends.ovn.tables import ORDER, TABLE
from networking.intent import FabricIntent, eui64_address
from networking.planning import Resource, diff
from tests.networking.backends.ovn.intents import (
    intents,
    make_intent,
    make_network,
    make_transit,
    new_tenant,
)
from tests.networking.backends.ovn.policies import with_policy


def rows(intent: FabricIntent, kind: str) -> list[Resource]:
    return [resource for resource in render(intent) if resource.kind == kind]


def only(intent: FabricIntent, kind: str) -> Resource:
    (resource,) = rows(intent, kind)
    return resource


def test_nothing_wanted_is_nothing_rendered() -> None:
    assert render(FabricIntent(new_tenant(), 1)) == ()


def test_the_rows_of_a_tenant() -> None:
    assert Counter(resource.kind for resource in render(make_intent())) == {
        "DHCP_Options": 2,  # both families of the first network, none of the second
        "Logical_Router": 1,
        "Logical_Switch": 3,
        "Logical_Router_Port": 3,
        "Gateway_Chassis": 2,
        "Logical_Router_Static_Route": 2,
        "Logical_Router_Policy": 2,  # both families
        "Logical_Switch_Port": 2 * 3 + 2,  # a network: uplink, two machines; transit: two
    }


def test_every_row_is_stamped_and_named_after_the_tenant() -> None:
    intent = make_intent()
    for resource in render(intent):
        marks = resource.attrs["external_ids"]
        assert marks["demarc-tenant"] == intent.tenant.id
        assert marks["demarc-tenant-slug"] == "acme"
        assert (marks["demarc-noun"], marks["demarc-id"]) == (resource.noun.type, resource.noun.id)
        if resource.noun.type != "port" and "name" in resource.attrs:
            assert resource.attrs["name"].startswith("dm-acme-")


def test_a_machine_port_is_named_by_its_id_and_bound_to_its_addresses() -> None:
    intent = FabricIntent(new_tenant(), 1, (make_network(ports=1, ipv6_prefix="2001:db8:1::/64"),))
    (port,) = intent.networks[0].ports
    resource = next(row for row in rows(intent, "Logical_Switch_Port") if row.noun.type == "port")
    allowed = ["02:00:00:00:00:01 10.1.0.2 2001:db8:1::ff:fe00:1"]
    assert resource.attrs["name"] == port.id
    assert resource.attrs["addresses"] == resource.attrs["port_security"] == allowed
    assert resource.noun.name == "web-1"


def test_nothing_comes_in_from_outside_with_an_address_of_ours() -> None:
    intent = replace(make_intent(), vip_prefixes=("10.99.0.0/28",))
    matches = [row.attrs["match"] for row in rows(intent, "Logical_Router_Policy")]
    port = f'inport == "dm-acme-gateway-{intent.transit.id}"'
    assert matches == [
        f"{port} && ip4.src == {{10.1.0.0/24, 10.1.1.0/24, 10.99.0.0/28}}",
        f"{port} && ip6.src == {{2001:db8:1::/64}}",
    ]
    assert rows(replace(intent, transit=None), "Logical_Router_Policy") == []


def test_dhcp_hands_out_gateway_and_mtu() -> None:
    intent = FabricIntent(new_tenant(), 1, (make_network(),))
    dhcp = only(intent, "DHCP_Options")
    assert dhcp.attrs["cidr"] == "10.1.0.0/24"
    assert dhcp.attrs["options"] == {
        "server_id": "10.1.0.1",
        "server_mac": only(intent, "Logical_Router_Port").attrs["mac"],
        "router": "10.1.0.1",
        "lease_time": "3600",
        "mtu": "1400",
    }


def test_without_dhcp_nobody_is_told_an_address() -> None:
    network = make_network(ipv6_prefix="2001:db8:1::/64", dhcp=False)
    intent = FabricIntent(new_tenant(), 1, (network,))
    assert rows(intent, "DHCP_Options") == []
    gateway = only(intent, "Logical_Router_Port")
    assert gateway.attrs["ipv6_ra_configs"] == {}
    assert gateway.attrs["networks"] == ["10.1.0.1/24", "2001:db8:1::1/64"]


@pytest.mark.parametrize(("length", "mode"), [(64, "slaac"), (80, "dhcpv6_stateful")])
def test_machines_form_their_own_address_where_the_prefix_allows(length: int, mode: str) -> None:
    network = make_network(ports=0, ipv6_prefix=f"2001:db8:1::/{length}")
    gateway = only(FabricIntent(new_tenant(), 1, (network,)), "Logical_Router_Port")
    assert gateway.attrs["ipv6_ra_configs"] == {
        "address_mode": mode,
        "mtu": "1400",
        "send_periodic": "true",
    }


def test_a_port_without_ipv6_is_not_offered_any() -> None:
    network = make_network(ports=1, ipv6_prefix="2001:db8:1::/64")
    network = replace(network, ports=(replace(network.ports[0], ipv6=""),))
    intent = FabricIntent(new_tenant(), 1, (network,))
    (port,) = [row for row in rows(intent, "Logical_Switch_Port") if row.noun.type == "port"]
    assert port.attrs["dhcpv6_options"] is None
    assert port.attrs["dhcpv4_options"] is not None


def test_the_transit_is_the_tenants_own_vlan_and_default_route() -> None:
    intent = FabricIntent(new_tenant(), 1, (), make_transit(vlan=101, hosts=("h2", "h1")))
    localnet = next(
        row for row in rows(intent, "Logical_Switch_Port") if row.attrs["type"] == "localnet"
    )
    assert localnet.attrs["tag"] == 101
    assert localnet.attrs["options"] == {"network_name": "wan"}
    routes = {row.attrs["ip_prefix"]: row.attrs["nexthop"]
              for row in rows(intent, "Logical_Router_Static_Route")}  # fmt: skip
    assert routes == {"0.0.0.0/0": "100.64.1.1", "::/0": "2001:db8:ffff:1::1"}
    gateways = sorted(
        rows(intent, "Gateway_Chassis"), key=lambda row: row.attrs["priority"], reverse=True
    )
    assert [row.attrs["chassis_name"] for row in gateways] == ["h2", "h1"]


def test_an_ipv4_only_transit_has_one_default_route() -> None:
    transit = replace(make_transit(), gateway_ipv6="", router_ipv6="")
    intent = FabricIntent(new_tenant(), 1, (), transit)
    assert [row.attrs["ip_prefix"] for row in rows(intent, "Logical_Router_Static_Route")] == [
        "0.0.0.0/0"
    ]
    assert only(intent, "Logical_Router_Port").attrs["networks"] == ["100.64.1.2/29"]


def test_equal_networks_of_two_tenants_share_no_row_no_name_and_no_router_mac() -> None:
    acme = replace(make_intent(new_tenant("acme")), transit=None)
    globex = replace(acme, tenant=new_tenant("globex"))
    mine, theirs = render(acme), render(globex)
    assert not {row.key for row in mine} & {row.key for row in theirs}
    for attribute in ("name", "mac"):
        ours = {row.attrs[attribute] for row in mine if row.attrs.get("type") != ""
                and attribute in row.attrs}  # fmt: skip
        others = {row.attrs[attribute] for row in theirs if row.attrs.get("type") != ""
                  and attribute in row.attrs}  # fmt: skip
        assert not ours & others


def test_a_link_that_goes_to_another_tenant_keeps_its_gateways_mac() -> None:
    """The provider's router knows it, and is not told of another one over IPv6."""

    def mac(vlan: int) -> str:
        intent = FabricIntent(new_tenant(), 1, (), make_transit(vlan=vlan))
        return str(only(intent, "Logical_Router_Port").attrs["mac"])

    assert mac(101) == mac(101)
    assert mac(101) != mac(102)


def test_router_macs_are_unicast_and_locally_administered() -> None:
    for row in rows(make_intent(), "Logical_Router_Port"):
        first = int(row.attrs["mac"].split(":")[0], 16)
        assert first & 0b11 == 0b10


def test_a_row_refers_only_to_rows_that_are_rendered_and_come_before_it() -> None:
    resources = render(with_policy(make_intent()))
    place = {row.key: ORDER.index(row.kind) for row in resources}
    for row in resources:
        referred = [*row.attrs["parents"], row.attrs.get("dhcpv4_options"),
                    row.attrs.get("dhcpv6_options")]  # fmt: skip
        for uuid in filter(None, referred):
            assert place[uuid] < place[row.key]
        for holder in TABLE[row.kind].holders:
            assert row.attrs[holder.attribute]
            assert all(place[uuid] < place[row.key] for uuid in row.attrs[holder.attribute])


@settings(max_examples=50)
@given(intent=intents())
def test_rendering_is_stable_json_without_doubles(intent: FabricIntent) -> None:
    resources = render(intent)
    assert not diff(resources, render(intent), order=ORDER)
    for resource in resources:
        assert json.loads(json.dumps(resource.attrs)) == resource.attrs
    # An ACL's name is for people who read logs.
    named = [row for row in resources if "name" in row.attrs and row.kind != "ACL"]
    names = Counter((row.kind, row.attrs["name"]) for row in named)
    assert all(count == 1 for count in names.values())


def test_eui64_is_what_a_kernel_forms() -> None:
    # RFC 4291, appendix A: 34-56-78-9A-BC-DE becomes 36-56-78-FF-FE-9A-BC-DE.
    assert eui64_address("2001:db8::/64", "34:56:78:9a:bc:de") == "2001:db8::3656:78ff:fe9a:bcde"


@pytest.mark.parametrize(
    ("prefix", "mac"),
    [("2001:db8::/56", "02:00:00:00:00:01"), ("2001:db8::/64", "02:00:00:00:01")],
)
def test_eui64_refuses_what_it_cannot_form(prefix: str, mac: str) -> None:
    with pytest.raises(ValueError, match="EUI-64"):
        eui64_address(prefix, mac)


@settings(max_examples=50)
@given(intent=intents())
def test_rows_of_machines_and_groups_depend_on_their_networks_alone(intent: FabricIntent) -> None:
    """So a pass for single machines need not compile the rest."""
    part = replace(
        intent,
        networks=tuple(replace(network, ports=network.ports[:1]) for network in intent.networks),
        transit=None,
        groups=intent.groups[1:],
        rules=(),
        vips=(),
        sites=(),
        elsewhere=(),
        vip_prefixes=(),
    )
    whole = {resource.ident: resource for resource in render(intent)}
    found = [one for one in render(part) if one.noun.type in ("port", "group")]
    assert len(found) >= sum(1 for network in part.networks if network.ports)
    assert all(whole[one.ident] == one and whole[one.ident].noun == one.noun for one in found)
