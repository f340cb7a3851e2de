"""Sweeps of two regions that write the sums of the same tenants, and upkeep beside them."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection

from networking.collector import heads as last_readings
from networking.collector.days import keep_days
from networking.models import CounterTotal, Port
from portal.lib.db import DatabaseRole, acting_as
from tests.conftest import administration
from tests.factories import networking as make
from tests.networking.collector.measured import (
    Measured,
    at,
    heads,
    make_measured,
    port_count,
)
from tests.networking.provider import Provider
from tests.polling import eventually
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = 3600  # seconds after noon
WAITING = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'
"""
TURNS = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
DAYS = "SELECT 1 FROM networking_counterday WHERE noun_id = ANY(%s) FOR UPDATE"
HEADS = "SELECT 1 FROM networking_counterhead WHERE noun_id = ANY(%s) FOR UPDATE"


@pytest.fixture
def measured(served: Provider, world: World, tmp_path: Path) -> Measured:
    """With a host in another region, too."""
    keep_days()
    make.make_fabric(make.make_region("south"), tmp_path / "south", "south", ("far",))
    return make_measured(served, world.acme, world.globex)


@contextmanager
def held(query: str, *ports: UUID) -> Iterator[None]:
    """Nobody else gets these rows until two at the end of the block wait, one for the other."""
    name = connection.settings_dict["NAME"]
    with administration(name) as watcher, administration(name) as holder, holder.transaction():
        assert holder.execute(query, [list(ports)]).fetchall()
        yield
        eventually(lambda: watcher.execute(WAITING).fetchone() == (2,))
        assert watcher.execute(TURNS).fetchone() == (1,)


def run(pool: ThreadPoolExecutor, work: Callable[[], int | None]) -> Future[int | None]:
    """Do it on a connection of its own."""

    def and_close() -> int | None:
        try:
            return work()
        finally:
            connection.close()

    return pool.submit(and_close)


def test_regions_that_share_tenants_do_not_lock_each_other_out(
    measured: Measured, world: World
) -> None:
    """A statement adds to sums in two passes: what it changed, then what it made. One region
    changes an hour of Globex and makes one of Acme, the other one the other way round."""
    acme, globex = measured.port(), measured.port(world.globex)
    far_acme, far_globex = measured.port(), measured.port(world.globex)
    everywhere = (("h1", acme, globex), ("far", far_globex, far_acme))
    for host, new, old in everywhere:
        for seconds in (0, 60):
            both = [port_count(port, "a", seconds) for port in (new, old)]
            measured.reads(host, at(seconds), both)
        measured.reads(host, at(HOUR), [port_count(old, "a", HOUR)])

    def sweep(host: str, *ports: UUID) -> int:
        later = HOUR + 60
        return measured.reads(host, at(later), [port_count(port, "a", later) for port in ports])

    with ThreadPoolExecutor(2) as pool:
        with held(DAYS, acme, far_globex):
            stored = [run(pool, partial(sweep, *one)) for one in everywhere]
        assert [one.result() for one in stored] == [2, 2]
    with acting_as(DatabaseRole.WORKER):
        sums = CounterTotal.objects.filter(hour=at(HOUR)).values_list("tenant", "bytes_in")
        assert dict(sums) == {tenant.id: 2 * HOUR for tenant in (world.acme, world.globex)}


def test_upkeep_and_a_sweep_close_one_after_the_other(measured: Measured) -> None:
    gone, other = measured.port(), measured.port()
    measured.reads("h1", at(0), [port_count(port, "a", 0) for port in (gone, other)])
    with acting_as(DatabaseRole.WORKER):
        Port.objects.filter(pk=gone).delete()
    with ThreadPoolExecutor(2) as pool:
        with held(HEADS, gone):
            kept = run(pool, last_readings.keep)
            swept = run(pool, partial(measured.shows, other, 60, 60))
        assert (kept.result(), swept.result()) == (None, 1)
    assert heads(gone)["h1", "a"].gone_at is not None
