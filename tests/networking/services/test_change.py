"""Previews, confirmations, reverts; writes that meet."""

import threading
from dataclasses import replace

import pytest
from django.db import connection, connections

from networking.models import Change, Generation, Network, Port, Scope
from networking.services import changes, networks, ports, sites
from networking.services.constraints import guarded
from networking.services.networks import NetworkInput
from portal.lib.db import DatabaseRole
from portal.lib.db import acting_as as in_role
from portal.lib.errors import Refusal
from tenants.access import acting_as
from tenants.models import AuditEvent
from tenants.services.acting import MAX_REASON
from tests.factories.acts import (
    Frankfurt,
    add_network,
    add_port,
    add_site,
    attach,
    newest_change,
    register_provider,
)
from tests.world import World, make_world

SHOP = NetworkInput("shop", "fra", "10.1.5.0/24")


def test_a_preview_writes_nothing(world: World, fra: Frankfurt):
    add_site(world.acme, fra.attachments[0], "Berlin")
    actor = world.actor("acme", "network")

    def all_rows() -> list[object]:
        tables = (Change, AuditEvent, Network, Generation)
        return [list(table.objects.order_by("id").values()) for table in tables]

    with acting_as(actor):
        before = all_rows()
        foreseen = changes.preview(lambda: networks.create(actor, SHOP))
        assert all_rows() == before
    assert foreseen.summary == "Add network shop 10.1.5.0/24"
    assert [line["text"] for scope in foreseen.plan for line in scope["lines"]] == [
        "network shop 10.1.5.0/24 (gateway 10.1.5.1, DHCP, MTU 1400)",
        "route 10.1.5.0/24 by way of 100.64.1.2 on pe-fra",
        "Berlin learns 10.1.5.0/24",
    ]


def test_a_change_keeps_the_longest_names_and_reasons(world: World, fra: Frankfurt):
    """A name of 100 letters with an address of 254, and a reason as long as it may be."""
    staff = world.staff_actor("operator", acting_for="acme")
    actor = replace(staff, label="x" * 357, acting_reason="y" * MAX_REASON)
    with acting_as(actor):
        change = networks.create(actor, SHOP)
        event = AuditEvent.objects.get(verb="network.create")
    assert (len(change.actor_label), change.on_behalf_reason) == (255, "y" * MAX_REASON)
    assert event.actor_label == actor.label


def test_a_preview_is_refused_as_the_act_is(world: World, fra: Frankfurt):
    actor = world.actor("acme", "network")
    bad = NetworkInput("shop", "fra", "10.9.0.0/24")
    with acting_as(actor), pytest.raises(Refusal) as caught:
        changes.preview(lambda: networks.create(actor, bad))
    assert caught.value.code == "prefix-not-allowed"


def test_a_plan_is_confirmed_on_its_own_generation(world: World, fra: Frankfurt):
    actor = world.actor("acme", "network")
    with acting_as(actor):
        foreseen = changes.preview(lambda: networks.create(actor, SHOP))
    add_network(world.acme, "web")
    with acting_as(actor):
        with pytest.raises(Refusal) as caught:
            changes.confirm(actor, foreseen.generation, lambda: networks.create(actor, SHOP))
        assert (caught.value.code, caught.value.status) == ("stale-plan", 412)
        fresh = changes.preview(lambda: networks.create(actor, SHOP))
        change = changes.confirm(actor, fresh.generation, lambda: networks.create(actor, SHOP))
    assert change.generation == fresh.generation + 1


def test_reverting_a_create_deletes(world: World, fra: Frankfurt):
    actor = world.actor("acme", "network")
    with acting_as(actor):
        made = networks.create(actor, SHOP)
        change = changes.revert(actor, made.id)
        assert (change.verb, change.reverts_id) == ("delete", made.id)
        assert change.summary == "Revert: Add network shop 10.1.5.0/24"
        assert Network.objects.get().retiring_at


def test_reverting_an_update_puts_back_only_what_it_changed(world: World, fra: Frankfurt):
    network = add_network(world.acme)
    actor = world.actor("acme", "network")
    with acting_as(actor):
        first = networks.update(actor, network.id, {"mtu": 1300})
        networks.update(actor, network.id, {"dhcp": False})
        change = changes.revert(actor, first.id)
        network.refresh_from_db()
    assert (network.mtu, network.dhcp) == (1400, False)
    assert change.plan[0]["lines"] == [{"action": "update", "text": "network web: MTU 1300 → 1400"}]


def test_reverting_a_delete_makes_it_again(world: World, fra: Frankfurt):
    berlin = add_site(world.acme, fra.attachments[0], "Berlin")
    network = add_network(
        world.acme, learned_by="some", sites=(berlin.id,), ipv6_prefix="fd10:1::/64"
    )
    port = add_port(world.acme, network, labels={"app": "shop"})
    actor = world.actor("acme", "network")
    with acting_as(actor):
        lost = ports.delete(actor, port.id)
        gone = networks.delete(actor, network.id)
        with pytest.raises(Refusal) as caught:
            changes.revert(actor, gone.id)
    assert caught.value.status == 409
    assert "still being deleted" in caught.value.message
    with in_role(DatabaseRole.WORKER):
        Port.objects.all().delete()
        Network.objects.all().delete()
    with acting_as(actor):
        with pytest.raises(Refusal) as caught:
            changes.revert(actor, lost.id)
        assert caught.value.message == (
            "This change cannot be taken back. Its network web is not there any more."
        )
        changes.revert(actor, gone.id)
        again = Network.objects.get(name="web")
        assert [site.name for site in again.sites.all()] == ["Berlin"]
        changes.revert(actor, lost.id)
        machine = Port.objects.get(name="web-1")
        assert (machine.network_id, machine.labels) == (again.id, {"app": "shop"})
        assert (machine.mac, machine.ipv6_address) == (port.mac, port.ipv6_address)


def test_what_cannot_be_taken_back_says_why(world: World, fra: Frankfurt):
    network = add_network(world.acme)
    made = newest_change(world.acme)
    add_port(world.acme, network)
    actor = world.actor("acme", "network")
    with acting_as(actor), pytest.raises(Refusal) as caught:
        changes.revert(actor, made.id)
    assert caught.value.status == 409
    assert "still has machines: web-1" in caught.value.message

    add_site(world.acme, fra.attachments[0], "Berlin")
    with acting_as(actor), pytest.raises(Refusal) as caught:
        changes.revert(actor, newest_change(world.acme).id)
    assert "Only your provider" in caught.value.message


def test_a_foreign_change_cannot_be_reverted(world: World, fra: Frankfurt):
    add_network(world.globex)
    foreign = newest_change(world.globex)
    actor = world.actor("acme", "network")
    with acting_as(actor), pytest.raises(Refusal) as caught:
        changes.revert(actor, foreign.id)
    assert caught.value.status == 404


def test_generations_of_a_tenant_count_every_change(world: World, fra: Frankfurt):
    add_network(world.acme, "web")
    add_network(world.acme, "db", "10.1.1.0/24")
    add_network(world.globex, "office")
    with in_role(DatabaseRole.WORKER):
        rows = Change.objects.filter(tenant=world.acme).order_by("generation")
        assert list(rows.values_list("generation", flat=True)) == [1, 2, 3]
        assert Generation.objects.get(tenant=world.globex).number == 2
        wanted = Scope.objects.filter(tenant=world.acme).values_list("wanted", flat=True)
        assert set(wanted) == {3}


def test_an_edit_lifts_a_block(world: World, fra: Frankfurt):
    network = add_network(world.acme)
    with in_role(DatabaseRole.WORKER):
        Scope.objects.filter(tenant=world.acme).update(blocked=True, attempts=3)
    actor = world.actor("acme", "network")
    with acting_as(actor):
        networks.update(actor, network.id, {"mtu": 1300})
        fabric = Scope.objects.get(fabric=fra.fabric)
        router = Scope.objects.get(router=fra.router)
    assert (fabric.blocked, fabric.attempts, router.blocked) == (False, 0, True)


def test_the_database_refuses_in_the_same_words(world: World, fra: Frankfurt):
    network = add_network(world.acme)
    with acting_as(world.actor("acme", "network")):
        twin = Network(
            tenant=world.acme, region=fra.region, name="twin", ipv4_prefix="10.1.0.128/25"
        )
        with pytest.raises(Refusal) as caught, guarded():
            twin.save()
        assert (caught.value.code, caught.value.field) == ("prefix-overlap", "ipv4_prefix")
        twin = Network(
            tenant=world.acme, region=fra.region, name=network.name, ipv4_prefix="10.1.1.0/24"
        )
        with pytest.raises(Refusal) as caught, guarded():
            twin.save()
        assert (caught.value.code, caught.value.field) == ("name-taken", "name")


@pytest.mark.django_db(transaction=True)
def test_two_writers_of_one_prefix_make_one_network():
    world = make_world()
    attach(world.acme, register_provider().attachments[0])
    actor = world.actor("acme", "network")
    start = threading.Barrier(4)
    outcomes: list[str] = []

    def write(index: int) -> None:
        try:
            start.wait(10)
            with acting_as(actor):
                networks.create(actor, NetworkInput(f"shop-{index}", "fra", "10.1.5.0/24"))
            outcomes.append("made")
        except Refusal as refusal:
            outcomes.append(refusal.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write, args=(index,)) for index in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(outcomes) == ["made", "prefix-overlap", "prefix-overlap", "prefix-overlap"]
    with acting_as(actor):
        assert Network.objects.count() == 1
        assert Change.objects.filter(subject_type="network").count() == 1
    assert not connection.in_atomic_block


def test_tasks_are_sent_when_it_is_committed(
    world: World, fra: Frankfurt, django_capture_on_commit_callbacks, monkeypatch
):
    sent: list[str] = []
    monkeypatch.setattr("networking.services.publish._silent_until", 0.0)
    monkeypatch.setattr(
        "networking.tasks.reconcile.apply_async", lambda args, **_: sent.append(args[0])
    )
    actor = world.actor("acme", "network")
    with django_capture_on_commit_callbacks(execute=True), acting_as(actor):
        changes.preview(lambda: networks.create(actor, SHOP))
        change = networks.create(actor, SHOP)
        touched = change.touched_scopes.values_list("scope_id", flat=True)
        expected = sorted(str(scope_id) for scope_id in touched)
    assert sorted(sent) == expected
    assert len(sent) == 2


@pytest.mark.django_db(transaction=True)
def test_a_dead_broker_loses_no_change(monkeypatch: pytest.MonkeyPatch):
    world = make_world()
    attach(world.acme, register_provider().attachments[0])
    asked: list[object] = []

    def dead(args: object, **_: object) -> None:
        asked.append(args)
        raise ConnectionError("no broker")

    monkeypatch.setattr("networking.tasks.reconcile.apply_async", dead)
    monkeypatch.setattr("networking.services.publish._silent_until", 0.0)
    actor = world.actor("acme", "network")
    for index in range(2):
        with acting_as(actor):
            networks.create(actor, NetworkInput(f"shop-{index}", "fra", f"10.1.{index}.0/24"))
    assert len(asked) == 1, "a dead broker is asked once, not for every scope and change"
    with acting_as(actor):
        assert Scope.objects.filter(wanted=3, verified=0).count() == 2


def test_staff_who_act_for_a_tenant_are_named(world: World, fra: Frankfurt):
    actor = world.staff_actor("operator", acting_for="acme")
    with acting_as(actor):
        change = networks.create(actor, SHOP)
        event = AuditEvent.objects.filter(verb="network.create").get()
    assert (change.actor_label, change.on_behalf_reason) == (actor.label, "ticket 17")
    assert event.on_behalf_reason == "ticket 17"


def test_a_tenant_may_not_write_sites(world: World, fra: Frankfurt):
    site = add_site(world.acme, fra.attachments[0], "Berlin")
    actor = world.actor("acme", "admin")
    with acting_as(actor), pytest.raises(Refusal) as caught:
        sites.delete(actor, site.id)
    assert caught.value.status == 403
