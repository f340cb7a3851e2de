"""Hits of rules: added up over hosts, and over counters that begin anew."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from networking import collector
from networking.backends.base import Measurement
from networking.backends.base import RuleHits as Count
from networking.backends.simulator.config import SimulatorConfig
from networking.backends.simulator.counters import Passed
from networking.backends.simulator.fabric import SimulatedFabric
from networking.collector import hits
from networking.models import Host, Rule, RuleHits, RuleSample
from portal.lib.db import DatabaseRole, acting_as
from tests.conftest import administration
from tests.networking.engine.acts import Acts
from tests.networking.engine.deliver import deliver
from tests.networking.provider import Provider
from tests.polling import eventually
from tests.world import World

START = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
WAITING = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


@pytest.fixture
def acts(transactional_db: None, served: Provider, world: World) -> Acts:
    """A network and the rule `web`, on the fabric."""
    acts = Acts(world.actor("acme", "network"), served)
    with acting_as(DatabaseRole.WORKER):
        Rule.objects.create(tenant_id=acts.actor.tenant.id, name="web", rank=1)
    acts.add_network()
    deliver()
    return acts


def rule() -> Rule:
    with acting_as(DatabaseRole.WORKER):
        return Rule.objects.get(name="web")


def counted() -> tuple[int, int]:
    """Packets and bytes of the rule."""
    with acting_as(DatabaseRole.WORKER):
        row = RuleHits.objects.get(rule__name="web")
        return row.packets, row.bytes


def last() -> datetime | None:
    with acting_as(DatabaseRole.WORKER):
        return RuleHits.objects.get(rule__name="web").last_hit_at


def reads(minute: int, *counts: tuple[str, str, int]) -> None:
    """A reading of (host, series, packets of 10 bytes), so many minutes after the start."""
    with acting_as(DatabaseRole.WORKER):
        hosts = dict(Host.objects.values_list("name", "pk"))
    at = START + timedelta(minutes=minute)
    for host in sorted({host for host, *_ in counts}):
        told = tuple(
            Count(host, str(rule().pk), series, n, n * 10) for h, series, n in counts if h == host
        )
        hits.add(hosts[host], Measurement(host, at, rules=told))


def test_what_the_fabric_counted(acts: Acts) -> None:
    config = SimulatorConfig(str(acts.provider.path), ("h1", "h2"))
    with SimulatedFabric(config) as fabric:
        fabric.count("h1", "rule", str(rule().pk), Passed(20, 20 * 64))
    for _ in range(2):
        collector.measure_fabric(acts.provider.fabric.pk)
        assert counted() == (20, 20 * 64)
    with acting_as(DatabaseRole.WORKER):
        assert RuleHits.objects.get().since == rule().created_at


def test_hosts_and_series_are_added_up(acts: Acts) -> None:
    reads(0, ("h1", "a", 5), ("h1", "b", 2), ("h2", "a", 1))
    reads(1, ("h1", "a", 6), ("h1", "b", 2), ("h2", "a", 3))
    assert counted() == (11, 110)


def test_a_counter_that_fell_began_anew(acts: Acts) -> None:
    reads(0, ("h1", "a", 50))
    reads(1, ("h1", "a", 7))
    reads(2, ("h1", "a", 9))
    assert counted() == (59, 590)


def test_a_host_that_is_away_loses_and_doubles_nothing(acts: Acts) -> None:
    reads(0, ("h1", "a", 5), ("h2", "a", 5))
    reads(1, ("h1", "a", 6))
    reads(2, ("h1", "a", 6), ("h2", "a", 8))
    assert counted() == (14, 140)


def test_an_old_reading_that_comes_late_counts_for_nothing(acts: Acts) -> None:
    reads(1, ("h1", "a", 8))
    reads(0, ("h1", "a", 5))
    reads(1, ("h1", "a", 8))
    assert counted() == (8, 80)


def test_the_last_hit(acts: Acts, monkeypatch: pytest.MonkeyPatch) -> None:
    reads(0, ("h1", "a", 0))
    assert (counted(), last()) == ((0, 0), None)
    told: list[tuple[str, UUID, UUID]] = []
    monkeypatch.setattr(hits, "announce", lambda *what: told.append(what))
    reads(1, ("h1", "a", 1))
    reads(2, ("h1", "a", 1))
    assert last() == START + timedelta(minutes=1)
    tenant = acts.actor.tenant.id
    assert told == [("hits", tenant, tenant)]


def test_a_rule_that_is_gone_counts_no_more(acts: Acts) -> None:
    reads(0, ("h1", "a", 5))
    with acting_as(DatabaseRole.WORKER):
        gone = str(rule().pk)
        host = Host.objects.get(name="h1").pk
        Rule.objects.all().delete()
        assert not RuleSample.objects.exists()
    hits.add(host, Measurement("h1", START, rules=(Count("h1", gone, "a", 9, 90),)))
    with acting_as(DatabaseRole.WORKER):
        assert not RuleHits.objects.exists()


def test_what_stands_still_is_not_written_again(acts: Acts) -> None:
    reads(0, ("h1", "a", 5))
    reads(1, ("h1", "a", 5))
    with acting_as(DatabaseRole.WORKER):
        assert RuleSample.objects.get().at == START
    reads(60 * 24 + 1, ("h1", "a", 5))
    with acting_as(DatabaseRole.WORKER):
        assert RuleSample.objects.get().at > START
    assert counted() == (5, 50)


def test_two_who_count_a_rule_for_the_first_time(acts: Acts) -> None:
    """The later one waits for the earlier one's transaction, and adds to its row."""

    def second() -> None:
        try:
            reads(0, ("h2", "a", 2))
        finally:
            connection.close()

    name = connection.settings_dict["NAME"]
    with ThreadPoolExecutor(1) as pool, administration(name) as watcher:
        with acting_as(DatabaseRole.WORKER):
            reads(0, ("h1", "a", 5))
            later = pool.submit(second)
            eventually(lambda: watcher.execute(WAITING).fetchone() == (1,))
        later.result()
    assert counted() == (7, 70)


def test_all_tenants_of_a_host_are_counted_in_few_queries(
    acts: Acts, world: World, django_assert_max_num_queries: Any
) -> None:
    with acting_as(DatabaseRole.WORKER):
        rules = [rule(), Rule.objects.create(tenant_id=world.globex.pk, name="other", rank=1)]
        host = Host.objects.get(name="h1").pk
    told = tuple(Count("h1", str(one.pk), "a", 3, 30) for one in rules)
    with django_assert_max_num_queries(12):
        hits.add(host, Measurement("h1", START, rules=told))
    with acting_as(DatabaseRole.WORKER):
        rows = RuleHits.objects.values_list("tenant", "packets")
        assert set(rows) == {(world.acme.pk, 3), (world.globex.pk, 3)}
