"""The demo: two customers, seeded once, on whatever there is to run on."""

import json
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import asyncssh
import pytest
from django.contrib.auth.hashers import check_password
from django.core import mail
from django.core.management import call_command
from pytest_django import Settings

from lab import inventory as lab_inventory
from lab.topology import DEMO
from networking.backends.frr.config import FrrConfig
from networking.backends.ovn.config import OvnConfig
from networking.models import (
    Change,
    Fabric,
    FabricAccess,
    Network,
    Port,
    Router,
    RouterAccess,
    Scope,
    Site,
)
from networking.services import networks
from portal.lib.db import DatabaseRole, acting_as
from portal.services.demo.inventory import read
from portal.services.demo.inventory import simulated as simulate
from tenants import access
from tenants.access import Actor, TenantRef
from tenants.models import AuditEvent, Membership, Person, Tenant
from tests.networking.engine.deliver import deliver


@pytest.fixture
def state(db: None, tmp_path: Path, settings: Settings) -> Path:
    """A state folder of its own, on the simulator."""
    settings.STATE_DIR, settings.FABRIC = tmp_path, "simulator"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    return tmp_path


def seed(state: Path, **options: object) -> list[dict[str, str]]:
    """Run the command; the sign-ins that it left."""
    call_command("demo", stdout=StringIO(), **options)
    listed: list[dict[str, str]] = json.loads((state / "demo.json").read_text())["sign_ins"]
    return listed


def counts() -> list[int]:
    """How many rows of each kind there are."""
    tables = (Tenant, Network, Port, Site, Change, Scope, AuditEvent, Membership)
    with acting_as(DatabaseRole.WORKER):
        return [table.objects.count() for table in tables]


def test_customers_with_the_same_addresses(state: Path):
    seed(state)
    with acting_as(DatabaseRole.WORKER):
        rows = Network.objects.order_by("tenant__slug", "name")
        assert [(row.tenant.slug, row.name, str(row.ipv4_prefix)) for row in rows] == [
            ("acme", "db", "10.1.1.0/24"),
            ("acme", "web", "10.1.0.0/24"),
            ("globex", "office", "10.1.0.0/24"),
        ]
        machines = Port.objects.order_by("name").values_list("name", "ipv4_address")
        assert [(name, str(address)) for name, address in machines] == [
            ("app-1", "10.1.0.11"),
            ("db-1", "10.1.1.11"),
            ("web-1", "10.1.0.11"),
            ("web-2", "10.1.0.12"),
        ]
        sites = Site.objects.order_by("name").values_list("name", "tenant__slug")
        assert list(sites) == [("Berlin", "acme"), ("Munich", "acme"), ("Oslo", "globex")]
        assert {scope.wanted > 0 for scope in Scope.objects.all()} == {True}


def test_everybody_can_sign_in(state: Path):
    listed = seed(state)
    assert (state / "demo.json").stat().st_mode & 0o777 == 0o600
    assert [entry["email"] for entry in listed] == [
        "admin@acme.example",
        "network@acme.example",
        "billing@acme.example",
        "readonly@acme.example",
        "admin@globex.example",
        "operator@msp.example",
        "finance@msp.example",
    ]
    with acting_as(DatabaseRole.IDENTITY):
        for entry in listed:
            person = Person.objects.get(email=entry["email"])
            assert check_password(entry["password"], person.password)
        assert Person.objects.get(email="operator@msp.example").staff_role == "operator"
    with acting_as(DatabaseRole.WORKER):
        roles = Membership.objects.order_by("tenant__slug", "role").values_list("role", flat=True)
        assert list(roles) == ["admin", "billing", "network", "read_only", "admin"]
    assert mail.outbox == []


def test_running_it_again_changes_nothing(state: Path):
    first, before = seed(state), counts()
    assert seed(state) == first
    assert counts() == before


def test_a_lost_file_gives_new_passwords(state: Path):
    first = seed(state)
    (state / "demo.json").unlink()
    second = seed(state)
    assert second[0]["password"] != first[0]["password"]
    with acting_as(DatabaseRole.IDENTITY):
        person = Person.objects.get(email=second[0]["email"])
        assert check_password(second[0]["password"], person.password)


def test_what_people_deleted_stays_away(state: Path):
    seed(state)
    with acting_as(DatabaseRole.WORKER):
        globex = Tenant.objects.get(slug="globex")
        Port.objects.filter(tenant=globex).delete()
        office = Network.objects.get(tenant=globex)
    actor = Actor("system", None, "Test", TenantRef(globex.id, "globex", "Globex"))
    with access.acting_as(actor):
        networks.delete(actor, office.id)
        Network.objects.filter(id=office.id).delete()
    seed(state)
    with acting_as(DatabaseRole.WORKER):
        assert not Network.objects.filter(tenant=globex).exists()


def test_without_a_fabric_there_are_customers_alone(state: Path, settings: Settings):
    settings.FABRIC = "none"
    seed(state)
    with acting_as(DatabaseRole.WORKER):
        assert Tenant.objects.count() == 2
        assert not Fabric.objects.exists()
        assert not Change.objects.exists()
    settings.FABRIC = "simulator"
    seed(state)
    with acting_as(DatabaseRole.WORKER):
        assert Network.objects.count() == 3


@pytest.fixture
def inventory(tmp_path: Path) -> Path:
    """What a running lab writes, but for where its daemons listen."""
    hosts = [
        SimpleNamespace(name=host.name, switch=SimpleNamespace(ovsdb=f"unix:/run/{host.name}"))
        for host in DEMO.hosts
    ]
    host_key = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode().strip()
    ssh = SimpleNamespace(port=2222, client_key=tmp_path / "key", host_key=host_key)
    central = SimpleNamespace(northbound="unix:/run/nb", southbound="unix:/run/sb")
    router = SimpleNamespace(name=DEMO.router.name, ssh=ssh)
    path = tmp_path / "inventory.json"
    lab_inventory.write(path, lab_inventory.build("demo", DEMO, central, hosts, router))
    return path


def test_it_moves_from_the_simulator_to_the_lab(state: Path, inventory: Path):
    seed(state)
    with acting_as(DatabaseRole.WORKER):
        Scope.objects.update(applied=9, verified=9, wanted=9)
    seed(state, inventory=inventory)
    with acting_as(DatabaseRole.WORKER):
        assert (Fabric.objects.get().backend, Router.objects.get().backend) == ("ovn", "frr")
        fabric, router = FabricAccess.objects.get().config, RouterAccess.objects.get().config
        OvnConfig.from_json(fabric)
        assert FrrConfig.from_json(router).port == 2222
        assert Network.objects.count() == 3
        behind = {(scope.applied, scope.verified) for scope in Scope.objects.all()}
        assert behind == {(0, 0)}, "on other devices nothing is applied yet"
        assert not Site.objects.filter(name="Hamburg").exists()


def test_the_simulated_provider_is_the_labs(inventory: Path, state: Path):
    lab, simulated = read(inventory).data, simulate(state).data
    for name in ("region", "attachments", "sites"):
        assert _within(simulated[name], lab[name]), name
    for name in ("fabric", "router"):
        assert _within(simulated[name], lab[name]), name


def test_an_inventory_of_another_version_is_refused(inventory: Path):
    inventory.write_text(inventory.read_text().replace('"version": 1', '"version": 2'))
    with pytest.raises(ValueError, match="version 2"):
        read(inventory)


def _within(part: object, whole: object) -> bool:
    """Whether all that the first says, the second says too."""
    if isinstance(part, dict) and isinstance(whole, dict):
        return all(name in whole and _within(value, whole[name]) for name, value in part.items())
    if isinstance(part, list) and isinstance(whole, list):
        return len(part) == len(whole) and all(map(_within, part, whole))
    return part == whole


@pytest.mark.django_db(transaction=True)
def test_all_of_it_comes_into_force(state: Path):
    seed(state)
    deliver()
    with acting_as(DatabaseRole.WORKER):
        assert {change.state for change in Change.objects.all()} == {Change.State.DONE}
        assert {scope.verified - scope.wanted >= 0 for scope in Scope.objects.all()} == {True}
