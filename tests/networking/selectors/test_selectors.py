"""Selectors: whose rows they give, what they find, and in how many queries."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.db.models import F, Model
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from networking import selectors
from networking.models import Change, Fabric, Host, Port, Router, Scope, Site
from networking.selectors.health import Health
from networking.services import changes, networks
from portal.lib.db import DatabaseRole
from portal.lib.db import acting_as as in_role
from tenants.access import Actor, acting_as
from tests.factories.acts import Frankfurt, add_network, add_port, add_site
from tests.world import World

DRIFT = {"at": "2026-03-01T00:00:00Z", "summary": "network web was missing", "repaired_at": None}


@pytest.fixture
def acme(world: World, fra: Frankfurt) -> Actor:
    """Acme's read-only role; Acme has two networks and three machines, Globex one of each."""
    web = add_network(world.acme, "web", "10.1.0.0/24", ipv6_prefix="fd10:1::/64")
    add_network(world.acme, "db", "10.1.1.0/24")
    add_port(world.acme, web, "web-1", labels={"app": "shop", "tier": "web"})
    add_port(world.acme, web, "web-2", labels={"app": "shop"}, mac="02:00:00:00:00:77")
    add_port(world.acme, web, "mail")
    add_site(world.acme, fra.attachments[0], "Berlin")
    office = add_network(world.globex, "office", "10.1.0.0/24")
    add_port(world.globex, office, "app-1")
    return world.actor("acme", "read_only")


def names(rows: object) -> list[str]:
    """The names, in order."""
    return [row.name for row in rows]


def test_each_list_holds_the_tenants_own(world: World, acme: Actor):
    with acting_as(acme):
        assert names(selectors.networks(acme)) == ["db", "web"]
        assert names(selectors.ports(acme)) == ["mail", "web-1", "web-2"]
        assert names(selectors.sites(acme)) == ["Berlin"]
        assert selectors.changes(acme).count() == 7
        assert [scope.name for scope in selectors.scopes(acme)] == ["pe-fra", "fra-sim"]
        assert [row.name for row in selectors.attachments(acme)] == ["c01"]


def test_the_provider_sees_all_and_a_stranger_none(world: World, acme: Actor):
    staff = world.staff_actor("operator")
    with acting_as(staff):
        assert names(selectors.networks(staff)) == ["db", "office", "web"]
        assert [row.name for row in selectors.spare_attachments(staff)] == ["c03", "c04"]
    stranger = Actor("person", None, "Nobody")
    with in_role(DatabaseRole.WORKER):
        assert not selectors.networks(stranger).exists()


@pytest.mark.parametrize("noun", ["network", "port", "site", "change"])
def test_foreign_and_missing_are_the_same(world: World, acme: Actor, noun: str):
    door: Callable[[Actor, object], object] = getattr(selectors, noun)
    globex = world.actor("globex", "admin")
    with acting_as(globex):
        foreign = next(iter(getattr(selectors, f"{noun}s")(globex)), world.globex).id
    answers = []
    with acting_as(acme):
        for object_id in (foreign, world.acme.id):
            with (
                CaptureQueriesContext(connection) as queries,
                pytest.raises(selectors.Missing) as caught,
            ):
                door(acme, object_id)
            answers.append((caught.value.message, caught.value.status, len(queries)))
    assert answers[0] == answers[1]
    assert answers[0][1] == 404


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ({"q": "web"}, ["web-1", "web-2"]),
        ({"q": "10.1.0.2"}, ["web-1"]),
        ({"q": "02:00:00:00:00:77"}, ["web-2"]),
        ({"q": "fd10:1::"}, ["mail", "web-1", "web-2"]),
        ({"label": "tier"}, ["web-1"]),
        ({"label": "app=shop"}, ["web-1", "web-2"]),
        ({"label": "app=cash"}, []),
        ({"q": "%"}, []),
    ],
)
def test_ports_are_found(acme: Actor, search: dict[str, str], found: list[str]):
    with acting_as(acme):
        assert names(selectors.ports(acme, **search)) == found


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ({"q": "WE"}, ["web"]),
        ({"q": "10.1.1"}, ["db"]),
        ({"q": "FD10"}, ["web"]),
        ({"region": "fra"}, ["db", "web"]),
        ({"region": "ber"}, []),
    ],
)
def test_networks_are_found(acme: Actor, search: dict[str, str], found: list[str]):
    with acting_as(acme):
        assert names(selectors.networks(acme, **search)) == found


def test_rows_say_what_is_under_way(world: World, acme: Actor):
    with acting_as(acme):
        counted = selectors.with_machines(selectors.networks(acme))
        assert counted.get(name="web").port_count == 3
        assert {row.unfinished for row in selectors.networks(acme)} == {"pending"}
    with in_role(DatabaseRole.WORKER):
        Change.objects.filter(subject_name="web").update(state="done")
    with acting_as(acme):
        assert selectors.networks(acme).get(name="web").unfinished == ""


def test_free_prefixes_are_free(world: World, acme: Actor):
    with acting_as(acme):
        free = [str(one) for one in selectors.free_prefixes(acme, 24, limit=2)]
        free6 = [str(one) for one in selectors.free_prefixes(acme, 64, version=6, limit=1)]
    assert free == ["10.1.2.0/24", "10.1.3.0/24"]
    assert free6 == ["fd10:1:0:1::/64"]


def test_the_dashboard_says_what_is_wrong(world: World, acme: Actor, fra: Frankfurt):
    with in_role(DatabaseRole.WORKER):
        Change.objects.update(state="done")
        Scope.objects.update(verified=F("wanted"))
        Site.objects.filter(name="Berlin").update(session_state="Established")
        Port.objects.filter(name="web-1").update(up=True)
    with acting_as(acme):
        well = selectors.dashboard(acme)
    assert (well.health, well.reasons) == (Health.WELL, ())
    assert (well.networks, well.ports, well.ports_up, well.sites, well.sites_up) == (2, 3, 1, 1, 1)

    with in_role(DatabaseRole.WORKER):
        Site.objects.filter(name="Berlin").update(
            session_state="Active", session_reason="Connection refused"
        )
        Host.objects.filter(name="h2").update(silent_since=timezone.now())
        Scope.objects.filter(tenant=world.acme, router__isnull=False).update(drift=DRIFT)
        Change.objects.filter(subject_name="db").update(state="blocked", reason="No room.")
    with acting_as(acme):
        ill = selectors.dashboard(acme)
    assert ill.health == Health.ATTENTION
    assert [str(reason) for reason in ill.reasons[:3]] == [
        "“Add network db 10.1.1.0/24” is blocked: No room.",
        "Berlin is down (Active): Connection refused",
        "pe-fra differs from what you asked for and is being repaired: network web was missing",
    ]
    assert str(ill.reasons[3]).startswith("h2 is silent since ")
    with in_role(DatabaseRole.WORKER):
        blocked = Change.objects.get(subject_name="db").id
    assert [reason.change for reason in ill.reasons] == [blocked, None, None, None]


def test_customers_health_is_for_the_provider(world: World, acme: Actor):
    staff = world.staff_actor("operator")
    with acting_as(staff):
        health = selectors.customer_health(staff, [world.acme.id, world.globex.id])
    assert (health[world.acme.id].networks, health[world.acme.id].ports) == (2, 3)
    assert health[world.globex.id].health == Health.BUSY
    with acting_as(acme), pytest.raises(selectors.Missing):
        selectors.customer_health(acme, [world.acme.id])


@pytest.mark.parametrize(
    ("model", "where", "fields"),
    [
        (Change, {"subject_name": "db"}, {"state": "blocked"}),
        (Change, {"subject_name": "db"}, {"state": "waiting"}),
        (Site, {}, {"session_state": "Active"}),
        (Host, {"name": "h2"}, {"silent_since": "2026-03-01T00:00:00Z"}),
        (Fabric, {}, {"error": "connection refused"}),
        (Router, {}, {"error": "host key changed"}),
        (Scope, {"router__isnull": False}, {"drift": DRIFT}),
        (Scope, {"fabric__isnull": False}, {"drift": DRIFT}),
    ],
)
def test_the_provider_and_a_customer_read_the_same_health(
    world: World,
    acme: Actor,
    model: type[Model],
    where: dict[str, object],
    fields: dict[str, object],
):
    staff = world.staff_actor("operator")

    def told() -> Health:
        """What all of them say."""
        with acting_as(acme):
            own = selectors.dashboard(acme).health
        with acting_as(staff):
            found = selectors.customer_health(staff, [world.acme.id, world.globex.id])
            healths = [one.health for one in found.values()]
            together = selectors.everybody(staff)
        assert found[world.acme.id].health == own
        assert together.attention == healths.count(Health.ATTENTION)
        assert together.busy == healths.count(Health.BUSY)
        return own

    assert told() == Health.BUSY
    with in_role(DatabaseRole.WORKER):
        Change.objects.update(state="done")
    assert told() == Health.BUSY, "devices are behind"
    with in_role(DatabaseRole.WORKER):
        Scope.objects.update(verified=F("wanted"), drift=DRIFT | {"repaired_at": DRIFT["at"]})
    assert told() == Health.WELL
    with in_role(DatabaseRole.WORKER):
        assert model._default_manager.filter(**where).update(**fields)
    assert told() == Health.ATTENTION


def test_infrastructure_is_for_the_provider(world: World, acme: Actor):
    with acting_as(acme):
        assert [region.code for region in selectors.regions(acme)] == ["fra"]
        with pytest.raises(selectors.Missing):
            selectors.infrastructure(acme)
    staff = world.staff_actor("operator")
    with acting_as(staff):
        region = selectors.infrastructure(staff).get()
        (router,) = region.routers.all()
        assert [one.tenant and one.tenant.slug for one in router.attachments.all()] == [
            "acme",
            "globex",
            None,
            None,
        ]


@pytest.mark.parametrize(
    ("read", "budget"),
    [
        (lambda actor: [list(row.sites.all()) for row in selectors.networks(actor)], 2),
        (lambda actor: [(row.network.name, row.host) for row in selectors.ports(actor)], 1),
        (lambda actor: [row.attachment.router.name for row in selectors.sites(actor)], 1),
        (lambda actor: [list(row.verdicts.all()) for row in selectors.changes(actor)], 2),
        (selectors.dashboard, 8),
    ],
)
def test_a_list_takes_the_same_queries_however_long(
    world: World, acme: Actor, read: Callable[[Actor], object], budget: int
):
    with acting_as(acme), CaptureQueriesContext(connection) as few:
        read(acme)
    for index in range(5):
        network = add_network(world.acme, f"more-{index}", f"10.1.{100 + index}.0/24")
        add_port(world.acme, network, f"machine-{index}")
    with acting_as(acme), CaptureQueriesContext(connection) as many:
        read(acme)
    assert len(few) == len(many) <= budget + 2  # entering the role and leaving it


def test_a_change_tells_what_took_it_back(world: World, acme: Actor):
    admin = world.actor("acme", "admin")
    with acting_as(admin):
        made = networks.create(admin, networks.NetworkInput("shop", "fra", "10.1.5.0/24"))
        taken_back = changes.revert(admin, made.id)
        assert [one.id for one in selectors.change(admin, made.id).reverted.all()] == [
            taken_back.id
        ]
        assert selectors.change(admin, taken_back.id).reverts_id == made.id
