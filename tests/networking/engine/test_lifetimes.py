"""From when to when what costs money was there."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import F

from networking.backends.simulator.config import SimulatorConfig
from networking.backends.simulator.faults import Faults
from networking.engine import lifetimes
from networking.engine.reconcile import reconcile
from networking.engine.settle import settle
from networking.models import Change, ChangeScope, Lifetime, Network, Port, Scope, Site
from networking.services import networks, onboarding, ports, sites, vips
from networking.services.changes import preview, revert
from portal.lib.db import DatabaseRole, acting_as
from tenants import access
from tenants.access import SYSTEM
from tests.conftest import administer
from tests.factories import acts as make
from tests.factories.acts import Frankfurt
from tests.factories.networking import make_router
from tests.networking.engine.acts import fresh, scope
from tests.networking.engine.deliver import deliver
from tests.networking.engine.test_fence import in_thread
from tests.polling import eventually
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


def rows(**which: Any) -> list[Lifetime]:
    """Acme's lifetimes, the oldest first."""
    with acting_as(DatabaseRole.WORKER):
        return list(Lifetime.objects.filter(tenant__slug="acme", **which).order_by("during"))


@pytest.fixture
def network(fra: Frankfurt, world: World) -> Network:
    """Acme's network web, which is in force."""
    network = make.add_network(world.acme)
    deliver()
    return network


def act(world: World, do: Callable[..., Change], *args: Any, **kwargs: Any) -> Change:
    """What Acme's system does, as the request would."""
    actor = make.system_for(world.acme)
    with access.acting_as(actor):
        return do(actor, *args, **kwargs)


def test_every_noun_lives_from_its_verification(fra: Frankfurt, world: World) -> None:
    make.allow_vips(world.acme)
    network = make.add_network(world.acme, ipv6_prefix="fd10:1:0:1::/64")
    port = make.add_port(world.acme, network, labels={"app": "web"})
    vip = make.add_vip(world.acme, members=(port.id,))
    site = make.add_site(world.acme, fra.attachments[0], "Berlin")
    assert rows() == []
    deliver()
    here = {"region": "fra"}
    found = {
        (row.noun, row.noun_id): (row.name, row.attributes, row.labels, row.network_name)
        for row in rows()
    }
    assert found == {
        ("gateway", fra.attachments[0].id): ("c01", here, {}, ""),
        ("network", network.id): ("web", here | {"family": "dual"}, {}, ""),
        ("port", port.id): ("web-1", here, {"app": "web"}, "web"),
        ("vip", vip.id): ("shop", here | {"health_check": "yes"}, {}, ""),
        ("site", site.id): ("Berlin", here, {}, ""),
    }
    with acting_as(DatabaseRole.WORKER):
        done = dict(Change.objects.values_list("subject_id", "done_at"))
    assert all(row.during.lower == done[row.noun_id] for row in rows())
    assert all(row.during.upper is None and not row.generated for row in rows())


def test_nothing_counts_before_all_devices_have_it(fra: Frankfurt, world: World) -> None:
    deliver()
    router(fra).unreachable()
    network = make.add_network(world.acme)
    deliver()
    assert rows(noun="network") == []
    router(fra).heal()
    try_again_now()
    deliver()
    (row,) = rows(noun_id=network.id)
    assert row.during.lower == fresh(make.newest_change(world.acme)).done_at


def test_another_price_begins_another_lifetime_at_the_verification(
    fra: Frankfurt, world: World, network: Network
) -> None:
    router(fra).unreachable()
    change = act(world, networks.update, network.id, {"ipv6_prefix": "fd10:1:0:1::/64"})
    deliver()
    (row,) = rows(noun_id=network.id)
    assert (row.attributes["family"], row.during.upper) == ("ipv4", None)
    router(fra).heal()
    try_again_now()
    deliver()
    before, after = rows(noun_id=network.id)
    assert [before.attributes["family"], after.attributes["family"]] == ["ipv4", "dual"]
    assert before.during.upper == after.during.lower == fresh(change).done_at
    assert after.during.upper is None


def test_a_health_check_is_another_price(fra: Frankfurt, world: World, network: Network) -> None:
    make.allow_vips(world.acme)
    vip = make.add_vip(world.acme, members=(make.add_port(world.acme, network).id,))
    deliver()
    act(world, vips.update, vip.id, {"health_check": False, "name": "till"})
    deliver()
    found = [(row.name, row.attributes["health_check"]) for row in rows(noun_id=vip.id)]
    assert found == [("shop", "yes"), ("till", "no")]


def test_an_edit_in_the_same_pass_is_what_the_first_lifetime_says(
    fra: Frankfurt, world: World
) -> None:
    network = make.add_network(world.acme)
    made = make.newest_change(world.acme)
    edit = act(world, networks.update, network.id, {"ipv6_prefix": "fd10:1:0:1::/64"})
    deliver()
    assert fresh(made).state == Change.State.SUPERSEDED
    (row,) = rows(noun_id=network.id)
    assert row.attributes["family"] == "dual"
    assert row.during.lower == fresh(edit).done_at


def test_an_edit_that_waits_is_not_in_the_first_lifetime(fra: Frankfurt, world: World) -> None:
    """The router has the create alone when the fabric takes up both."""
    deliver()
    network = make.add_network(world.acme)
    made = make.newest_change(world.acme)
    reconcile(scope(fra.router.name).pk)
    router(fra).unreachable()
    edit = act(world, networks.update, network.id, {"ipv6_prefix": "fd10:1:0:1::/64"})
    deliver()
    assert (fresh(made).done_at is None, fresh(edit).done_at) == (False, None)
    (row,) = rows(noun_id=network.id)
    assert row.attributes["family"] == "ipv4"
    router(fra).heal()
    try_again_now()
    deliver()
    assert [row.attributes["family"] for row in rows(noun_id=network.id)] == ["ipv4", "dual"]


def test_names_and_labels_follow_while_it_lives(
    fra: Frankfurt, world: World, network: Network
) -> None:
    port = make.add_port(world.acme, network, labels={"app": "web"})
    deliver()
    (before,) = rows(noun="port")
    edit = act(world, ports.update, port.id, {"labels": {"app": "shop"}})
    assert edit.state == Change.State.DONE, "no group has it, so no device has anything to do"
    act(world, networks.update, network.id, {"name": "front"})
    act(world, ports.update, port.id, {"name": "front-1"})
    deliver()
    (after,) = rows(noun="port")
    assert (after.name, after.labels, after.network_name) == ("front-1", {"app": "shop"}, "front")
    assert (after.id, after.during) == (before.id, before.during)
    (row,) = rows(noun="network")
    assert row.name == "front"


def test_it_ends_when_the_delete_is_accepted(
    fra: Frankfurt, world: World, network: Network
) -> None:
    """A device that cannot be asked costs the customer nothing."""
    router(fra).unreachable()
    change = act(world, networks.delete, network.id)
    (row,) = rows(noun_id=network.id)
    assert row.during.upper == change.created_at
    deliver()
    router(fra).heal()
    try_again_now()
    deliver()
    assert fresh(change).state == Change.State.DONE
    assert [one.during for one in rows(noun_id=network.id)] == [row.during]


def test_machines_on_their_way_out_go_with_their_network_and_do_not_count_twice(
    fra: Frankfurt, world: World, network: Network
) -> None:
    port = make.add_port(world.acme, network)
    deliver()
    gone = act(world, ports.delete, port.id)
    act(world, networks.delete, network.id)
    deliver()
    with acting_as(DatabaseRole.WORKER):
        assert not Port.objects.exists()
    (row,) = rows(noun="port")
    assert row.during.upper == gone.created_at


def test_a_preview_leaves_nothing(fra: Frankfurt, world: World, network: Network) -> None:
    before = [(row.id, row.during) for row in rows()]
    actor = make.system_for(world.acme)
    with access.acting_as(actor):
        preview(lambda: networks.delete(actor, network.id))
    assert [(row.id, row.during) for row in rows()] == before


def test_what_goes_before_it_was_in_force_never_counts(fra: Frankfurt, world: World) -> None:
    deliver()
    network = make.add_network(world.acme)
    act(world, networks.delete, network.id)
    deliver()
    assert rows(noun="network") == []


def test_what_a_revert_brings_back_counts_anew(
    fra: Frankfurt, world: World, network: Network
) -> None:
    gone = act(world, networks.delete, network.id)
    deliver()
    back = act(world, revert, gone.id)
    deliver()
    first, second = rows(noun="network")
    assert (first.noun_id, first.during.upper) == (network.id, gone.created_at)
    assert (second.noun_id, second.during.lower) == (back.subject_id, fresh(back).done_at)
    again = act(world, revert, back.id)
    _, second = rows(noun="network")
    assert second.during.upper == again.created_at


def test_a_way_out_counts_for_whoever_has_it(fra: Frankfurt, world: World) -> None:
    deliver()
    gateway = fra.attachments[0]
    with acting_as(DatabaseRole.STAFF):
        released = onboarding.release_attachment(SYSTEM, world.acme.id, gateway.id)
        other = onboarding.release_attachment(SYSTEM, world.globex.id, fra.attachments[1].id)
    (row,) = rows(noun="gateway")
    assert row.during.upper == released.created_at
    deliver()
    make.attach(world.globex, gateway, "10.2.0.0/16")
    deliver()
    assert [one.during for one in rows(noun="gateway")] == [row.during]
    with acting_as(DatabaseRole.WORKER):
        theirs = Lifetime.objects.filter(tenant=world.globex, noun="gateway").order_by("during")
        first, second = theirs
    assert (first.during.upper, second.noun_id) == (other.created_at, gateway.id)
    assert second.during.lower > row.during.upper
    assert second.during.upper is None


def test_a_site_ends_with_its_delete(fra: Frankfurt, world: World) -> None:
    site = make.add_site(world.acme, fra.attachments[0], "Berlin")
    deliver()
    with acting_as(DatabaseRole.STAFF):
        change = sites.delete(SYSTEM, site.id)
    deliver()
    with acting_as(DatabaseRole.WORKER):
        assert not Site.objects.exists()
    (row,) = rows(noun="site")
    assert row.during.upper == change.created_at


def test_the_sweep_counts_what_is_older_than_lifetimes(
    fra: Frankfurt, world: World, network: Network
) -> None:
    make.add_port(world.acme, network, labels={"app": "web"})
    make.add_network(world.acme, "late", "10.1.9.0/24")
    deliver()
    before = rows()
    forget_all()
    make.add_network(world.acme, "not-yet", "10.1.10.0/24")
    lifetimes.sweep()
    lifetimes.sweep()
    assert told(rows()) == told(before)
    deliver()
    assert len(rows()) == len(before) + 1


def test_the_sweep_ends_what_counts_on_for_nobody(
    fra: Frankfurt, world: World, network: Network
) -> None:
    change = act(world, networks.delete, network.id)
    ended = told(rows())
    forget_all()
    with acting_as(DatabaseRole.WORKER):
        Lifetime.objects.create(
            tenant=world.acme,
            noun="network",
            noun_id=network.id,
            name="web",
            attributes={"region": "fra", "family": "ipv4"},
            during=(change.created_at - timedelta(days=1), None),
        )
    lifetimes.sweep()
    assert [row[-1] for row in told(rows(noun="network"))] == [change.created_at]
    assert [row[-1] for row in ended if row[0] == "network"] == [change.created_at]
    assert len(rows(noun="gateway")) == 1


def test_the_sweep_puts_a_name_right(fra: Frankfurt, world: World, network: Network) -> None:
    with acting_as(DatabaseRole.WORKER):
        Lifetime.objects.filter(noun="network").update(name="other", labels={"a": "b"})
    lifetimes.sweep()
    (row,) = rows(noun="network")
    assert (row.name, row.labels) == ("web", {})


def test_a_delete_waits_for_whoever_begins_a_lifetime(
    fra: Frankfurt, world: World, network: Network
) -> None:
    """A worker that settles the create does not see the delete, and the delete does not see the
    lifetime: without the wait it would count for ever. The worker has a device here that the
    delete itself has no business with."""
    forget_all()
    last = unfinished_on_another_router(fra, world, network)
    deleted: list[Change] = []
    with acting_as(DatabaseRole.WORKER):
        Scope.objects.filter(pk=last.pk).update(verified=F("wanted"))
        settle([last.pk])
        thread = in_thread(lambda: deleted.append(act(world, networks.delete, network.id)))
        eventually(blocking)
    thread.join()
    (row,) = rows(noun_id=network.id)
    assert row.during.upper == deleted[0].created_at


def unfinished_on_another_router(fra: Frankfurt, world: World, network: Network) -> Scope:
    """A scope that alone keeps the network's create from being settled."""
    other = make_router(fra.region, fra.config["path"], "pe-other")
    with acting_as(DatabaseRole.WORKER):
        change = Change.objects.get(subject_id=network.id)
        Change.objects.filter(pk=change.pk).update(state=Change.State.VERIFYING, done_at=None)
        made = Scope.objects.create(tenant=world.acme, router=other, wanted=change.generation)
        ChangeScope.objects.create(tenant=world.acme, change=change, scope=made)
    return made


def blocking() -> bool:
    """Whether somebody waits for this transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks "
            "WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))"
        )
        return bool(cursor.fetchone()[0])


def router(fra: Frankfurt) -> Faults:
    """Breaks the region's router."""
    return Faults(SimulatorConfig(fra.config["path"]), "router")


def try_again_now() -> None:
    """What waits for its next try is due."""
    with acting_as(DatabaseRole.WORKER):
        Scope.objects.update(retry_at=None)


def forget_all() -> None:
    """As a database from before there were lifetimes."""
    administer("TRUNCATE networking_lifetime", name=connection.settings_dict["NAME"])


def told(found: list[Lifetime]) -> list[tuple[Any, ...]]:
    """What the rows say, without their ids."""
    fields = ("noun", "noun_id", "name", "attributes", "labels", "network_id", "network_name")
    return sorted(
        (*(str(getattr(row, name)) for name in fields), row.during.lower, row.during.upper)
        for row in found
    )
