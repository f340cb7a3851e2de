"""What each act costs in requests, and in bytes as the tenant grows and its neighbours do."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from networking.backends.ovn import observe
from networking.backends.ovn.backend import OvnBackend
from networking.backends.ovn.tables import TABLES
from networking.intent import FabricIntent
from networking.planning import Json, Plan, Resource
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


def test_some_tables_are_read_as_they_are_read_with_all(
    backend: OvnBackend, enforce: Enforce
) -> None:
    intent = with_policy(make_intent())
    scope = scope_of(intent.tenant)
    enforce(intent)
    whole = backend.observe(scope)
    kinds = {resource.kind for resource in whole}
    assert len(kinds) > len(TABLES) / 2
    for some in (*({kind} for kind in kinds), {"Address_Set", "Logical_Switch_Port"}):
        assert set_of(backend.observe(scope, some)) == set_of(
            resource for resource in whole if resource.kind in some
        )
    spent = bytes_of(backend, lambda: backend.observe(scope, {"Address_Set"}))
    assert spent < bytes_of(backend, lambda: backend.observe(scope)) / 4


def set_of(resources: Iterable[Resource]) -> dict[tuple[str, str], Resource]:
    return {resource.ident: resource for resource in resources}


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
