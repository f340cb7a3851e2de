"""What a tenant has at this moment."""

import pytest

from networking.selectors.living import Living, living, some_ports
from portal.lib.db import DatabaseRole, acting_as
from tests.factories.usage import lived
from tests.world import World

pytestmark = pytest.mark.django_db

FRA, AMS = {"region": "fra"}, {"region": "ams"}


def test_what_lives_is_counted_by_its_attributes(world: World):
    ports = [lived(world.acme, "port", f"p{n}", "2026-03-01") for n in range(3)]
    there = lived(world.acme, "port", "far", "2026-03-01", attributes=AMS)
    lived(world.acme, "port", "gone", "2026-03-01", "2026-03-02")
    lived(world.acme, "vip", "shop", "2026-03-01")
    lived(world.globex, "port", "other", "2026-03-01")
    with acting_as(DatabaseRole.TENANT, world.acme.id):
        assert set(map(_told, living(world.acme.id, "port"))) == {("fra", 3), ("ams", 1)}
        assert set(map(_told, living(world.acme.id, "vip"))) == {("fra", 1)}
        assert ("fra", 2) in map(_told, living(world.acme.id, "port", without=ports[0]))
        assert some_ports(world.acme.id, 9) == tuple(sorted([*ports, there]))
        assert some_ports(world.acme.id, 2) == tuple(sorted([*ports, there]))[:2]
        assert living(world.globex.id, "port") == ()


def _told(row: Living) -> tuple[str, int]:
    return row.attributes["region"], row.count
