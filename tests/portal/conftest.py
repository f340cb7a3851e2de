"""A provider with spare attachments, for the tests of its pages and API."""

import pytest

from tests.factories.acts import Frankfurt, attach, register_provider
from tests.world import World


@pytest.fixture
def fra(world: World) -> Frankfurt:
    """Frankfurt, simulated: Acme has c01, the other attachments are spare."""
    provider = register_provider()
    attach(world.acme, provider.attachments[0])
    return provider
