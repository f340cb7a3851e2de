"""Which northbound rows ask for a machine."""

import pytest

from lab.machine import Port
from lab.watch import wanted_port


def row(addresses: object, **stamps: str) -> dict[str, object]:
    pairs = [[key.replace("_", "-"), value] for key, value in stamps.items()]
    return {"name": "p1", "addresses": addresses, "external_ids": ["map", pairs]}


STAMPS = {"demarc_noun": "port", "demarc_tenant_slug": "acme", "demarc_name": "web-1"}


def test_a_stamped_port_asks_for_a_machine():
    port = wanted_port(row("0A:00:00:00:00:01 10.1.0.11", **STAMPS))
    assert port == Port("p1", "0a:00:00:00:00:01", "acme", "web-1")


def test_the_first_of_several_addresses_counts():
    port = wanted_port(row(["set", ["0a:00:00:00:00:01 10.1.0.11", "unknown"]], **STAMPS))
    assert port
    assert port.mac == "0a:00:00:00:00:01"


@pytest.mark.parametrize("addresses", [["set", []], "router", "unknown", "dynamic"])
def test_a_port_without_a_mac_of_its_own_gets_none(addresses):
    assert wanted_port(row(addresses, **STAMPS)) is None


@pytest.mark.parametrize("stamps", [{}, {"demarc_noun": "transit"}, {"neutron": "port"}])
def test_a_port_of_another_kind_or_owner_gets_none(stamps):
    assert wanted_port(row("0a:00:00:00:00:01 10.1.0.11", **stamps)) is None
