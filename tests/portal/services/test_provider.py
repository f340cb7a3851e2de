"""``manage.py register`` and ``manage.py staff``: how a real provider begins."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client

from networking.backends.registry import open_fabric, open_router
from networking.models import Attachment, Fabric, FabricAccess, Host, RouterAccess
from portal.lib.db import DatabaseRole, acting_as
from portal.lib.errors import Refusal
from portal.services import provider
from tenants.models import AuditEvent, Person

EXAMPLE = Path(settings.BASE_DIR) / "deploy" / "provider.example.json"


@pytest.fixture
def data() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(EXAMPLE.read_text())
    return read


def test_the_example_is_registered_twice_and_its_backends_take_it(db: None, capsys) -> None:
    for _ in range(2):
        call_command("register", str(EXAMPLE))
    assert "fabric fra with 2 hosts" in capsys.readouterr().out
    with acting_as(DatabaseRole.STAFF):
        assert Attachment.objects.get().fabric == Fabric.objects.get()
        assert [host.gateway_priority for host in Host.objects.order_by("name")] == [20, 10]
        fabric, router = FabricAccess.objects.get().config, RouterAccess.objects.get().config
    assert open_fabric("ovn", fabric)
    assert open_router("frr", router)


def test_nothing_of_a_file_that_is_wrong_somewhere_is_kept(db: None, data: dict[str, Any]) -> None:
    unnamed, misspelt, unfit = (copy.deepcopy(data) for _ in range(3))
    del unnamed["regions"][0]["routers"][0]["attachments"][0]["vrf"]
    misspelt["regions"][0]["fabrics"][0]["mut"] = 9000
    unfit["regions"][0]["routers"][0]["attachments"][0]["vlan"] = 5000
    for wrong, said in ((unnamed, "vrf"), (misspelt, "mut"), (unfit, "1 to 4094")):
        with pytest.raises(Refusal, match=said):
            provider.register(wrong)
    with acting_as(DatabaseRole.STAFF):
        assert not Fabric.objects.exists()


def test_a_file_that_is_no_json_is_named(db: None, tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("{")
    with pytest.raises(CommandError, match=r"x\.json cannot be read"):
        call_command("register", str(tmp_path / "x.json"))


def test_the_first_operator_sets_a_password_and_signs_in(transactional_db: None, capsys) -> None:
    call_command("staff", "Olga@MSP.example", "--name", "Olga")
    link = capsys.readouterr().out.rpartition(" ")[2].strip()
    browser = Client()
    form = browser.get(link.removeprefix(settings.PUBLIC_URL), follow=True)
    answer = browser.post(
        form.redirect_chain[-1][0],
        {"password1": "a long and odd one", "password2": "a long and odd one"},
    )
    assert answer.status_code == 302
    browser.post(
        "/accounts/login/", {"login": "olga@msp.example", "password": "a long and odd one"}
    )
    assert browser.get("/msp/").status_code == 200
    with acting_as(DatabaseRole.WORKER):
        event = AuditEvent.objects.get(verb="staff.role")
    assert (event.subject_name, event.detail) == ("olga@msp.example", {"role": "operator"})


def test_a_role_is_taken_away(db: None, capsys) -> None:
    call_command("staff", "olga@msp.example")
    call_command("staff", "olga@msp.example", "--role", "none")
    with acting_as(DatabaseRole.IDENTITY):
        assert Person.objects.get().staff_role == ""
    assert "no longer staff" in capsys.readouterr().out
