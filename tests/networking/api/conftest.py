"""What the tests of this API call."""

import pytest
from rest_framework.test import APIClient

from tests.factories.acts import Frankfurt
from tests.world import World

ACME = "/api/v1/tenants/acme"


@pytest.fixture
def api(world: World, fra: Frankfurt) -> APIClient:
    """A program of Acme's with the Network role."""
    return world.api("acme", "network")


@pytest.fixture
def shop() -> dict[str, object]:
    """The body that makes a network which nothing is wrong with."""
    return {"name": "shop", "region": "fra", "ipv4_prefix": "10.1.5.0/24"}
