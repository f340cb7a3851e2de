"""What was applied is what is observed, on a real northbound database with northd behind it."""

from dataclasses import replace

import pytest
from hypothesis import given, settings

from networking.backends.ovn.backend import OvnBackend
from networking.backends.ovn.tables import ORDER
from networking.intent import FabricIntent, Network
from networking.planning import Action, Plan
from tests.contracts.ovn_central import OvnCentral
from tests.networking.backends.ovn.conftest import Enforce, plan_for
from tests.networking.backends.ovn.intents import (
    intents,
    make_intent,
    make_network,
    make_port,
    make_transit,
    new_tenant,
    scope_of,
    without_ports,
)
from tests.networking.backends.ovn.policies import with_policy

# The function-scoped backend only holds a connection.
WITH_DATABASE = settings(max_examples=25)


def test_first_apply_creates_everything_and_the_next_plan_is_empty(
    backend: OvnBackend, enforce: Enforce
) -> None:
    intent = make_intent()
    plan = enforce(intent)
    assert {step.action for step in plan.steps} == {Action.CREATE}
    assert backend.observe(scope_of(intent.tenant))
    assert not plan_for(backend, intent)


def test_northd_leaves_what_we_set_alone(
    backend: OvnBackend, enforce: Enforce, ovn_central: OvnCentral
) -> None:
    intent = with_policy(make_intent())
    enforce(intent)
    ovn_central.settle()
    assert not plan_for(backend, intent)


def test_an_observation_names_the_nouns(backend: OvnBackend, enforce: Enforce) -> None:
    intent = make_intent()
    enforce(intent)
    wanted = {resource.ident: resource.noun for resource in backend.render(intent)}
    seen = {resource.ident: resource.noun for resource in backend.observe(scope_of(intent.tenant))}
    assert seen == wanted


def test_a_plan_survives_json_on_its_way_to_the_database(backend: OvnBackend) -> None:
    intent = make_intent()
    scope = scope_of(intent.tenant)
    plan = Plan.from_json(plan_for(backend, intent).to_json())
    backend.claim(scope, 1)
    backend.apply(scope, plan, 1)
    assert not plan_for(backend, intent)


def test_an_empty_intent_takes_everything_away(backend: OvnBackend, enforce: Enforce) -> None:
    intent = make_intent()
    enforce(intent)
    plan = enforce(FabricIntent(intent.tenant, 2))
    assert {step.action for step in plan.steps} == {Action.DELETE}
    assert backend.observe(scope_of(intent.tenant)) == ()
    assert intent.tenant.id not in backend.scopes()


def test_rows_without_a_holder_do_not_linger(enforce: Enforce, ovn_central: OvnCentral) -> None:
    intent = with_policy(make_intent())
    enforce(intent)
    enforce(FabricIntent(intent.tenant, 2))
    mark = f"external_ids:demarc-tenant={intent.tenant.id}"
    for table in ORDER:
        assert ovn_central.nbctl("--bare", "--columns=_uuid", "find", table, mark) == ""


def edited(intent: FabricIntent, **changes: object) -> FabricIntent:
    first, *others = intent.networks
    return replace(intent, generation=2, networks=(replace(first, **changes), *others))


def more_ports(network: Network) -> Network:
    return replace(network, ports=(*network.ports[1:], make_port(9)))


@pytest.mark.parametrize(
    ("change", "touched"),
    [
        (
            lambda intent: edited(intent, mtu=1300),
            {("update", "DHCP_Options"), ("update", "Logical_Router_Port")},
        ),
        (
            lambda intent: edited(intent, dhcp=False),
            {
                ("delete", "DHCP_Options"),
                ("update", "Logical_Router_Port"),
                ("update", "Logical_Switch_Port"),
            },
        ),
        (
            lambda intent: edited(intent, ports=more_ports(intent.networks[0]).ports),
            {("create", "Logical_Switch_Port"), ("delete", "Logical_Switch_Port")},
        ),
        (
            # Another link has a gateway with another MAC address.
            lambda intent: replace(intent, transit=replace(intent.transit, vlan=202)),
            {("update", "Logical_Router_Port"), ("update", "Logical_Switch_Port")},
        ),
        (
            lambda intent: replace(intent, transit=replace(intent.transit, hosts=("h2", "h1"))),
            {("update", "Gateway_Chassis")},
        ),
        (
            lambda intent: replace(intent, transit=replace(intent.transit, hosts=("h1",))),
            {("delete", "Gateway_Chassis")},
        ),
        (
            lambda intent: replace(
                intent, transit=replace(intent.transit, router_ipv4="100.64.1.3")
            ),
            {("update", "Logical_Router_Static_Route")},
        ),
        (
            lambda intent: replace(intent, tenant=replace(intent.tenant, slug="acme-2")),
            {
                ("update", kind)
                for kind in (
                    "DHCP_Options",
                    "Gateway_Chassis",
                    "Logical_Router",
                    "Logical_Router_Policy",
                    "Logical_Router_Port",
                    "Logical_Router_Static_Route",
                    "Logical_Switch",
                    "Logical_Switch_Port",
                )
            },
        ),
    ],
    ids=["mtu", "dhcp off", "ports", "vlan", "host order", "hosts", "next hop", "slug"],
)
def test_an_edit_touches_only_what_it_must(
    backend: OvnBackend, enforce: Enforce, change: object, touched: set[tuple[str, str]]
) -> None:
    intent = make_intent()
    enforce(intent)
    after = change(intent)
    plan = enforce(after)
    assert {(step.action.value, step.kind) for step in plan.steps} == touched
    assert not plan_for(backend, after)


def test_a_port_may_move_to_another_network(backend: OvnBackend, enforce: Enforce) -> None:
    tenant = new_tenant()
    first, second = make_network("10.1.0.0/24", ports=1), make_network("10.2.0.0/24", ports=0)
    enforce(FabricIntent(tenant, 1, (first, second)))
    (port,) = first.ports
    moved = FabricIntent(
        tenant,
        2,
        (replace(first, ports=()), replace(second, ports=(replace(port, ipv4="10.2.0.9"),))),
    )
    enforce(moved)
    assert not plan_for(backend, moved)


def test_two_tenants_may_have_equal_prefixes_and_macs(
    backend: OvnBackend, enforce: Enforce, ovn_central: OvnCentral
) -> None:
    acme, globex = new_tenant("acme"), new_tenant("globex")
    wanted = make_intent(acme)
    same = FabricIntent(
        globex,
        1,
        tuple(
            replace(
                network,
                id=make_network().id,
                ports=tuple(replace(port, id=make_port(1).id) for port in network.ports),
            )
            for network in wanted.networks
        ),
        make_transit(102),
    )
    enforce(wanted)
    enforce(same)
    enforce(FabricIntent(globex, 2))
    assert not plan_for(backend, wanted)
    assert acme.id in backend.scopes()
    assert globex.id not in backend.scopes()
    ovn_central.settle()


@WITH_DATABASE
@given(intent=intents())
def test_any_intent_is_observed_as_rendered(
    backend: OvnBackend, enforce: Enforce, intent: FabricIntent
) -> None:
    enforce(intent)
    assert not plan_for(backend, intent)
    enforce(without_ports(intent))
    assert not plan_for(backend, without_ports(intent))
    enforce(FabricIntent(intent.tenant, 2))
    assert backend.observe(scope_of(intent.tenant)) == ()


TENANT = new_tenant("fickle")


@WITH_DATABASE
@given(intent=intents(TENANT))
def test_any_intent_is_reached_from_any_other(
    backend: OvnBackend, enforce: Enforce, intent: FabricIntent
) -> None:
    enforce(intent)
    assert not plan_for(backend, intent)
