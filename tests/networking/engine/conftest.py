"""Engine tests run in real transactions: workers, verifiers and requests have one each."""

import pytest

from tests.networking.engine.acts import Acts
from tests.networking.provider import Provider
from tests.world import World


@pytest.fixture
def acts(transactional_db: None, served: Provider, world: World) -> Acts:
    """What Acme's network engineer does, on the provider that serves Acme and Globex."""
    return Acts(world.actor("acme", "network"), served)
