"""One stack with a lab for all tests, two customers, and the truth after each test."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.packages import CLOCK_LIBRARY
from lab.install import can_run
from tests.faults import truth
from tests.faults.caller import Caller
from tests.faults.mails import Mails
from tests.faults.parts import heal
from tests.faults.place import Clock, Disk, prepared
from tests.stack import Stack, running, started


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder breaks real daemons."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.wire)


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The product on a lab of its own. For those who write tests, `DEMARC_FAULTS_STATE`
    and `DEMARC_FAULTS_LAB` name the state folder and the lab of one that already runs."""
    able, reason = can_run()
    if able and not CLOCK_LIBRARY.exists():
        able, reason = False, "The clock of a database cannot be put: apt-get install libfaketime"
    if not able and os.environ.get("CI"):
        pytest.fail(reason)
    if not able:
        pytest.skip(reason)
    if state := os.environ.get("DEMARC_FAULTS_STATE"):
        lab = os.environ["DEMARC_FAULTS_LAB"]
        yield running(dict(os.environ) | {"DEMARC_STATE": state, "DEMARC_LAB": lab})
        return
    with started(prepared) as stack:
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


@pytest.fixture
def disk(stack: Stack) -> Disk:
    """The database's."""
    return Disk(stack)


@pytest.fixture
def clock(stack: Stack) -> Iterator[Clock]:
    """The database's, right again in the end."""
    clock = Clock(stack)
    yield clock
    clock.put(0)


@pytest.fixture
def mails(stack: Stack) -> Mails:
    """What the provider's people are written to from now on."""
    return Mails(stack)


@pytest.fixture(scope="session")
def devices(stack: Stack) -> Iterator[truth.Devices]:
    """What devices hold, against what is wanted."""
    compared = truth.Devices(stack)
    yield compared
    compared.close()


@pytest.fixture(autouse=True)
def _mended(stack: Stack, devices: truth.Devices) -> Iterator[None]:
    """After each test everything is put back, changes are settled and in the audit trail, and
    devices hold what is wanted."""
    yield
    heal(stack)
    truth.check_changes(stack)
    devices.check()
