"""Configuration numbers and places, with hosts played by southbound rows."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from networking.backends.base import BackendError, HostProgress, PortLocation
from networking.backends.ovn.backend import OvnBackend
from networking.backends.ovn.config import OvnConfig
from networking.intent import FabricIntent
from tests.contracts.ovn_central import SCHEMAS, OvnCentral, run_database, wait_for
from tests.networking.backends.ovn.conftest import Enforce
from tests.networking.backends.ovn.intents import make_network, make_port, new_tenant


@pytest.fixture
def host(ovn_central: OvnCentral) -> Iterator[str]:
    """A chassis that nobody else has, as its ovn-controller would have registered it."""
    name = f"h-{uuid4().hex[:8]}"
    ovn_central.sbctl("chassis-add", name, "geneve", f"192.0.2.{int(name[2:], 16) % 250 + 1}")
    ovn_central.sbctl("create", "Chassis_Private", f"name={name}")
    yield name
    ovn_central.sbctl("destroy", "Chassis_Private", name)
    ovn_central.sbctl("chassis-del", name)


def open_for(central: OvnCentral, *hosts: str) -> OvnBackend:
    access = central.access | {"hosts": [[name, f"unix:/run/{name}.sock"] for name in hosts]}
    return OvnBackend(OvnConfig.from_json(access))


def test_each_request_is_a_new_number(backend: OvnBackend) -> None:
    assert backend.request() + 1 == backend.request()


def test_requests_at_once_get_numbers_of_their_own(ovn_central: OvnCentral) -> None:
    def ask(_: int) -> int:
        with open_for(ovn_central) as backend:
            return backend.request()

    with ThreadPoolExecutor(4) as pool:
        numbers = list(pool.map(ask, range(20)))
    assert len(set(numbers)) == 20


def test_the_central_daemon_catches_up(backend: OvnBackend) -> None:
    wanted = backend.request()
    wait_for(lambda: backend.progress().compiled >= wanted, "northd compiled")
    assert backend.progress().requested == wanted


def test_a_host_reports_what_it_enforces_and_when(ovn_central: OvnCentral, host: str) -> None:
    moment = datetime(2026, 11, 21, 12, 4, 0, 250_000, tzinfo=UTC)
    milliseconds = int(moment.timestamp() * 1000)
    ovn_central.sbctl(
        "set", "Chassis_Private", host, "nb_cfg=7", f"nb_cfg_timestamp={milliseconds}"
    )
    with open_for(ovn_central, host) as backend:
        assert backend.progress().hosts == (HostProgress(host, 7, moment),)


def test_a_host_that_never_reported_has_no_time(ovn_central: OvnCentral, host: str) -> None:
    with open_for(ovn_central, "absent", host) as backend:
        assert backend.progress().hosts == (
            HostProgress("absent", 0, None),
            HostProgress(host, 0, None),
        )


def test_without_a_list_all_chassis_are_told(backend: OvnBackend, host: str) -> None:
    assert host in {known.name for known in backend.progress().hosts}


def test_a_dead_host_delays_nothing(ovn_central: OvnCentral, host: str) -> None:
    with open_for(ovn_central, host) as backend:
        wanted = backend.request()
        wait_for(lambda: backend.progress().compiled >= wanted, "northd compiled")
        (dead,) = backend.progress().hosts
        assert dead.cfg < wanted


def test_a_database_without_its_global_row_says_what_to_do(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("nb")
    with run_database("nb", SCHEMAS / "ovn-nb.ovsschema", folder):
        config = OvnConfig(f"unix:{folder}/nb.sock", f"unix:{folder}/sb.sock")
        with OvnBackend(config) as backend, pytest.raises(BackendError, match="ovn-nbctl init"):
            backend.request()


def test_where_a_port_is_plugged_in(
    backend: OvnBackend, enforce: Enforce, ovn_central: OvnCentral, host: str
) -> None:
    intent = FabricIntent(new_tenant(), 1, (make_network(ports=2),))
    enforce(intent)
    ovn_central.settle()
    plugged, loose = (port.id for port in intent.networks[0].ports)
    ovn_central.sbctl("lsp-bind", plugged, host)
    ovn_central.sbctl("set", "Port_Binding", plugged, "up=true")
    unknown = str(uuid4())
    assert backend.locate([unknown, plugged, loose]) == (
        PortLocation(plugged, host, True),
        PortLocation(loose, "", False),
    )
    everywhere = {location.port_id: location for location in backend.locate()}
    assert everywhere[plugged] == PortLocation(plugged, host, True)
    assert loose in everywhere
    ovn_central.sbctl("lsp-unbind", plugged)


def test_only_machines_ports_are_located(
    backend: OvnBackend, enforce: Enforce, ovn_central: OvnCentral
) -> None:
    network = make_network(ports=0)
    many = replace(network, ports=tuple(make_port(number) for number in range(1, 51)))
    intent = FabricIntent(new_tenant(), 1, (many,))
    enforce(intent)
    ovn_central.settle()
    ids = [port.id for port in many.ports]
    assert [location.port_id for location in backend.locate(ids)] == ids
    located = {location.port_id for location in backend.locate()}
    assert located >= set(ids)
    assert not any(port_id.startswith("dm-") for port_id in located)
