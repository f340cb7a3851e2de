"""Traffic on the page of a machine: numbers, bars, and what was out of the ordinary."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from networking.backends.base import Measurement, PortCount
from networking.collector.counters import store
from networking.models import Host
from networking.selectors.port_traffic import PortTraffic, TrafficEvent, TrafficHour
from networking.web import traffic as views
from portal.lib.db import DatabaseRole, acting_as
from tests.factories.acts import Frankfurt, add_network, add_port
from tests.networking.collector.measured import port_count
from tests.networking.web.conftest import Browser, text_of
from tests.world import World

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("octets", "words"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.00 kB"),
        (12_340, "12.3 kB"),
        (99_960, "100 kB"),
        (999_499, "999 kB"),
        (999_600, "1.00 MB"),
        (1_250_000_000, "1.25 GB"),
        (5 * 10**18, "5000 PB"),
    ],
)
def test_sizes_in_three_digits(octets: int, words: str) -> None:
    assert views.size(octets) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 min"), (59, "0 min"), (3540, "59 min"), (3600, "1 h"), (86_280, "23 h 58 min")],
)
def test_lengths_to_the_minute(seconds: int, words: str) -> None:
    assert views.length(seconds) == words


@pytest.mark.parametrize(
    ("flag", "came_from", "sentence"),
    [
        ("gap", "", "Not read from 12:04 to 12:09; what passed meanwhile was counted at 12:09."),
        ("reset", "", "Its counter on h2 began anew before 12:09."),
        ("moved", "h1", "Moved from h1 to h2 by 12:09."),
        ("moved", "h2", "Plugged in anew on h2 by 12:09."),
        ("moved", "", "Plugged in anew on h2 by 12:09."),
        (
            "implausible",
            "",
            "Showed more at 12:09 than a line carries; the rest was not counted.",
        ),
    ],
)
def test_what_happened_in_words(flag: str, came_from: str, sentence: str) -> None:
    since, at = NOON + timedelta(minutes=4), NOON + timedelta(minutes=9)
    assert views.event(TrafficEvent(flag, at, since, "h2", came_from)) == sentence


def test_bars_tell_no_data_from_no_traffic() -> None:
    hours = (
        TrafficHour(NOON),
        TrafficHour(NOON + timedelta(hours=1), 0, 0, 3600),
        TrafficHour(NOON + timedelta(hours=2), 3000, 1000, 1800),
        TrafficHour(NOON + timedelta(hours=3), 1000, 1000, 60),
    )
    none, idle, part, running = views.bars(hours)
    assert [bar.kind for bar in (none, idle, part, running)] == [
        "unknown",
        "known",
        "part",
        "known",
    ]
    assert (part.bytes_in, part.bytes_out, part.top) == (24.0, 8.0, 0.0)
    assert (running.bytes_in, running.top, running.middle) == (8.0, 16.0, 24.0)
    assert none.title == "12:00 UTC: no data"
    assert idle.title == "13:00 UTC: 0 B in, 0 B out"
    assert part.title == "14:00 UTC: 3.00 kB in, 1.00 kB out, read for 30 min"


def test_a_day_without_any_row() -> None:
    view = views.traffic_view(PortTraffic((), (), None, gone=False))
    assert (view.bars, view.bytes_in, view.known_for) == ((), "0 B", "0 min")


@pytest.mark.django_db(transaction=True)
def test_the_page_of_a_machine_that_moved(engineer: Browser, world: World, fra: Frankfurt) -> None:
    port = add_port(world.acme, add_network(world.acme), "web-1")
    page = text_of(engineer.get(f"ports/{port.id}/"))
    assert "Nothing was counted yet" in page

    now = timezone.now()
    sizes = (("h1", "a", 20, 0), ("h1", "a", 19, 2_000_000), ("h2", "b", 1, 500_000))
    for host, series, minutes, size in sizes:
        measured(host, now - timedelta(minutes=minutes), port_count(port.id, series, size))

    page = text_of(engineer.get(f"ports/{port.id}/"))
    assert "2.50 MB in, 1.25 MB out" in page
    assert "<dd>1 min of them</dd>" in page
    assert f"Moved from h1 to h2 by {now - timedelta(minutes=1):%H:%M}." in page
    assert page.count('class="unknown"') >= 22
    assert "no host has it now" not in page

    measured("h1", now)
    measured("h2", now)
    assert "no host has it now" in text_of(engineer.fragment(f"ports/{port.id}/"))


def measured(host: str, at: datetime, *ports: PortCount) -> None:
    with acting_as(DatabaseRole.WORKER):
        host_id = Host.objects.get(name=host).pk
    store(host_id, Measurement(host, at, ports))
