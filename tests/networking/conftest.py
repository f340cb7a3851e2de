"""What networking tests stand on: the world's customers, and a simulated provider for them."""

from pathlib import Path

import pytest

from tests.factories.acts import Frankfurt, attach, register_provider
from tests.networking.provider import Provider, make_provider
from tests.world import World


@pytest.fixture
def provider(db: None, tmp_path: Path) -> Provider:
    """A simulated provider that nobody has anything of yet."""
    return make_provider(tmp_path / "provider.sqlite3")


@pytest.fixture
def served(provider: Provider, world: World) -> Provider:
    """The provider with Acme (Berlin, Munich) and Globex (Oslo) on it."""
    provider.serve(world.acme, "Berlin", "Munich")
    provider.serve(world.globex, "Oslo")
    return provider


@pytest.fixture
def fra(world: World) -> Frankfurt:
    """Frankfurt by the real services: Acme has c01, Globex c02, both may use 10.1.0.0/16."""
    provider = register_provider()
    attach(world.acme, provider.attachments[0])
    attach(world.globex, provider.attachments[1])
    return provider
