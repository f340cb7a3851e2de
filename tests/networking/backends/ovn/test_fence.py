"""A worker that lost its scope is refused by the database itself."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from networking.backends.base import StaleTokenError
from networking.backends.ovn.backend import OvnBackend
from networking.backends.ovn.config import OvnConfig
from networking.intent import FabricIntent
from networking.planning import Plan
from tests.contracts.ovn_central import OvnCentral
from tests.networking.backends.ovn.conftest import plan_for
from tests.networking.backends.ovn.intents import make_intent, new_tenant, scope_of


def fence_of(central: OvnCentral, tenant_id: str) -> str:
    return central.nbctl(
        "--bare", "--columns=external_ids", "find", "Address_Set",
        f"external_ids:demarc-fence-tenant={tenant_id}",
    )  # fmt: skip


def test_a_stale_worker_changes_nothing(backend: OvnBackend) -> None:
    intent = make_intent()
    scope = scope_of(intent.tenant)
    backend.claim(scope, 1)
    plan = plan_for(backend, intent)
    backend.claim(scope, 2)
    with pytest.raises(StaleTokenError, match="token 1 for acme"):
        backend.apply(scope, plan, 1)
    assert backend.observe(scope) == ()
    backend.apply(scope, plan, 2)
    assert not plan_for(backend, intent)


def test_an_older_token_cannot_claim_and_the_same_one_may_again(backend: OvnBackend) -> None:
    scope = scope_of(new_tenant())
    backend.claim(scope, 7)
    backend.claim(scope, 7)
    with pytest.raises(StaleTokenError):
        backend.claim(scope, 6)
    backend.claim(scope, 8)


def test_without_a_claim_nothing_is_applied(backend: OvnBackend) -> None:
    intent = make_intent()
    with pytest.raises(StaleTokenError):
        backend.apply(scope_of(intent.tenant), plan_for(backend, intent), 1)


def test_an_empty_plan_is_refused_to_a_stale_worker_too(backend: OvnBackend) -> None:
    scope = scope_of(new_tenant())
    backend.claim(scope, 2)
    backend.apply(scope, Plan(generation=1), 2)
    with pytest.raises(StaleTokenError):
        backend.apply(scope, Plan(generation=1), 1)


def test_a_newer_token_does_not_pass_for_the_one_held(backend: OvnBackend) -> None:
    scope = scope_of(new_tenant())
    backend.claim(scope, 1)
    with pytest.raises(StaleTokenError):
        backend.apply(scope, Plan(generation=1), 11)


def test_tokens_of_two_tenants_are_their_own(backend: OvnBackend) -> None:
    acme, globex = scope_of(new_tenant()), scope_of(new_tenant("globex"))
    backend.claim(acme, 50)
    backend.claim(globex, 1)
    backend.apply(globex, Plan(generation=1), 1)


def test_the_fence_outlives_the_tenant_and_is_no_resource(
    backend: OvnBackend, ovn_central: OvnCentral
) -> None:
    intent = make_intent()
    scope = scope_of(intent.tenant)
    backend.claim(scope, 1)
    backend.apply(scope, plan_for(backend, intent), 1)
    backend.apply(scope, plan_for(backend, FabricIntent(intent.tenant, 2)), 1)
    assert "demarc-fence=1" in fence_of(ovn_central, intent.tenant.id)
    assert backend.observe(scope) == ()
    assert intent.tenant.id not in backend.scopes()


def test_a_spoilt_fence_is_claimed_anew(backend: OvnBackend, ovn_central: OvnCentral) -> None:
    scope = scope_of(new_tenant())
    backend.claim(scope, 3)
    name = f"dm_fence_{scope.tenant.id.replace('-', '_')}"
    ovn_central.nbctl("set", "Address_Set", name, "external_ids:demarc-fence=spoilt")
    with pytest.raises(StaleTokenError):
        backend.apply(scope, Plan(generation=1), 3)
    backend.claim(scope, 4)
    backend.apply(scope, Plan(generation=1), 4)


def test_of_many_workers_the_newest_wins(ovn_central: OvnCentral) -> None:
    intent = make_intent()
    scope = scope_of(intent.tenant)

    def work(token: int) -> int:
        """Claim and apply over a connection of its own; the token, or 0 when fenced off."""
        mine = replace(intent.networks[0], mtu=1300 + token)
        wanted = replace(intent, networks=(mine,))
        with OvnBackend(OvnConfig.from_json(ovn_central.access)) as backend:
            try:
                backend.claim(scope, token)
                backend.apply(scope, plan_for(backend, wanted), token)
            except StaleTokenError:
                return 0
        return token

    with ThreadPoolExecutor(8) as pool:
        applied = set(pool.map(work, range(1, 17)))
    assert 16 in applied
    last = replace(intent, networks=(replace(intent.networks[0], mtu=1316),))
    with OvnBackend(OvnConfig.from_json(ovn_central.access)) as backend:
        assert not plan_for(backend, last)
        assert "demarc-fence=16" in fence_of(ovn_central, intent.tenant.id)


def test_apply_may_be_repeated_after_a_lost_answer(backend: OvnBackend) -> None:
    intent = make_intent()
    scope = scope_of(intent.tenant)
    backend.claim(scope, 1)
    create = plan_for(backend, intent)
    backend.apply(scope, create, 1)
    backend.apply(scope, create, 1)
    assert not plan_for(backend, intent)
    remove = plan_for(backend, FabricIntent(intent.tenant, 2))
    backend.apply(scope, remove, 1)
    backend.apply(scope, remove, 1)
    assert backend.observe(scope) == ()
