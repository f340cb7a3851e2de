"""One stack with a lab for all tests of a file, two customers, and the truth after each test."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.install import can_run
from tests.faults import truth
from tests.faults.caller import Caller
from tests.stack import Stack, running, started


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder breaks real daemons."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.wire)


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The product on a lab of its own. `DEMARC_FAULTS_STATE` names the state folder of one that
    already runs (with `DEMARC_LAB`), for those who write tests."""
    able, reason = can_run()
    if not able and os.environ.get("CI"):
        pytest.fail(reason)
    if not able:
        pytest.skip(reason)
    if state := os.environ.get("DEMARC_FAULTS_STATE"):
        yield running(dict(os.environ) | {"DEMARC_STATE": state})
        return
    with started() as stack:
        yield stack


def person(stack: Stack, email: str, slug: str = "") -> Caller:
    """Somebody of the demo, signed in."""
    caller = Caller(stack.url, slug)
    caller.sign_in(email, stack.passwords[email])
    return caller


@pytest.fixture(scope="session")
def acme(stack: Stack) -> Caller:
    """Acme's administrator."""
    return person(stack, "admin@acme.example", "acme")


@pytest.fixture(scope="session")
def globex(stack: Stack) -> Caller:
    """Globex' administrator."""
    return person(stack, "admin@globex.example", "globex")


@pytest.fixture(scope="session")
def operator(stack: Stack) -> Caller:
    """The provider's operator."""
    return person(stack, "operator@msp.example")


@pytest.fixture(autouse=True, scope="module")
def _equal(stack: Stack) -> Iterator[None]:
    """After the tests of a file, devices hold what is wanted."""
    yield
    truth.check_devices(stack)


@pytest.fixture(autouse=True)
def _mended(stack: Stack) -> Iterator[None]:
    """After each test everything is put back, and what has to be true of changes is true."""
    yield
    assert stack.demarc("lab", "heal").returncode == 0
    truth.check_changes(stack)
