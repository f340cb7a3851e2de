"""What each act costs in requests, and in bytes as the tenant grows and its neighbours do."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from networking.backends.ovn import observe
from networking.backends.ovn.backend import OvnBackend
from networking.backends.ovn.tables import TABLES
from networking.intent import FabricIntent
from networking.planning import Json, Plan
from tests.networking.backends.ovn.conftest import Enforce, plan_for
from tests.networking.backends.ovn.intents import (
    make_intent,
    make_network,
    make_port,
    new_tenant,
    scope_of,
)
from tests.networking.backends.ovn.policies import with_policy


def test_requests_an_act(backend: OvnBackend) -> None:
    intent = make_intent()
    scope = scope_of(intent.tenant)
    plans: list[Plan] = []
    acts: dict[str, tuple[Callable[[], object], int, int]] = {
        "claim, first": (lambda: backend.claim(scope, 1), 2, 0),
        "claim, again": (lambda: backend.claim(scope, 1), 1, 0),
        "observe and plan": (lambda: plans.append(plan_for(backend, intent)), 1, 0),
        "apply": (lambda: backend.apply(scope, plans[0], 1), 1, 0),
        "apply, repeated": (lambda: backend.apply(scope, plans[0], 1), 3, 0),
        "observe, one request a level": (lambda: backend.observe(scope), 3, 0),
        "scopes": (backend.scopes, 1, 0),
        "request": (backend.request, 1, 0),
        "progress": (backend.progress, 1, 1),
        "locate": (backend.locate, 0, 1),
    }
    for name, (act, north, south) in acts.items():
        before = backend.northbound.requests, backend.southbound.requests
        act()
        spent = (
            backend.northbound.requests - before[0],
            backend.southbound.requests - before[1],
        )
        assert spent == (north, south), name


def bytes_of(backend: OvnBackend, act: Callable[[], object]) -> int:
    before = backend.northbound.sent + backend.northbound.received
    act()
    return backend.northbound.sent + backend.northbound.received - before


def test_observing_costs_the_same_beside_neighbours(backend: OvnBackend, enforce: Enforce) -> None:
    intent = make_intent()
    scope = scope_of(intent.tenant)
    enforce(intent)
    alone = bytes_of(backend, lambda: backend.observe(scope))
    for _ in range(10):
        enforce(make_intent())
    assert bytes_of(backend, lambda: backend.observe(scope)) == pytest.approx(alone, abs=100)


def searched_by(
    backend: OvnBackend, intent: FabricIntent, monkeypatch: pytest.MonkeyPatch
) -> dict[str, int]:
    """The tables of which the server reads every row to observe the tenant, and how often."""
    searched: Counter[str] = Counter()
    transact = backend.northbound.transact

    def watched(operations: Sequence[Json]) -> list[Json]:
        searched.update(one["table"] for one in operations if one["where"][0][0] != "_uuid")
        return transact(operations)

    with monkeypatch.context() as patch:
        patch.setattr(backend.northbound, "transact", watched)
        assert backend.observe(scope_of(intent.tenant))
    return searched


def test_tables_of_ports_and_rules_are_not_searched(
    backend: OvnBackend, enforce: Enforce, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server would read the rows of all tenants."""
    intent = make_intent()
    enforce(intent)
    roots = {table.name: 1 for table in TABLES if table.stands_alone}
    assert searched_by(backend, intent, monkeypatch) == roots
    assert not {"Logical_Switch_Port", "Logical_Router_Port", "ACL"} & roots.keys()

    monkeypatch.setattr(observe, "_ONE_BY_ONE", 1)
    crowded = searched_by(backend, intent, monkeypatch)
    assert crowded["Logical_Switch_Port"] == 1


@pytest.mark.parametrize("one_by_one", [0, 256])
def test_some_rows_are_read_as_they_are_read_with_all(
    backend: OvnBackend, enforce: Enforce, monkeypatch: pytest.MonkeyPatch, one_by_one: int
) -> None:
    intent = with_policy(make_intent())
    scope = scope_of(intent.tenant)
    enforce(intent)
    whole = {resource.ident: resource for resource in backend.observe(scope)}
    by_kind = {kind: {ident for ident in whole if ident[0] == kind} for kind, _ in whole}
    assert len(by_kind) > len(TABLES) / 2
    monkeypatch.setattr(observe, "_ONE_BY_ONE", one_by_one)
    some = by_kind["Address_Set"] | by_kind["Logical_Switch_Port"]
    for only in (some, {min(some)}, set(whole), *by_kind.values()):
        found = {resource.ident: resource for resource in backend.observe(scope, only)}
        assert {ident: found[ident] for ident in only} == {ident: whole[ident] for ident in only}
    assert backend.observe(scope, {("ACL", str(uuid4()))}) == () or not one_by_one


def test_a_few_rows_cost_little(backend: OvnBackend, enforce: Enforce) -> None:
    intent = with_policy(make_intent())
    scope = scope_of(intent.tenant)
    enforce(intent)
    whole = bytes_of(backend, lambda: backend.observe(scope))
    one = next(one.ident for one in backend.observe(scope) if one.kind == "Address_Set")
    assert bytes_of(backend, lambda: backend.observe(scope, {one})) < whole / 10


def test_what_stands_alone_is_what_the_server_keeps() -> None:
    """By the schema: what is no root goes when its last holder does, and `Meter_Band` has a
    holder that is none to us."""
    schema = json.loads(Path("/usr/share/ovn/ovn-nb.ovsschema").read_text())["tables"]
    for table in TABLES:
        is_root = schema[table.name].get("isRoot", False)
        assert table.stands_alone == is_root or table.name == "Meter_Band"


def test_an_edit_does_not_grow_with_the_tenant(backend: OvnBackend, enforce: Enforce) -> None:
    many = tuple(make_port(number) for number in range(1, 101))
    small = FabricIntent(new_tenant(), 1, (make_network(ports=0),))
    large = FabricIntent(new_tenant(), 1, (replace(make_network(), ports=many),))
    spent = []
    for intent in (small, large):
        enforce(intent)
        (held,) = intent.networks
        more = replace(held, ports=(*held.ports, make_port(120)))
        plan = plan_for(backend, replace(intent, networks=(more,)))
        scope = scope_of(intent.tenant)
        backend.claim(scope, 1000)
        spent.append(bytes_of(backend, lambda s=scope, p=plan: backend.apply(s, p, 1000)))
    assert spent[1] == pytest.approx(spent[0], abs=100)
    assert max(spent) < 2500
