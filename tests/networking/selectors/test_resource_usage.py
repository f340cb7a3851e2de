"""Usage noun by noun: whole, in pages of any size, and no tenant's but the one asked for."""

from uuid import UUID

import pytest

from networking.selectors.resource_usage import FIRST, ResourceUsage, resources
from portal.lib.db import DatabaseRole, acting_as
from tenants.models import Tenant
from tests.factories.usage import at, counted, lived
from tests.world import World

DAYS = [at("2026-03-01"), at("2026-03-02")]
END = at("2026-03-03")


def read(limit: int = 100, *tenants: Tenant) -> list[ResourceUsage]:
    """All of it as the provider, page by page."""
    found: list[ResourceUsage] = []
    since = FIRST
    asked = [tenant.id for tenant in tenants] or None
    with acting_as(DatabaseRole.STAFF):
        while page := resources(asked, DAYS, END, since=since, limit=limit):
            found += page
            since = page[-1].tenant_id, UUID(int=page[-1].noun_id.int + 1)
    return found


@pytest.fixture
def ids(world: World) -> dict[str, UUID]:
    """Two networks and four ports of two customers."""
    acme, globex = world.acme, world.globex
    found = {
        "web": lived(acme, "network", "web", "2026-01-01"),
        "web-1": lived(acme, "port", "web-1", "2026-01-01", network_name="web"),
        "gone": lived(acme, "port", "gone", "2026-01-01", "2026-02-28T23:59:59"),
        "office": lived(globex, "network", "office", "2026-03-02T12:00"),
        "app-1": lived(globex, "port", "app-1", "2026-03-01", "2026-03-01T01:00"),
        "later": lived(globex, "port", "later", "2026-03-03"),
    }
    counted(acme, found["web-1"], "2026-03-01T00:00", 5, 50)
    counted(acme, found["web-1"], "2026-03-01T01:00", 6, 60, covered_seconds=30)
    counted(acme, found["web-1"], "2026-03-02T01:00", 7, 70, generated=True)
    counted(acme, found["gone"], "2026-03-01T00:00", 1, 1, covered_seconds=5)
    counted(globex, found["app-1"], "2026-02-27T00:00", 9, 9)
    return found


def test_what_lived_or_moved_bytes_is_there_once(ids: dict[str, UUID]) -> None:
    found = [row.noun_id for row in read()]

    assert set(found) == {ids[name] for name in ("web", "web-1", "gone", "office", "app-1")}
    assert len(found) == len(set(found))


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
def test_pages_of_any_size_hold_the_same(ids: dict[str, UUID], limit: int) -> None:
    assert read(limit) == read()
    assert [(row.tenant_id, row.noun_id) for row in read()] == sorted(
        (row.tenant_id, row.noun_id) for row in read()
    )


def test_traffic_is_by_stretch_and_lifetimes_are_whole(ids: dict[str, UUID]) -> None:
    found = {row.noun_id: row for row in read()}

    first, second = found[ids["web-1"]].traffic
    assert (first.place, first.bytes_in, first.bytes_out, first.covered_seconds) == (
        *(0, 11, 110),
        3630,
    )
    assert (second.place, second.generated) == (1, True)
    (lifetime,) = found[ids["web-1"]].lifetimes
    assert (lifetime.start, lifetime.end, lifetime.network_name) == (at("2026-01-01"), None, "web")
    assert found[ids["gone"]].lifetimes == ()
    assert found[ids["web"]].traffic == ()


def test_a_customer_alone(world: World, ids: dict[str, UUID]) -> None:
    assert {row.tenant_id for row in read(2, world.globex)} == {world.globex.id}
    with acting_as(DatabaseRole.TENANT, world.acme.id):
        mine = resources(None, DAYS, END, limit=100)
        assert {row.tenant_id for row in mine} == {world.acme.id}
        assert resources([world.globex.id], DAYS, END, limit=100) == []


def test_a_page_takes_three_queries(ids, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    with acting_as(DatabaseRole.STAFF), django_assert_num_queries(3):
        resources(None, DAYS, END, limit=100)
