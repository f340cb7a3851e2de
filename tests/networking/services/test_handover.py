"""An attachment goes from one customer to the next, and carries nothing over."""

import pytest

from networking.backends.simulator.config import SimulatorConfig
from networking.backends.simulator.router import SimulatedRouter
from networking.engine import drift
from networking.intent import ScopeRef
from networking.intent import TenantRef as DeviceTenant
from networking.models import Change, Scope, Site
from networking.services import onboarding, sites
from portal.lib.db import DatabaseRole, acting_as
from tenants.access import SYSTEM
from tests.factories.acts import add_network, add_site, attach, register_provider
from tests.factories.tenants import make_tenant
from tests.networking.engine.deliver import deliver


@pytest.mark.django_db(transaction=True)
def test_the_next_customer_finds_a_clean_vrf_and_keeps_what_it_makes():
    provider = register_provider()
    (attachment, *_), router = provider.attachments, SimulatorConfig(provider.config["path"])
    acme, initech = make_tenant("acme"), make_tenant("initech")
    attach(acme, attachment)
    add_network(acme)
    berlin = add_site(acme, attachment, "Berlin")
    deliver()

    with acting_as(DatabaseRole.STAFF):
        sites.delete(SYSTEM, berlin.id)
    deliver()
    with acting_as(DatabaseRole.STAFF):
        assert not Site.objects.exists(), "its absence was seen, so its row is gone"
        onboarding.release_attachment(SYSTEM, acme.id, attachment.id)
    deliver()
    assert held(router) == set()

    attach(initech, attachment)
    add_network(initech, "shop", "10.1.5.0/24")
    add_site(initech, attachment, "Hamburg")
    deliver()
    mine = held(router)
    assert mine
    with acting_as(DatabaseRole.WORKER):
        former = Scope.objects.get(tenant=acme, router=provider.router)
        everyone = list(Scope.objects.values_list("id", flat=True))
        assert former.vrf == ""
    for scope_id in everyone:
        drift.check(scope_id)
    deliver()
    assert held(router) == mine
    with acting_as(DatabaseRole.WORKER):
        assert {change.state for change in Change.objects.all()} == {Change.State.DONE}


def held(config: SimulatorConfig) -> set[str]:
    """What the router holds in the VRF c01, whoever's it is."""
    found = set()
    with SimulatedRouter(config) as router:
        for tenant in sorted(router.scopes()):
            scope = ScopeRef("any", DeviceTenant(tenant, "any"), "c01")
            found |= {f"{tenant} {resource.key}" for resource in router.observe(scope)}
    return found
