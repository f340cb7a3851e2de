"""The beat goes on when its clock is put back, while it runs and while it does not."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from celery.beat import ScheduleEntry

from portal.celery import app
from portal.schedule import SteadyScheduler

SWEEP = "sweep abandoned"  # every 5 s
HOUR = timedelta(hours=1)
LONGEST = 300.0  # seconds that the beat sleeps at most, so that this is a step that it missed


class Clock:
    """The time of day, which the test moves."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 1, 12, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at


class Recorder(SteadyScheduler):
    """Notes what is due instead of sending it."""

    clock: Clock
    sent = 0

    def apply_entry(self, entry: ScheduleEntry, producer: Any = None) -> None:
        self.sent += entry.name == SWEEP

    def run(self, seconds: float) -> int:
        """Tick until so much time has passed; how many sweeps were sent."""
        self.sent = 0
        until = self.clock.at + timedelta(seconds=seconds)
        while self.clock.at < until:
            pause = self.tick()
            assert pause < LONGEST
            # A tick that sent something asks for the next one at once.
            self.clock.at += timedelta(seconds=max(pause, 0.01))
        return self.sent


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(app, "now", made.now)
    return made


@pytest.fixture
def beat(clock: Clock, tmp_path: Path) -> Callable[[], Any]:
    """Starts a beat of the product on the same file each time."""

    @contextmanager
    def started() -> Iterator[Recorder]:
        app.finalize()
        scheduler = Recorder(app=app, schedule_filename=str(tmp_path / "beat"))
        scheduler.clock = clock
        yield scheduler
        scheduler.close()

    return started


@pytest.mark.parametrize("step", [HOUR, -HOUR], ids=["forward", "back"])
def test_a_step_of_the_clock_costs_one_interval(
    beat: Callable[[], Any], clock: Clock, step: timedelta
) -> None:
    with beat() as scheduler:
        assert 10 <= scheduler.run(60) <= 13
        clock.at += step
        assert 10 <= scheduler.run(60) <= 13


def test_what_was_written_down_before_the_step_holds_nobody_up(
    beat: Callable[[], Any], clock: Clock
) -> None:
    with beat() as scheduler:
        scheduler.run(60)
    clock.at -= HOUR
    with beat() as scheduler:
        assert 10 <= scheduler.run(60) <= 13


def test_the_beat_of_the_product_is_this_one() -> None:
    assert app.conf.beat_scheduler == "portal.schedule:SteadyScheduler"
