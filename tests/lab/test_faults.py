"""Parts of the lab fail and heal, and what else runs is not disturbed."""

from collections.abc import Iterator

import pytest

from lab import Lab, LabError
from tests.lab.byhand import Customer, eventually, routes_for, ssh
from tests.lab.test_wire import pings

pytestmark = pytest.mark.wire


@pytest.fixture(scope="module")
def initech(lab: Lab) -> Iterator[Customer]:
    """A third customer, on c03: a machine on each host, its gateway on h1, its site in Hamburg."""
    customer = Customer(lab, "initech", lab.plan.attachments[2])
    customer.build()
    customer.add_machine("one", 11)
    customer.add_machine("two", 12)
    announce(lab, customer)
    eventually(lambda: hosts(lab).keys() >= {"h1", "h2"})
    yield customer
    lab.heal()
    customer.remove()


@pytest.fixture(autouse=True)
def whole(lab: Lab, initech: Customer) -> None:
    """Each test begins with a lab where all is well."""
    lab.heal()
    eventually(lambda: all(pings(lab, "spare-hamburg", f"10.1.0.{n}") for n in (11, 12)))


def announce(lab: Lab, customer: Customer) -> None:
    site = next(site for site in lab.plan.sites if site.name == "spare-hamburg")
    ssh(lab, "vtysh -f /dev/stdin", routes_for(customer, [site]))


def hosts(lab: Lab) -> dict[str, str]:
    """The last octet of a machine's address by the host that holds the machine."""
    octet = {"one": "11", "two": "12"}
    return {m.host: octet[m.name] for m in lab.machines() if m.tenant == "initech"}


def test_a_dead_host_takes_its_machines_and_no_others(lab, initech):
    octets = hosts(lab)
    lab.fail("host", "h2")
    assert not pings(lab, "spare-hamburg", f"10.1.0.{octets['h2']}")
    assert pings(lab, "spare-hamburg", f"10.1.0.{octets['h1']}")
    assert [host["switch"] for host in lab.status()["hosts"]] == [True, False]
    lab.heal("host", "h2")
    eventually(lambda: pings(lab, "spare-hamburg", f"10.1.0.{octets['h2']}"))


def test_a_machine_that_comes_while_a_host_is_dead_goes_to_a_live_one(lab, initech):
    lab.fail("host", "h2")
    initech.add_machine("three", 13)
    eventually(lambda: any(m.name == "three" for m in lab.machines()))
    assert next(m for m in lab.machines() if m.name == "three").host == "h1"
    initech.remove_machine("three")
    lab.heal()


def test_a_machine_removed_while_its_host_is_dead_is_gone_after_healing(lab, initech):
    host = {host.name: host for host in lab.hosts}["h2"]
    initech.add_machine("gone", 14)
    initech.add_machine("gone-too", 15)
    eventually(lambda: sum(m.name.startswith("gone") for m in lab.machines()) == 2)
    before = len(host.plugged())
    lab.fail("host", "h2")
    initech.remove_machine("gone")
    initech.remove_machine("gone-too")
    eventually(lambda: not any(m.name.startswith("gone") for m in lab.machines()))
    lab.heal()
    assert len(host.plugged()) == before - 1


def test_a_switch_that_dies_alone_comes_back_with_its_machines(lab, initech):
    host = lab.hosts[1]
    octet = hosts(lab)["h2"]
    plugged = host.plugged()
    lab.fail("switch", "h2")
    assert host.switch.has_database
    assert not pings(lab, "spare-hamburg", f"10.1.0.{octet}")
    lab.heal("switch", "h2")
    eventually(lambda: pings(lab, "spare-hamburg", f"10.1.0.{octet}"))
    assert host.plugged() == plugged


def test_a_host_without_its_controller_goes_on_forwarding(lab, initech):
    lab.fail("controller", "h2")
    assert pings(lab, "spare-hamburg", f"10.1.0.{hosts(lab)['h2']}")
    lab.heal()
    assert lab.hosts[1].alive


def test_a_router_forgets_what_was_not_saved_and_keeps_what_was(lab, initech):
    def stanzas() -> int:
        text = ssh(lab, "vtysh -c 'show running-config'")
        return text.count("demarc:spare-hamburg")

    assert stanzas() == 2
    lab.fail("router")
    assert not pings(lab, "spare-hamburg", "10.1.0.11")
    lab.heal("router")
    assert stanzas() == 0
    announce(lab, initech)
    ssh(lab, "vtysh -c 'write memory'")
    lab.fail("router", "pe1")
    lab.heal()
    assert stanzas() == 2
    eventually(lambda: pings(lab, "spare-hamburg", "10.1.0.11"))


def test_a_failed_site_is_forgotten_and_learned_again(lab, initech):
    def learned() -> bool:
        return "10.210.1.0/24" in lab.exec("c03", "ip", "route").stdout

    eventually(learned)
    lab.fail("site", "spare-hamburg")
    eventually(lambda: not learned())
    lab.heal()
    eventually(learned)


@pytest.mark.parametrize("part", ["northbound", "southbound", "northd"])
def test_central_may_die_while_packets_flow_and_comes_back_with_its_data(lab, initech, part):
    before = initech.nbctl("--bare", "--columns=_uuid", "list", "Logical_Switch_Port")
    lab.fail(part)
    assert lab.status()["central"][part] is False
    assert pings(lab, "spare-hamburg", "10.1.0.11")
    lab.heal()
    assert all(lab.status()["central"].values())
    assert initech.nbctl("--bare", "--columns=_uuid", "list", "Logical_Switch_Port") == before
    initech.add_machine("after", 16)
    eventually(lambda: any(m.name == "after" for m in lab.machines()))
    eventually(lambda: pings(lab, "initech/after", "10.1.0.11"))
    initech.remove_machine("after")
    eventually(lambda: not any(m.name == "after" for m in lab.machines()))


@pytest.mark.parametrize(
    ("kind", "name", "says"),
    [
        ("host", "h7", "there are h1, h2"),
        ("site", "", "there are acme-berlin"),
        ("router", "pe2", "there are pe1"),
        ("weather", "", "is none of host"),
    ],
)
def test_a_fault_that_cannot_be_is_refused_in_words(lab, kind, name, says):
    with pytest.raises(LabError, match=says):
        lab.fail(kind, name)
