"""The demo's past: marked, made once, and over before what is real begins."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import Settings

from networking.models import CounterHour, Lifetime
from networking.services import history as written
from networking.services.history import PastLife
from portal.lib.db import DatabaseRole, acting_as
from portal.services.demo.past import first_day
from tenants.models import Tenant


@pytest.fixture
def demo(db: None, tmp_path: Path, settings: Settings) -> dict[str, Tenant]:
    """The demo on the simulator, seeded; its customers by slug."""
    settings.STATE_DIR, settings.FABRIC = tmp_path, "simulator"
    call_command("demo", verbosity=0)
    with acting_as(DatabaseRole.WORKER):
        return {tenant.slug: tenant for tenant in Tenant.objects.all()}


def lifetimes(tenant: Tenant) -> dict[tuple[str, str], Lifetime]:
    with acting_as(DatabaseRole.WORKER):
        rows = Lifetime.objects.filter(tenant=tenant, generated=True)
        return {(row.noun, row.name): row for row in rows}


def test_every_row_is_marked_and_over_before_the_customer_was_made(demo: dict[str, Tenant]) -> None:
    with acting_as(DatabaseRole.WORKER):
        assert not Lifetime.objects.filter(generated=False, during__upper_inf=False).exists()
        assert not CounterHour.objects.filter(generated=False).exists()
        for tenant in demo.values():
            hours = CounterHour.objects.filter(tenant=tenant)
            assert hours.count() > 1000
            assert max(row.hour for row in hours) + timedelta(hours=1) <= tenant.created_at
            for row in lifetimes(tenant).values():
                assert first_day(tenant.created_at) <= row.during.lower < row.during.upper
                assert row.during.upper <= tenant.created_at


def test_it_tells_of_what_is_there_and_of_what_is_gone(demo: dict[str, Tenant]) -> None:
    acme, globex = lifetimes(demo["acme"]), lifetimes(demo["globex"])

    assert acme["network", "web"].attributes == {"region": "fra", "family": "dual"}
    assert acme["port", "web-1"].labels == {"app": "shop", "tier": "web"}
    assert acme["port", "web-1"].network_id == acme["network", "web"].noun_id
    assert acme["port", "web-1"].during.upper == demo["acme"].created_at
    assert {noun for noun, _ in acme} == {"network", "port", "vip", "site", "gateway"}
    assert acme["port", "stage-1"].network_id == acme["network", "staging"].noun_id
    assert acme["network", "staging"].during.upper < demo["acme"].created_at
    assert globex["port", "app-0"].network_name == "office"


def test_a_second_run_changes_nothing(demo: dict[str, Tenant]) -> None:
    def counts() -> tuple[int, int]:
        with acting_as(DatabaseRole.WORKER):
            return Lifetime.objects.count(), CounterHour.objects.count()

    before = counts()
    call_command("demo", verbosity=0)

    assert counts() == before


def test_what_is_real_goes_on_where_the_past_ends(demo: dict[str, Tenant]) -> None:
    row = lifetimes(demo["acme"])["port", "web-1"]
    overlapping = PastLife(
        *("port", row.noun_id, "web-1", {}, row.during.lower),
        end=row.during.upper + timedelta(days=1),
        labels={},
    )

    with pytest.raises(Exception, match="lifetime_no_overlap"):
        written.make_up(demo["acme"].id, [overlapping], [])


def test_without_a_network_there_is_no_past(db: None, tmp_path: Path, settings: Settings) -> None:
    settings.STATE_DIR, settings.FABRIC = tmp_path, "none"
    call_command("demo", verbosity=0)

    with acting_as(DatabaseRole.WORKER):
        assert not Lifetime.objects.exists()
        assert not CounterHour.objects.exists()
