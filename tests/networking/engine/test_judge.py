"""When a configuration number is in force."""

from collections.abc import Iterable

import pytest

from networking.backends.base import FabricProgress, HostProgress
from networking.engine.judge import COMPILE_PATIENCE, HOST_PATIENCE, Ruling, read, rule

N = 5
LONG = HOST_PATIENCE + 0.1


def progress(requested: int = N, compiled: int = N, **hosts: int) -> FabricProgress:
    reports = tuple(HostProgress(name, cfg, None) for name, cfg in hosts.items())
    return FabricProgress(requested, compiled, reports)


def ruling(
    seen: FabricProgress,
    *,
    waited: float = 0.0,
    asked: float | None = None,
    silent: Iterable[str] = (),
    registered: Iterable[str] = (),
) -> Ruling:
    reading = read(N, seen, set(registered))
    return rule(reading, set(silent), asked=waited if asked is None else asked, compiled=waited)


def test_it_is_in_force_when_every_host_is_there() -> None:
    assert ruling(progress(h1=5, h2=6)) is Ruling.ENFORCED


@pytest.mark.parametrize(("waited", "expected"), [(0, Ruling.OPEN), (LONG, Ruling.ENFORCED)])
def test_a_host_that_lags_is_waited_for_but_not_for_ever(waited: float, expected: Ruling) -> None:
    assert ruling(progress(h1=5, h2=4), waited=waited) is expected


def test_a_host_that_was_silent_before_is_not_waited_for() -> None:
    assert ruling(progress(h1=5, h2=4), silent=["h2"]) is Ruling.ENFORCED


@pytest.mark.parametrize(("waited", "expected"), [(0, Ruling.OPEN), (LONG, Ruling.NOBODY)])
@pytest.mark.parametrize("silent", [(), ("h1", "h2")])
def test_without_any_host_nothing_is_in_force(
    waited: float, expected: Ruling, silent: tuple[str, ...]
) -> None:
    assert ruling(progress(h1=4, h2=4), waited=waited, silent=silent) is expected
    assert ruling(progress(), waited=waited) is expected


def test_a_registered_host_that_the_fabric_does_not_know_lags() -> None:
    reading = read(N, progress(h1=5), {"h1", "h2"})
    assert reading.lagging == {"h2"}
    assert ruling(progress(h1=5), registered=["h2"]) is Ruling.OPEN


def test_a_host_that_nobody_registered_counts_as_well() -> None:
    assert ruling(progress(h1=5, h9=4), registered=["h1"]) is Ruling.OPEN


def test_hosts_are_given_their_time_once_the_central_daemon_is_done() -> None:
    late = progress(compiled=4, h1=4)
    assert ruling(late, asked=LONG) is Ruling.OPEN
    assert ruling(late, asked=COMPILE_PATIENCE + 1) is Ruling.UNCOMPILED


def test_a_number_that_nobody_ever_asked_for_is_lost() -> None:
    assert ruling(progress(requested=2, compiled=2, h1=2)) is Ruling.LOST
