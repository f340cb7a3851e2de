"""What a host's database says of its cards. That it is the truth is proven in tests/wire."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from networking.backends.base import PortCount, UnreachableError
from networking.backends.ovn import interfaces
from networking.backends.ovn.config import OvnConfig
from tests.contracts.ovn_central import require_tools, run_database
from tests.contracts.ovn_host import SCHEMA

COUNTERS = {"rx_bytes": 1, "tx_bytes": 2, "rx_packets": 3, "tx_packets": 4, "rx_dropped": 5}


class Database:
    """A host's database without a switch, so that nothing but the test writes there."""

    def __init__(self, folder: Path) -> None:
        self._remote = f"unix:{folder}/h1.sock"
        self.config = OvnConfig("unix:/n", "unix:/s", (("h1", self._remote),), timeout=2)
        self.vsctl("init")
        self.vsctl("add-br", "br-int")

    def vsctl(self, *words: str) -> str:
        command = ["ovs-vsctl", f"--db={self._remote}", "--no-wait", *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def card(self, name: str, *settings: str, counters: dict[str, int]) -> str:
        """Add a card; the UUID of its row."""
        told = [f"statistics:{key}={value}" for key, value in counters.items()]
        words = ["add-port", "br-int", name, "--", "set", "Interface", name, *settings, *told]
        self.vsctl(*words, "type=internal")
        return self.vsctl("get", "Interface", name, "_uuid")


@pytest.fixture
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    require_tools("ovs-vsctl")
    folder = tmp_path_factory.mktemp("h")
    with run_database("h1", SCHEMA, folder):
        yield Database(folder)


def test_what_the_switch_received_the_machine_sent(database: Database) -> None:
    uuid = database.card("vm1", "external_ids:iface-id=p1", "ifindex=7", counters=COUNTERS)
    assert interfaces.ports(database.config, "h1") == (
        PortCount("p1", f"{uuid}-7", bytes_in=2, bytes_out=1, packets_in=4, packets_out=3),
    )


def test_cards_that_are_no_machines_or_are_gone_count_nothing(database: Database) -> None:
    database.card("tunnel", counters=COUNTERS)
    database.card("gone", "external_ids:iface-id=p2", counters={})
    database.card("odd", "external_ids:iface-id=p3", counters={"rx_bytes": 9})
    assert interfaces.ports(database.config, "h1") == ()


def test_a_card_without_a_number_has_a_series_all_the_same(database: Database) -> None:
    uuid = database.card("vm1", "external_ids:iface-id=p1", counters=COUNTERS)
    (count,) = interfaces.ports(database.config, "h1")
    assert count.series == f"{uuid}-"


def test_a_card_that_is_plugged_anew_begins_another_series(database: Database) -> None:
    series = set()
    for _ in range(2):
        database.card("vm1", "external_ids:iface-id=p1", "ifindex=7", counters=COUNTERS)
        (count,) = interfaces.ports(database.config, "h1")
        series.add(count.series)
        database.vsctl("del-port", "vm1")
    assert len(series) == 2


def test_a_database_that_is_away_is_unreachable(tmp_path: Path) -> None:
    config = OvnConfig("unix:/n", "unix:/s", (("h1", f"unix:{tmp_path}/none.sock"),))
    with pytest.raises(UnreachableError, match="database of host h1"):
        interfaces.ports(config, "h1")
