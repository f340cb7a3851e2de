"""A router of the lab's for these tests, and a tenant on it."""

from collections.abc import Iterator

import asyncssh
import pytest

from networking.planning import diff
from tests.contracts.device import Customer
from tests.contracts.frr_router import FrrRouter, frr_router

__all__ = ["frr_router"]


@pytest.fixture
def acme(frr_router: FrrRouter) -> Iterator[Customer]:
    """A tenant in c01 with the site Berlin; gone afterwards."""
    customer = frr_router.customer("acme", 1)
    yield customer
    with frr_router.open() as backend:
        backend.claim(customer.scope, 1_000_000)
        have = backend.observe(customer.scope)
        backend.apply(customer.scope, diff((), have, order=backend.order), 1_000_000)


@pytest.fixture(scope="session")
def host_key() -> str:
    """A public key that no router has."""
    key = asyncssh.generate_private_key("ssh-ed25519")
    return key.export_public_key().decode().strip()
