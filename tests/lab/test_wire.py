"""The whole thread by hand, with real packets: no portal, only the lab and an engineer's tools."""

import time
from collections.abc import Iterator

import pytest

from lab import Lab
from tests.lab.byhand import Customer, eventually, routes_for, ssh

pytestmark = pytest.mark.wire


def pings(lab: Lab, where: str, address: str, *, count: int = 1) -> bool:
    done = lab.exec(where, "ping", "-n", "-c", str(count), "-i", "0.2", "-W", "1", address)
    return done.returncode == 0


@pytest.fixture(scope="module")
def customers(lab: Lab) -> Iterator[tuple[Customer, Customer]]:
    """Acme and Globex, both on 10.1.0.0/24, each with two machines."""
    acme = Customer(lab, "acme", lab.plan.attachments[0])
    globex = Customer(lab, "globex", lab.plan.attachments[1], gateway_host="h2")
    for customer in (acme, globex):
        customer.build()
        customer.add_machine("web-1", 11)
        customer.add_machine("web-2", 12)
    by_attachment = {
        customer.attachment.name: [
            site for site in lab.plan.sites if site.attachment == customer.attachment.name
        ]
        for customer in (acme, globex)
    }
    for customer in (acme, globex):
        text = routes_for(customer, by_attachment[customer.attachment.name])
        ssh(lab, "flock /run/lock/demarc vtysh -f /dev/stdin", text)
    eventually(lambda: len(lab.machines()) == 4)
    yield acme, globex
    acme.remove()
    globex.remove()
    eventually(lambda: not lab.machines())


def test_machine_reaches_machine_on_the_other_host(lab, customers):
    by_name = {(m.tenant, m.name): m for m in lab.machines()}
    assert by_name["acme", "web-1"].host != by_name["acme", "web-2"].host
    assert eventually(lambda: pings(lab, "acme/web-1", "10.1.0.12"))


def test_machine_is_configured_by_dhcp_and_router_advertisement(lab, customers):
    def addresses() -> list[str]:
        (row,) = [
            row
            for row in lab.status()["machines"]
            if (row["tenant"], row["name"]) == ("acme", "web-1")
        ]
        return row["addresses"]

    assert eventually(lambda: len(addresses()) == 2 and addresses())[0] == "10.1.0.11"
    link = lab.exec("acme/web-1", "ip", "link", "show", "eth0").stdout
    assert "mtu 1400" in link


@pytest.mark.parametrize("site", ["acme-berlin", "acme-munich"])
def test_site_learns_the_network_and_pings_pass_both_ways(lab, customers, site):
    eventually(lambda: "10.1.0.0/24" in lab.exec(site, "ip", "route").stdout)
    eventually(lambda: "fd10:1::/64" in lab.exec(site, "ip", "-6", "route").stdout)
    host = next(s for s in lab.plan.sites if s.name == site)
    for machine, v4 in (("acme/web-1", "10.1.0.11"), ("acme/web-2", "10.1.0.12")):
        assert eventually(lambda v4=v4: pings(lab, site, v4)), machine
        assert eventually(lambda m=machine: pings(lab, m, str(host.host_v4.ip)))
        assert eventually(lambda m=machine: pings(lab, m, str(host.host_v6.ip)))


def test_bulk_passes_between_machine_and_site(lab, customers):
    big = ["-M", "do", "-s", "1372"]
    eventually(lambda: pings(lab, "acme-berlin", "10.1.0.12"))
    done = lab.exec("acme-berlin", "ping", "-n", "-c", "3", "-i", "0.2", *big, "10.1.0.12")
    assert done.returncode == 0, done.stdout


def test_equal_prefixes_of_two_customers_never_meet(lab, customers):
    """Both sites ping 10.1.0.11: each reaches its own machine and never the other's."""
    for site, own, other in (
        ("acme-berlin", "acme/web-1", "globex/web-1"),
        ("globex-oslo", "globex/web-1", "acme/web-1"),
    ):
        eventually(lambda site=site: pings(lab, site, "10.1.0.11"))
        before = received(lab, own), received(lab, other)
        assert pings(lab, site, "10.1.0.11", count=5)
        assert received(lab, own) - before[0] >= 5
        assert received(lab, other) - before[1] == 0


def received(lab: Lab, machine: str) -> int:
    """Echo requests that a machine has received (``Icmp: InEchos``, man 5 proc_pid_net)."""
    lines = lab.exec(machine, "cat", "/proc/net/snmp").stdout.splitlines()
    names, values = [line.split() for line in lines if line.startswith("Icmp:")]
    return int(values[names.index("InEchos")])


def test_a_removed_port_loses_its_machine_and_a_new_one_gets_one_within_two_seconds(lab, customers):
    acme, _ = customers
    begun = time.monotonic()
    acme.add_machine("late", 20)
    eventually(lambda: any(m.name == "late" for m in lab.machines()), within=2)
    assert time.monotonic() - begun < 2
    eventually(lambda: pings(lab, "late", "10.1.0.11"))
    acme.remove_machine("late")
    eventually(lambda: not any(m.name == "late" for m in lab.machines()), within=2)
    assert lab.exec("central", "true").returncode == 0


def test_a_machine_asks_by_dhcpv6_where_the_router_says_so(lab):
    """A /112 is too long for SLAAC: the router sets the M flag and OVN hands the address out."""
    customer = Customer(lab, "managed", lab.plan.attachments[3])
    customer.build()
    customer.nbctl(
        "set", "Logical_Router_Port", "managed-net-rp", "networks=10.1.0.1/24,fd10\\:9\\:\\:1/112",
        "ipv6_ra_configs:address_mode=dhcpv6_stateful",
        "--", "--id=@o", "create", "DHCP_Options", 'cidr="fd10:9::/112"',
        f'options:"server_id"="{customer.mac(1)}"', "external_ids:owner=managed-v6",
    )  # fmt: skip
    options = customer.nbctl(
        "--bare", "--columns=_uuid", "find", "DHCP_Options", "external_ids:owner=managed-v6"
    )
    for name, number in (("six", 11), ("seven", 12)):
        logical = customer.add_machine(name, number)
        addresses = f"{customer.mac(number)} 10.1.0.{number} fd10:9::{number}"
        customer.nbctl(
            "lsp-set-addresses", logical, addresses,
            "--", "lsp-set-port-security", logical, addresses,
            "--", "lsp-set-dhcpv6-options", logical, options,
        )  # fmt: skip
    eventually(lambda: len([m for m in lab.machines() if m.tenant == "managed"]) == 2)
    eventually(lambda: "fd10:9::11" in lab.exec("six", "ip", "-6", "addr").stdout, within=30)
    eventually(lambda: "fd10:9::12" in lab.exec("seven", "ip", "-6", "addr").stdout, within=30)
    assert eventually(lambda: pings(lab, "six", "fd10:9::12"))
    customer.nbctl("destroy", "DHCP_Options", options)
    customer.remove()
    eventually(lambda: not any(m.tenant == "managed" for m in lab.machines()))
