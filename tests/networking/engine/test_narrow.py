"""A pass for single machines looks at these and their groups; in any other case at everything."""

from collections.abc import Callable
from uuid import UUID

import pytest

from networking.engine import drift
from networking.engine.reconcile import reconcile
from networking.engine.snapshot import snapshot
from networking.engine.unfinished import reopen
from networking.models import Change
from networking.services import ports
from portal.lib.db import DatabaseRole
from portal.lib.db import acting_as as acting_as_role
from tests.networking.engine.acts import Acts, fresh, held, kinds, scope, set_scope
from tests.networking.engine.deliver import deliver
from tests.networking.engine.test_quiet import act, label, members, shop

__all__ = ["shop"]


def forget_network(acts: Acts) -> None:
    """Somebody removes the network `web` from the fabric."""
    tenant = str(acts.actor.tenant.id)
    (network,) = (one for one in held("lab") if one.kind == "network" and one.noun.name == "web")
    acts.provider.faults("fabric").forget(tenant, "network", network.key)


def test_what_no_label_touches_is_the_sweeps(acts: Acts, shop: Change) -> None:
    forget_network(acts)
    change = label(acts, app="shop")
    assert snapshot(scope("lab").pk).nouns == {("group", str(shop.subject_id))}
    reconcile(scope("lab").pk)
    assert fresh(change).state == Change.State.DONE
    assert members() == ["10.1.5.11"]
    assert ("network", "web") not in kinds(held("lab"))
    drift.check(scope("lab").pk)
    assert scope("lab").drift["summary"] == "network web was missing"
    assert ("network", "web") in kinds(held("lab"))


def test_a_machine_is_brought_with_its_groups(acts: Acts, shop: Change) -> None:
    made = add_machine(acts)
    nouns = {("group", str(shop.subject_id)), ("port", str(made.subject_id))}
    assert snapshot(scope("lab").pk).nouns == nouns
    deliver()
    another_address(acts)
    assert snapshot(scope("lab").pk).nouns is not None
    deliver()
    assert members() == ["10.1.5.12"]
    assert {("port", "web-1"), ("port", "web-2")} <= kinds(held("lab"))
    drift.check(scope("lab").pk)
    assert scope("lab").drift == {}
    another_address(acts, "10.1.5.14")
    reconcile(scope("lab").pk)
    assert scope("lab").verified < scope("lab").applied
    another_address(acts, "10.1.5.15")
    assert snapshot(scope("lab").pk).nouns == {("port", str(machine(acts)))}
    deliver()
    gone = act(acts, ports.delete, made.subject_id)
    deliver()
    assert fresh(gone).state == Change.State.DONE
    assert members() == []


def test_what_holds_less_than_it_did_is_looked_at_as_a_whole(acts: Acts, shop: Change) -> None:
    """A database that was made anew, for one."""
    forget_network(acts)
    tenant = str(acts.actor.tenant.id)
    acts.provider.faults("fabric").forget(tenant, "group", str(shop.subject_id))
    change = label(acts, app="shop")
    assert snapshot(scope("lab").pk).nouns is not None
    deliver()
    assert fresh(change).state == Change.State.DONE
    assert {("network", "web"), ("group", "shop")} <= kinds(held("lab"))
    assert members() == ["10.1.5.11"]


def add_machine(acts: Acts) -> Change:
    wanted = ports.PortInput(
        acts.network("web").id, "web-2", ipv4_address="10.1.5.12", labels={"app": "shop"}
    )
    return act(acts, ports.create, wanted)


def test_after_labels_the_fabric_holds_what_is_wanted(acts: Acts, shop: Change) -> None:
    for labels in ({"app": "shop"}, {}, {"app": "shop", "tier": "1"}, {"tier": "1"}):
        label(acts, **labels)
        reconcile(scope("lab").pk)
        drift.check(scope("lab").pk)
        assert scope("lab").drift == {}
        assert members() == (["10.1.5.11"] if "app" in labels else [])


def another_network(acts: Acts) -> None:
    acts.add_network("db", "10.1.6.0/24")


def another_address(acts: Acts, text: str = "10.1.5.13") -> None:
    act(acts, ports.update, machine(acts), {"ipv4_address": text})


def a_machine_goes(acts: Acts) -> None:
    act(
        acts,
        ports.delete,
        act(acts, ports.create, ports.PortInput(acts.network("web").id, "web-3")).subject_id,
    )


def machine(acts: Acts) -> UUID:
    with acting_as_role(DatabaseRole.WORKER):
        found: UUID = acts.network("web").ports.get(name="web-1").id
    return found


def gateway_moves(acts: Acts) -> None:
    with acting_as_role(DatabaseRole.WORKER):
        reopen(scope("lab").fabric_id)


def sent_before(acts: Acts) -> None:
    set_scope(scope("lab"), sent=scope("lab").wanted + 1)


@pytest.mark.parametrize("beside", [another_network, a_machine_goes, gateway_moves, sent_before])
def test_with_anything_else_open_everything_is_looked_at(
    acts: Acts, shop: Change, beside: Callable[[Acts], None]
) -> None:
    forget_network(acts)
    beside(acts)
    change = label(acts, app="shop")
    assert snapshot(scope("lab").pk).nouns is None
    deliver()
    assert fresh(change).state == Change.State.DONE
    assert ("network", "web") in kinds(held("lab"))


def test_at_rest_everything_is_looked_at(acts: Acts, shop: Change) -> None:
    assert snapshot(scope("lab").pk).nouns is None
    label(acts, app="shop")
    assert snapshot(scope("pe1").pk).nouns is None
