"""What the engine may rely on, of every backend."""

import json
import time
from typing import Any

import pytest

from networking.backends.base import StaleTokenError, UnreachableError
from networking.intent import ScopeRef
from networking.planning import Action, Plan, diff
from tests.contracts.device import PATIENCE, Customer, Device, Intent


def plan_for(backend: Any, scope: ScopeRef, intent: Intent) -> Plan:
    """From what the device holds now to the intent."""
    want, have = backend.render(intent), backend.observe(scope)
    return diff(want, have, order=backend.order, generation=intent.generation)


def carry(backend: Any, customer: Customer, intent: Intent, token: int = 1) -> Plan:
    """Claim, plan and apply, as the engine does; the plan that was applied."""
    backend.claim(customer.scope, token)
    plan = plan_for(backend, customer.scope, intent)
    backend.apply(customer.scope, plan, token)
    return plan


def test_what_was_applied_is_what_is_observed(device: Device, acme: Customer) -> None:
    with device.open() as backend:
        plan = carry(backend, acme, acme.first)
        assert {step.action for step in plan.steps} == {Action.CREATE}
        assert not plan_for(backend, acme.scope, acme.first)
    with device.open() as another:
        assert not plan_for(another, acme.scope, acme.first)


def test_rendering_asks_nobody(device: Device, acme: Customer) -> None:
    with device.silent() as backend:
        assert backend.render(acme.first) == backend.render(acme.first)
        assert backend.render(acme.nothing) == ()


def test_the_order_names_every_kind(device: Device, acme: Customer) -> None:
    backend = device.open()
    kinds = {resource.kind for resource in backend.render(acme.second)}
    assert kinds <= set(backend.order)


def test_applying_again_changes_nothing(device: Device, acme: Customer) -> None:
    with device.open() as backend:
        plan = carry(backend, acme, acme.first)
        before = backend.observe(acme.scope)
        backend.apply(acme.scope, plan, 1)
        backend.apply(acme.scope, Plan(1), 1)
        assert not diff(before, backend.observe(acme.scope))


def test_a_change_leaves_the_rest_alone(device: Device, acme: Customer) -> None:
    with device.open() as backend:
        carry(backend, acme, acme.first)
        plan = carry(backend, acme, acme.second)
        assert {step.action for step in plan.steps} == set(Action)
        assert not plan_for(backend, acme.scope, acme.second)
        carry(backend, acme, acme.first)
        assert not plan_for(backend, acme.scope, acme.first)


def test_a_deletion_may_run_again(device: Device, acme: Customer) -> None:
    with device.open() as backend:
        carry(backend, acme, acme.second)
        plan = carry(backend, acme, acme.first)
        backend.apply(acme.scope, plan, 1)
        assert not plan_for(backend, acme.scope, acme.first)


def test_wanting_nothing_removes_all_of_ours(device: Device, acme: Customer) -> None:
    with device.open() as backend:
        carry(backend, acme, acme.second)
        carry(backend, acme, acme.nothing)
        assert backend.observe(acme.scope) == ()


def test_what_is_not_ours_stays(device: Device, acme: Customer) -> None:
    device.plant_foreign(acme)
    before = device.foreign()
    assert before
    with device.open() as backend:
        assert backend.observe(acme.scope) == ()
        for intent in (acme.first, acme.second, acme.nothing):
            carry(backend, acme, intent)
            assert device.foreign() == before


@pytest.mark.parametrize("drift", ["lose", "alter", "add"])
def test_drift_is_seen_and_repaired(device: Device, acme: Customer, drift: str) -> None:
    with device.open() as backend:
        carry(backend, acme, acme.first)
        getattr(device, drift)(acme)
        repair = carry(backend, acme, acme.first, token=2)
        assert repair
        assert not plan_for(backend, acme.scope, acme.first)


def test_tenants_with_equal_prefixes_share_nothing(
    device: Device, acme: Customer, globex: Customer
) -> None:
    with device.open() as backend:
        carry(backend, acme, acme.first)
        carry(backend, globex, globex.first)
        before = backend.observe(globex.scope)
        for intent in (acme.second, acme.nothing):
            carry(backend, acme, intent)
            assert not diff(before, backend.observe(globex.scope))
        assert not plan_for(backend, globex.scope, globex.first)


def test_a_plan_survives_its_storage(device: Device, acme: Customer) -> None:
    with device.open() as backend:
        backend.claim(acme.scope, 1)
        for intent in (acme.first, acme.second, acme.nothing):
            plan = plan_for(backend, acme.scope, intent)
            stored = Plan.from_json(json.loads(json.dumps(plan.to_json())))
            assert stored == plan
            backend.apply(acme.scope, stored, 1)
            assert not plan_for(backend, acme.scope, intent)


def test_the_device_refuses_a_stale_token(device: Device, acme: Customer) -> None:
    with device.open() as late, device.open() as owner:
        late.claim(acme.scope, 7)
        plan = plan_for(late, acme.scope, acme.first)
        owner.claim(acme.scope, 8)
        with pytest.raises(StaleTokenError) as refused:
            late.apply(acme.scope, plan, 7)
        assert not refused.value.retry
        assert owner.observe(acme.scope) == ()
        owner.apply(acme.scope, plan, 8)


def test_an_older_token_claims_nothing(device: Device, acme: Customer) -> None:
    with device.open() as backend:
        backend.claim(acme.scope, 8)
        with pytest.raises(StaleTokenError):
            backend.claim(acme.scope, 7)
        backend.claim(acme.scope, 8)
        backend.apply(acme.scope, plan_for(backend, acme.scope, acme.first), 8)


def test_an_unclaimed_scope_takes_no_plan(device: Device, acme: Customer) -> None:
    with device.open() as backend:
        plan = plan_for(backend, acme.scope, acme.first)
        with pytest.raises(StaleTokenError):
            backend.apply(acme.scope, plan, 1)
        assert backend.observe(acme.scope) == ()


def test_each_tenant_has_a_token_of_its_own(
    device: Device, acme: Customer, globex: Customer
) -> None:
    with device.open() as backend:
        backend.claim(acme.scope, 9)
        carry(backend, globex, globex.first, token=3)
        carry(backend, acme, acme.first, token=9)
        assert not plan_for(backend, globex.scope, globex.first)


def test_tenants_on_the_device_are_told(device: Device, acme: Customer, globex: Customer) -> None:
    with device.open() as backend:
        assert acme.scope.tenant.id not in backend.scopes()
        carry(backend, acme, acme.first)
        carry(backend, globex, globex.first)
        assert {acme.scope.tenant.id, globex.scope.tenant.id} <= backend.scopes()
        carry(backend, acme, acme.nothing)
        assert not backend.observe(acme.scope)
        assert globex.scope.tenant.id in backend.scopes()


def test_a_silent_device_is_given_up(device: Device, acme: Customer) -> None:
    with device.silent() as backend:
        for call in (
            lambda: backend.observe(acme.scope),
            lambda: backend.claim(acme.scope, 1),
            lambda: backend.apply(acme.scope, Plan(1), 1),
            backend.scopes,
        ):
            begun = time.monotonic()
            with pytest.raises(UnreachableError) as silent:
                call()
            assert time.monotonic() - begun < PATIENCE + 1
            assert silent.value.retry
            assert str(silent.value).endswith(".")
