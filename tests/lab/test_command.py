"""The command line against a running lab."""

import json
from collections.abc import Iterator

import pytest

from lab import Lab
from lab.__main__ import obey
from lab.control import Control
from tests.lab.byhand import Customer, eventually

pytestmark = pytest.mark.wire


@pytest.fixture(scope="module")
def served(lab: Lab) -> Iterator[Lab]:
    """The lab with its control socket, and two customers who both call a machine ``web-1``."""
    door = Control(lab.place.control, lambda request: obey(lab, request))
    customers = [
        Customer(lab, "left", lab.plan.attachments[4]),
        Customer(lab, "right", lab.plan.attachments[5]),
    ]
    for customer in customers:
        customer.build()
        customer.add_machine("web-1", 11)
    customers[0].add_machine("db-1", 12)
    eventually(lambda: len(lab.machines()) == 3)
    yield lab
    door.close()
    for customer in customers:
        customer.remove()
    eventually(lambda: not lab.machines())


def test_status_tells_what_runs_and_which_machines(served, command):
    done = command("status", "--name", served.place.name, "--json")
    status = json.loads(done.stdout)
    assert {m["name"] for m in status["machines"]} == {"web-1", "db-1"}
    assert all(status["central"].values())
    text = command("--name", served.place.name, "status").stdout
    assert "left/db-1" in text
    assert "DOWN" not in text


def test_fail_and_heal_show_in_status(served, command):
    name = served.place.name
    assert command("fail", "--name", name, "site", "acme-munich").returncode == 0
    assert "acme-munich     DOWN" in command("status", "--name", name).stdout
    assert command("heal", "--name", name).returncode == 0
    assert "DOWN" not in command("status", "--name", name).stdout


def test_exec_runs_where_it_is_told_and_gives_back_the_status(served, command):
    name = served.place.name
    done = command("--name", name, "exec", "db-1", "--", "sh", "-c", "hostname; exit 7")
    assert (done.stdout, done.returncode) == ("db-1\n", 7)
    assert "10.200.1.10" in command("--name", name, "exec", "acme-berlin", "ip", "addr").stdout
    assert "vrf c05" in command("--name", name, "exec", "pe1", "vtysh", "-c", "show vrf").stdout
    assert "br-int" in command("--name", name, "exec", "h1", "ovs-vsctl", "list-br").stdout
    assert "left-lr" in command("--name", name, "exec", "central", "ovn-nbctl", "show").stdout


def test_exec_asks_which_machine_is_meant(served, command):
    name = served.place.name
    done = command("--name", name, "exec", "web-1", "--", "true")
    assert done.returncode == 1
    assert "left/web-1, right/web-1: say which" in done.stderr
    assert command("--name", name, "exec", "right/web-1", "--", "true").returncode == 0
    assert "nothing in the lab is called 'nobody'" in (
        command("--name", name, "exec", "nobody", "--", "true").stderr
    )


def test_a_machine_resolves_names_by_what_dhcp_said_and_the_system_is_left_alone(served):
    inside = served.exec("db-1", "cat", "/etc/resolv.conf").stdout
    with open("/etc/resolv.conf") as system:
        assert inside != system.read()


@pytest.mark.parametrize("words", [["status"], ["heal"], ["exec", "web-1", "--", "true"]])
def test_a_lab_that_does_not_run_is_said_so(able, command, words):
    done = command("--name", "nolab", *words)
    assert done.returncode == 1
    assert "no lab named nolab runs here" in done.stderr
