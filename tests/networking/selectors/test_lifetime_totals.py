"""How long nouns were there, in stretches of time, by tenant and attributes."""

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from networking.models import Lifetime
from networking.selectors.lifetime_totals import LifetimeTotal, lifetime_totals
from portal.lib.db import DatabaseRole, acting_as
from tests.factories.usage import at, lived
from tests.world import World

pytestmark = pytest.mark.django_db

STARTS, END = [at("2026-03-01"), at("2026-03-02T12:00")], at("2026-03-03")
HOUR = 3600
FRA = {"region": "fra"}


def test_seconds_are_summed_by_tenant_kind_attributes_and_stretch(world: World):
    lived(world.acme, "port", "one", "2026-02-01")
    lived(world.acme, "port", "two", "2026-03-01T23:00", "2026-03-02T13:00")
    lived(world.acme, "port", "past", "2026-02-01", "2026-03-01")
    lived(world.acme, "port", "made", "2026-03-02", "2026-03-02T01:00", generated=True)
    lived(world.acme, "port", "far", "2026-03-02T11:00", attributes={"region": "ams"})
    lived(world.globex, "vip", "shop", "2026-03-02T23:00")
    with acting_as(DatabaseRole.STAFF):
        found = lifetime_totals(None, STARTS, END)
        assert lifetime_totals([world.globex.id], STARTS, END) == found[-1:]
    acme, globex = world.acme.id, world.globex.id
    assert found == [
        LifetimeTotal(acme, "port", {"region": "ams"}, False, 0, HOUR),
        LifetimeTotal(acme, "port", {"region": "ams"}, False, 1, 12 * HOUR),
        LifetimeTotal(acme, "port", FRA, False, 0, (36 + 13) * HOUR),
        LifetimeTotal(acme, "port", FRA, False, 1, (12 + 1) * HOUR),
        LifetimeTotal(acme, "port", FRA, True, 0, HOUR),
        LifetimeTotal(globex, "vip", FRA, False, 1, HOUR),
    ]
    with acting_as(DatabaseRole.TENANT, globex):
        assert lifetime_totals(None, STARTS, END) == found[-1:]


def test_fractions_of_a_second_are_cut_off_at_both_ends(world: World):
    """So pieces of a lifetime sum to the whole, wherever it is split."""
    one = lived(world.acme, "port", "one", "2026-03-01T00:00:00.900")
    with acting_as(DatabaseRole.WORKER):
        Lifetime.objects.filter(noun_id=one).update(
            during=DateTimeTZRange(at("2026-03-01T00:00:00.900"), at("2026-03-01T00:00:05.100"))
        )
    lived(world.acme, "port", "one", "2026-03-01T00:00:05.100", noun_id=one)
    with acting_as(DatabaseRole.STAFF):
        (whole,) = lifetime_totals(None, STARTS[:1], at("2026-03-01T00:00:10"))
    assert whole.seconds == 10
