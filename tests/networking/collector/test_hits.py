"""Hits of rules: added up over hosts, and over counters that begin anew."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from networking import collector
from networking.backends.base import RuleHits as Count
from networking.backends.base import UnreachableError
from networking.backends.simulator.config import SimulatorConfig
from networking.backends.simulator.fabric import SimulatedFabric
from networking.collector import hits
from networking.models import Host, Rule, RuleHits, RuleSample
from portal.lib.db import DatabaseRole, acting_as
from tests.networking.engine.acts import Acts
from tests.networking.engine.deliver import deliver
from tests.networking.provider import Provider
from tests.world import World

START = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


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


def reads(acts: Acts, minute: int, *counts: tuple[str, str, int]) -> None:
    """A reading of (host, series, packets of 10 bytes), so many minutes after the start."""
    with acting_as(DatabaseRole.WORKER):
        hosts = dict(Host.objects.values_list("name", "pk"))
    at = START + timedelta(minutes=minute)
    found = [
        hits.Reading(hosts[host], at, (Count(host, str(rule().pk), series, n, n * 10),))
        for host, series, n in counts
    ]
    hits.add(acts.actor.tenant.id, found)


def test_what_the_fabric_counted(acts: Acts) -> None:
    config = SimulatorConfig(str(acts.provider.path), ("h1", "h2"))
    with SimulatedFabric(config) as fabric:
        fabric.count(str(acts.actor.tenant.id), str(rule().pk), 20, 64)
    collector.count_hits(acts.provider.fabric.pk)
    assert counted() == (20, 20 * 64)
    collector.count_hits(acts.provider.fabric.pk)
    assert counted() == (20, 20 * 64)
    with acting_as(DatabaseRole.WORKER):
        assert RuleHits.objects.get().since == rule().created_at


def test_hosts_and_series_are_added_up(acts: Acts) -> None:
    reads(acts, 0, ("h1", "a", 5), ("h1", "b", 2), ("h2", "a", 1))
    reads(acts, 1, ("h1", "a", 6), ("h1", "b", 2), ("h2", "a", 3))
    assert counted() == (11, 110)


def test_a_counter_that_fell_began_anew(acts: Acts) -> None:
    reads(acts, 0, ("h1", "a", 50))
    reads(acts, 1, ("h1", "a", 7))
    reads(acts, 2, ("h1", "a", 9))
    assert counted() == (59, 590)


def test_a_host_that_is_away_loses_and_doubles_nothing(acts: Acts) -> None:
    reads(acts, 0, ("h1", "a", 5), ("h2", "a", 5))
    reads(acts, 1, ("h1", "a", 6))
    reads(acts, 2, ("h1", "a", 6), ("h2", "a", 8))
    assert counted() == (14, 140)


def test_an_old_reading_that_comes_late_counts_for_nothing(acts: Acts) -> None:
    reads(acts, 1, ("h1", "a", 8))
    reads(acts, 0, ("h1", "a", 5))
    reads(acts, 1, ("h1", "a", 8))
    assert counted() == (8, 80)


def test_the_last_hit(acts: Acts, monkeypatch: pytest.MonkeyPatch) -> None:
    reads(acts, 0, ("h1", "a", 0))
    assert (counted(), last()) == ((0, 0), None)
    told: list[tuple[str, UUID, UUID]] = []
    monkeypatch.setattr(hits, "announce", lambda *what: told.append(what))
    reads(acts, 1, ("h1", "a", 1))
    reads(acts, 2, ("h1", "a", 1))
    assert last() == START + timedelta(minutes=1)
    tenant = acts.actor.tenant.id
    assert told == [("hits", tenant, tenant)]


def test_a_rule_that_is_gone_counts_no_more(acts: Acts) -> None:
    reads(acts, 0, ("h1", "a", 5))
    with acting_as(DatabaseRole.WORKER):
        gone = str(rule().pk)
        host = Host.objects.get(name="h1").pk
        Rule.objects.all().delete()
        assert not RuleSample.objects.exists()
    late = hits.Reading(host, START, (Count("h1", gone, "a", 9, 90),))
    hits.add(acts.actor.tenant.id, [late])
    with acting_as(DatabaseRole.WORKER):
        assert not RuleHits.objects.exists()


def test_a_host_that_does_not_answer_is_asked_once(
    acts: Acts, monkeypatch: pytest.MonkeyPatch, world: World
) -> None:
    """The other host is read for both tenants all the same."""
    with acting_as(DatabaseRole.WORKER):
        Rule.objects.create(tenant_id=world.globex.pk, name="other", rank=1)
    Acts(world.actor("globex", "network"), acts.provider).add_network()
    asked: list[str] = []

    def answer(fabric: SimulatedFabric, host: str, tenant_id: str) -> tuple[Count, ...]:
        asked.append(host)
        if host == "h1":
            raise UnreachableError("The host h1 does not answer.")
        with acting_as(DatabaseRole.WORKER):
            pk = Rule.objects.get(tenant=tenant_id).pk
        return (Count(host, str(pk), "a", 3, 30),)

    monkeypatch.setattr(SimulatedFabric, "hits", answer)
    collector.count_hits(acts.provider.fabric.pk)
    assert asked == ["h1", "h2", "h2"]
    with acting_as(DatabaseRole.WORKER):
        assert list(RuleHits.objects.values_list("packets", flat=True)) == [3, 3]
