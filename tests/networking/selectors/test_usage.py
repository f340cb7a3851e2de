"""What other apps count money by: lifetimes, and what is counted wrongly."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from networking.models import Change, Lifetime
from networking.selectors import usage
from networking.services import networks, vips
from portal.lib.db import DatabaseRole, acting_as
from portal.lib.ids import uuid7
from tenants import access
from tenants.models import Tenant
from tests.factories import acts as make
from tests.factories.acts import Frankfurt
from tests.networking.engine.deliver import deliver
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)

JUNE, JULY, AUGUST = (datetime(2026, month, 1, tzinfo=UTC) for month in (6, 7, 8))


def lived(tenant: Tenant, start: datetime, end: datetime | None, **fields: Any) -> UUID:
    """A lifetime of something that is not there."""
    wanted = {"noun": "site", "noun_id": uuid7(), "name": "Berlin", "during": (start, end)}
    with acting_as(DatabaseRole.WORKER):
        return Lifetime.objects.create(tenant=tenant, **(wanted | fields)).noun_id


def read(*tenants: Tenant, start: datetime = JULY, end: datetime = AUGUST) -> list[Any]:
    """Of these tenants, or of all."""
    ids = [tenant.id for tenant in tenants] or None
    with acting_as(DatabaseRole.STAFF):
        return list(usage.lifetimes(ids, start, end))


def test_lifetimes_with_a_moment_in_the_period(world: World) -> None:
    second = timedelta(seconds=1)
    lived(world.acme, JUNE, JULY)
    lived(world.acme, AUGUST, None)
    inside = {
        lived(world.acme, JUNE, JULY + second),
        lived(world.acme, JUNE, None),
        lived(world.acme, AUGUST - second, AUGUST),
    }
    other = lived(world.globex, JUNE, None, labels={"a": "b"}, attributes={"region": "fra"})
    assert {row.noun_id for row in read(world.acme)} == inside
    assert {row.noun_id for row in read()} == inside | {other}
    (row,) = read(world.globex)
    assert row == usage.LifetimeRow(
        tenant_id=world.globex.id,
        noun="site",
        noun_id=other,
        name="Berlin",
        attributes={"region": "fra"},
        labels={"a": "b"},
        network_id=None,
        network_name="",
        start=JUNE,
        end=None,
        generated=False,
    )


def test_a_tenant_reads_its_own_whatever_is_asked(world: World) -> None:
    lived(world.globex, JUNE, None)
    mine = lived(world.acme, JUNE, None)
    with acting_as(DatabaseRole.TENANT, world.acme.id):
        assert [row.noun_id for row in usage.lifetimes(None, JULY, AUGUST)] == [mine]
        assert list(usage.lifetimes([world.globex.id], JULY, AUGUST)) == []


def test_what_is_counted_wrongly(fra: Frankfurt, world: World) -> None:
    deliver()
    verified = timezone.now()
    network = make.add_network(world.acme)
    assert unmetered(timezone.now()) == [], "it is not in force yet"
    deliver()
    assert unmetered(timezone.now()) == []
    with acting_as(DatabaseRole.WORKER):
        change = Change.objects.get(subject_id=network.id)
        # It ended, and nobody deleted the network.
        Lifetime.objects.filter(noun_id=network.id).update(
            during=(change.done_at, change.done_at + timedelta(microseconds=1))
        )
    ghost = lived(world.acme, JUNE, None)
    assert unmetered(timezone.now()) == [
        usage.Miscounted(world.acme.id, "site", ghost, "Berlin", JUNE, lives=False),
        usage.Miscounted(world.acme.id, "network", network.id, "web", change.done_at, lives=True),
    ]
    assert [one.noun_id for one in unmetered(verified)] == [ghost]
    assert unmetered(JUNE - timedelta(days=1)) == []


def unmetered(at: datetime) -> list[usage.Miscounted]:
    """As the provider's finance sees it, in two queries."""
    with acting_as(DatabaseRole.STAFF), CaptureQueriesContext(connection) as captured:
        found = usage.unmetered(at)
    assert len(captured) == 2
    return found


def test_a_snapshot_says_what_its_subject_counts_as(fra: Frankfurt, world: World) -> None:
    """For each noun the same as the lifetime that came of it."""
    make.allow_vips(world.acme)
    network = make.add_network(world.acme, ipv6_prefix="fd10:1:0:1::/64")
    port = make.add_port(world.acme, network)
    make.add_vip(world.acme, members=(port.id,), health_check=False)
    make.add_site(world.acme, fra.attachments[0], "Berlin")
    make.add_group(world.acme, labels={"app": "web"})
    deliver()
    with acting_as(DatabaseRole.WORKER):
        changes = list(Change.objects.filter(tenant=world.acme))
        counted = {row.noun_id: (row.noun, row.attributes) for row in Lifetime.objects.all()}
        for change in changes:
            with CaptureQueriesContext(connection) as captured:
                told = _priced(change)
            assert len(captured) <= 1
            if change.subject_id in counted:
                noun, attributes = counted[change.subject_id]
                assert told == (noun, None, attributes)
            else:
                assert told is None, "a group costs nothing"
    assert len(counted) == 6, "five of Acme, and the way out of Globex"


def test_an_edit_says_both_prices(fra: Frankfurt, world: World) -> None:
    actor = make.system_for(world.acme)
    network = make.add_network(world.acme)
    port = make.add_port(world.acme, network)
    make.allow_vips(world.acme)
    vip = make.add_vip(world.acme, members=(port.id,))
    with access.acting_as(actor):
        wider = networks.update(actor, network.id, {"ipv6_prefix": "fd10:1:0:1::/64"})
        unchecked = vips.update(actor, vip.id, {"health_check": False})
        families, checks = map(_priced, (wider, unchecked))
    assert families == (
        "network",
        {"region": "fra", "family": "ipv4"},
        {"region": "fra", "family": "dual"},
    )
    assert checks == (
        "vip",
        {"region": "fra", "health_check": "yes"},
        {"region": "fra", "health_check": "no"},
    )


def _priced(change: Change) -> tuple[str, object, object] | None:
    return usage.priced_change(
        change.tenant_id, change.subject_type, change.verb, change.before, change.after
    )
