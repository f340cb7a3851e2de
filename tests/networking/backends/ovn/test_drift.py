"""What somebody else did by hand: ours is seen and put back, theirs is neither read nor touched."""

from collections.abc import Callable

import pytest

from networking.backends.base import BackendError
from networking.backends.ovn.backend import OvnBackend
from networking.intent import FabricIntent
from tests.contracts.ovn_central import OvnCentral
from tests.networking.backends.ovn.conftest import Enforce, plan_for
from tests.networking.backends.ovn.intents import make_intent, scope_of

Act = Callable[[OvnCentral, FabricIntent], object]


def switch_of(intent: FabricIntent) -> str:
    return f"dm-acme-network-{intent.networks[0].id}"


def router_of(intent: FabricIntent) -> str:
    return f"dm-acme-router-{intent.tenant.id}"


def port_of(intent: FabricIntent) -> str:
    return intent.networks[0].ports[0].id


def gateway_of(intent: FabricIntent) -> str:
    return f"dm-acme-gateway-{intent.networks[0].id}"


def uuid_of(central: OvnCentral, table: str, name: str) -> str:
    return central.nbctl("--bare", "--columns=_uuid", "find", table, f"name={name}")


def add_stamped_port(central: OvnCentral, intent: FabricIntent) -> None:
    stray = f"stray-{intent.tenant.id}"
    central.nbctl(
        "lsp-add", switch_of(intent), stray, "--", "set", "Logical_Switch_Port", stray,
        f"external_ids:demarc-tenant={intent.tenant.id}", "external_ids:demarc-noun=port",
    )  # fmt: skip


def strip_stamps(table: str, name: Callable[[FabricIntent], str]) -> Act:
    return lambda central, intent: central.nbctl("clear", table, name(intent), "external_ids")


def move_to_foreign_switch(central: OvnCentral, intent: FabricIntent) -> None:
    foreign = f"foreign-{intent.tenant.id}"
    port = uuid_of(central, "Logical_Switch_Port", port_of(intent))
    central.nbctl(
        "ls-add", foreign, "--", "add", "Logical_Switch", foreign, "ports", port,
        "--", "remove", "Logical_Switch", switch_of(intent), "ports", port,
    )  # fmt: skip


def hold_twice(central: OvnCentral, intent: FabricIntent) -> None:
    port = uuid_of(central, "Logical_Switch_Port", port_of(intent))
    other = f"dm-acme-network-{intent.networks[1].id}"
    central.nbctl("add", "Logical_Switch", other, "ports", port)


DRIFTS: dict[str, Act] = {
    "port gone": lambda central, intent: central.nbctl("lsp-del", port_of(intent)),
    "switch gone": lambda central, intent: central.nbctl("ls-del", switch_of(intent)),
    "router gone": lambda central, intent: central.nbctl("lr-del", router_of(intent)),
    "routes gone": lambda central, intent: central.nbctl("lr-route-del", router_of(intent)),
    "router port gone": lambda central, intent: central.nbctl("lrp-del", gateway_of(intent)),
    "dhcp gone": lambda central, intent: central.nbctl(
        "dhcp-options-del",
        central.nbctl("--bare", "lsp-get-dhcpv4-options", port_of(intent)).split()[0],
    ),
    "addresses changed": lambda central, intent: central.nbctl(
        "lsp-set-addresses", port_of(intent), "02:00:00:00:99:99 10.1.0.99"
    ),
    "port security off": lambda central, intent: central.nbctl(
        "lsp-set-port-security", port_of(intent)
    ),
    "port disabled": lambda central, intent: central.nbctl(
        "lsp-set-enabled", port_of(intent), "disabled"
    ),
    "option added": lambda central, intent: central.nbctl(
        "lsp-set-options", port_of(intent), "requested-chassis=h9"
    ),
    "router disabled": lambda central, intent: central.nbctl(
        "set", "Logical_Router", router_of(intent), "enabled=false"
    ),
    "name changed": lambda central, intent: central.nbctl(
        "set", "Logical_Switch", switch_of(intent), "name=other"
    ),
    "stamp changed": lambda central, intent: central.nbctl(
        "set", "Logical_Switch_Port", port_of(intent), "external_ids:demarc-name=other"
    ),
    "stamps gone from a port": strip_stamps("Logical_Switch_Port", port_of),
    "stamps gone from a switch": strip_stamps("Logical_Switch", switch_of),
    "stamps gone from the router": strip_stamps("Logical_Router", router_of),
    "extra stamped port": add_stamped_port,
    "port on a foreign switch": move_to_foreign_switch,
    "port on two switches": hold_twice,
}


@pytest.mark.parametrize("act", DRIFTS.values(), ids=DRIFTS.keys())
def test_drift_is_seen_and_repaired(
    backend: OvnBackend, enforce: Enforce, ovn_central: OvnCentral, act: Act
) -> None:
    intent = make_intent()
    enforce(intent)
    act(ovn_central, intent)
    assert plan_for(backend, intent)
    enforce(intent)
    assert not plan_for(backend, intent)


def test_a_repaired_port_is_on_its_switch_alone(
    backend: OvnBackend, enforce: Enforce, ovn_central: OvnCentral
) -> None:
    intent = make_intent()
    enforce(intent)
    move_to_foreign_switch(ovn_central, intent)
    enforce(intent)
    foreign = f"foreign-{intent.tenant.id}"
    assert ovn_central.nbctl("lsp-list", foreign) == ""
    assert port_of(intent) in ovn_central.nbctl("lsp-list", switch_of(intent))


FOREIGN: dict[str, Act] = {
    "acl on our switch": lambda central, intent: central.nbctl(
        "acl-add", switch_of(intent), "to-lport", "500", "ip4", "drop"
    ),
    "port on our switch": lambda central, intent: central.nbctl(
        "lsp-add", switch_of(intent), f"foreign-{intent.tenant.id}"
    ),
    "route on our router": lambda central, intent: central.nbctl(
        "lr-route-add", router_of(intent), "192.0.2.0/24", "100.64.1.5"
    ),
    "nat on our router": lambda central, intent: central.nbctl(
        "lr-nat-add", router_of(intent), "snat", "192.0.2.1", "10.1.0.0/24"
    ),
    "key beside our stamps": lambda central, intent: central.nbctl(
        "set", "Logical_Switch", switch_of(intent), "external_ids:neutron=x"
    ),
    "switch of their own": lambda central, intent: central.nbctl(
        "ls-add", f"foreign-{intent.tenant.id}"
    ),
}


@pytest.mark.parametrize("act", FOREIGN.values(), ids=FOREIGN.keys())
def test_foreign_rows_are_neither_read_nor_touched(
    backend: OvnBackend, enforce: Enforce, ovn_central: OvnCentral, act: Act
) -> None:
    intent = make_intent()
    enforce(intent)
    act(ovn_central, intent)
    before = foreign_rows(ovn_central, intent)
    assert any(before)
    assert not plan_for(backend, intent)
    drift = DRIFTS["port gone"]
    drift(ovn_central, intent)
    enforce(intent)
    assert foreign_rows(ovn_central, intent) == before


def foreign_rows(central: OvnCentral, intent: FabricIntent) -> list[str]:
    """What is theirs on and around our rows."""
    return [
        central.nbctl("acl-list", switch_of(intent)),
        central.nbctl("--bare", "--columns=name", "find", "Logical_Switch_Port",
                      f"name=foreign-{intent.tenant.id}"),
        central.nbctl("--bare", "--columns=nexthop", "find", "Logical_Router_Static_Route",
                      "ip_prefix=192.0.2.0/24"),
        central.nbctl("lr-nat-list", router_of(intent)),
        central.nbctl("--bare", "--columns=name", "find", "Logical_Switch",
                      "external_ids:neutron=x", f"name={switch_of(intent)}"),
        central.nbctl("--bare", "--columns=name", "find", "Logical_Switch",
                      f"name=foreign-{intent.tenant.id}"),
    ]  # fmt: skip


def test_a_switch_with_a_foreign_port_can_go(
    backend: OvnBackend, enforce: Enforce, ovn_central: OvnCentral
) -> None:
    intent = make_intent()
    enforce(intent)
    FOREIGN["port on our switch"](ovn_central, intent)
    enforce(FabricIntent(intent.tenant, 2))
    assert backend.observe(scope_of(intent.tenant)) == ()


def test_a_name_that_is_taken_is_told_in_a_sentence(
    backend: OvnBackend, ovn_central: OvnCentral
) -> None:
    intent = make_intent()
    scope = scope_of(intent.tenant)
    foreign = f"foreign-{intent.tenant.id}"
    ovn_central.nbctl("ls-add", foreign, "--", "lsp-add", foreign, port_of(intent))
    backend.claim(scope, 1)
    with pytest.raises(BackendError, match="may hold the same name") as caught:
        backend.apply(scope, plan_for(backend, intent), 1)
    assert port_of(intent) in str(caught.value)
    assert not caught.value.retry
    assert backend.observe(scope) == ()


def test_a_value_that_ovn_does_not_take_names_the_row(backend: OvnBackend) -> None:
    intent = make_intent()
    scope = scope_of(intent.tenant)
    plan = plan_for(backend, intent)
    localnet = next(step for step in plan.steps if step.after and step.after.get("tag"))
    localnet.after["tag"] = 5000  # type: ignore[index]
    backend.claim(scope, 1)
    with pytest.raises(BackendError, match="of transit pe1") as caught:
        backend.apply(scope, plan, 1)
    assert "Nothing was changed" in str(caught.value)
    assert backend.observe(scope) == ()
