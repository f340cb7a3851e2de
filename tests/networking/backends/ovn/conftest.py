"""A backend on a private OVN centre, and the engine's round in four lines."""

from collections.abc import Callable, Iterator

import pytest

from networking.backends.ovn.backend import OvnBackend
from networking.backends.ovn.config import OvnConfig
from networking.intent import FabricIntent
from networking.planning import Plan, diff
from tests.contracts.ovn_central import OvnCentral, ovn_central
from tests.networking.backends.ovn.intents import scope_of

__all__ = ["ovn_central"]

Enforce = Callable[[FabricIntent], Plan]


@pytest.fixture
def backend(ovn_central: OvnCentral) -> Iterator[OvnBackend]:
    with OvnBackend(OvnConfig.from_json(ovn_central.access)) as opened:
        yield opened


def plan_for(backend: OvnBackend, intent: FabricIntent) -> Plan:
    """What is still to do for this intent."""
    have = backend.observe(scope_of(intent.tenant))
    return diff(backend.render(intent), have, order=backend.order, generation=intent.generation)


@pytest.fixture
def enforce(backend: OvnBackend) -> Enforce:
    """Claim, observe, plan, apply; the plan that was applied. Tokens rise by themselves."""
    tokens = iter(range(1, 1_000_000))

    def run(intent: FabricIntent) -> Plan:
        scope, token = scope_of(intent.tenant), next(tokens)
        backend.claim(scope, token)
        plan = plan_for(backend, intent)
        backend.apply(scope, plan, token)
        return plan

    return run
