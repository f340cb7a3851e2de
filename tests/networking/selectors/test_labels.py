"""Ports by label, whether few have it or many, and the rows that the database keeps for that."""

from collections.abc import Mapping
from importlib import import_module

import pytest
from django.db import connection

from networking import selectors
from networking.models import Port, PortLabel
from networking.selectors import labels
from portal.lib.db import DatabaseRole
from portal.lib.db import acting_as as in_role
from tenants.access import Actor, acting_as
from tests.conftest import administration
from tests.factories.acts import Frankfurt, add_group, add_network, add_port
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)

KEPT = "SELECT tenant_id, port_id, key, value FROM networking_portlabel ORDER BY 1, 2, 3"
TOLD = """
SELECT tenant_id, id, key, value FROM networking_port, jsonb_each_text(labels) ORDER BY 1, 2, 3
"""


@pytest.fixture
def acme(world: World, fra: Frankfurt) -> Actor:
    """Acme's read-only role; Acme has three machines, Globex one with the same label."""
    web = add_network(world.acme)
    add_port(world.acme, web, "web-1", labels={"app": "shop", "tier": "web"})
    add_port(world.acme, web, "web-2", labels={"app": "shop"})
    add_port(world.acme, web, "mail", labels={"app": "mail"})
    add_port(world.globex, add_network(world.globex, "office"), "desk", labels={"app": "shop"})
    return world.actor("acme", "read_only")


def in_step() -> bool:
    """Whether what is kept is what the ports have, and something at all."""
    with in_role(DatabaseRole.WORKER), connection.cursor() as cursor:
        cursor.execute(KEPT)
        kept = cursor.fetchall()
        cursor.execute(TOLD)
        return bool(kept) and kept == cursor.fetchall()


@pytest.mark.parametrize("few", [0, 1, 2, 500])
@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ({"app": "shop"}, ["web-1", "web-2"]),
        ({"app": "shop", "tier": "web"}, ["web-1"]),
        ({"app": "mail", "tier": "web"}, []),
        ({"app": None}, ["mail", "web-1", "web-2"]),
        ({"tier": None}, ["web-1"]),
        ({"app": "none"}, []),
    ],
)
def test_a_label_finds_the_same_machines_however_many_have_it(
    acme: Actor,
    monkeypatch: pytest.MonkeyPatch,
    few: int,
    wanted: Mapping[str, str | None],
    names: list[str],
):
    monkeypatch.setattr(labels, "FEW", few)
    with acting_as(acme):
        found = selectors.ports(acme).filter(labels.labelled(acme, wanted))
        assert [port.name for port in found] == names


def test_few_machines_with_a_label_are_named_to_the_database(world: World, acme: Actor):
    group = add_group(world.acme, labels={"app": "shop"})
    with acting_as(acme):
        members = selectors.group_members(acme, selectors.group_membership(acme, group.id))
        assert [port.name for port in members] == ["web-1", "web-2"]
        for rows in (members, selectors.ports(acme, label="tier=web")):
            assert all(str(port.id) in str(rows.query) for port in rows)


def test_what_is_kept_follows_the_ports(world: World, acme: Actor):
    assert in_step()
    with in_role(DatabaseRole.TENANT, world.acme.id):
        Port.objects.filter(name="web-2").update(labels={"app": "shop", "new": "one"})
        Port.objects.filter(name="mail").update(labels={})
    assert in_step()
    with in_role(DatabaseRole.WORKER):
        Port.objects.filter(name__in=("web-1", "desk")).delete()
        assert {(row.key, row.value) for row in PortLabel.objects.all()} == {
            ("app", "shop"),
            ("new", "one"),
        }
    assert in_step()


def test_ports_that_were_there_before_are_found(acme: Actor):
    """The migration, back and forth, as an upgrade meets it."""
    migration = import_module("networking.migrations.0017_port_labels")
    name = connection.settings_dict["NAME"]
    with administration(name) as admin, admin.transaction(force_rollback=True):
        admin.execute(migration.RELEASE)
        admin.execute("DELETE FROM networking_portlabel")
        admin.execute(migration.KEEP)
        kept, told = (admin.execute(text).fetchall() for text in (KEPT, TOLD))
    assert kept
    assert kept == told
