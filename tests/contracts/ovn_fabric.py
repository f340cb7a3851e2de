"""An OVN centre under test."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace

from networking.backends.ovn.backend import OvnBackend
from networking.backends.ovn.config import OvnConfig
from networking.intent import FabricIntent, Port
from networking.reach import Machine, Probe
from tests.contracts.device import PATIENCE, Customer, fabric_customer, silent_port
from tests.contracts.ovn_central import OvnCentral
from tests.contracts.ovn_host import OvnHost, run_host


@dataclass(frozen=True)
class OvnHosting:
    """A host of real daemons with dummies for cards."""

    host: OvnHost
    config: OvnConfig
    customer: Customer

    def open(self) -> OvnBackend:
        return OvnBackend(self.config)

    def send(self, probe: Probe, packets: int) -> None:
        intent = self.customer.first
        assert isinstance(intent, FabricIntent)
        assert isinstance(probe.source, Machine)
        ports = {port.id: port for network in intent.networks for port in network.ports}
        if isinstance(probe.destination, Machine):
            neighbour = ports[probe.destination.port_id]
            mac, address = neighbour.mac, neighbour.ipv4
        else:
            (network,) = intent.networks
            mac, address = self._gateway(intent, network.id), intent.vips[0].ipv4
        for _ in range(packets):
            self.host.send(ports[probe.source.port_id], mac, address, probe.protocol, probe.port)

    def silent(self) -> AbstractContextManager[None]:
        return self.host.silent()

    def _gateway(self, intent: FabricIntent, network_id: str) -> str:
        """The router's card on a network."""
        rows = self.open().render(intent)
        return next(
            str(row.attrs["mac"])
            for row in rows
            if row.kind == "Logical_Router_Port" and row.noun.id == network_id
        )


class OvnUnderTest:
    """The centre as its operator sees it, by ovn-nbctl."""

    def __init__(self, central: OvnCentral) -> None:
        self._central = central
        self._config = OvnConfig.from_json(central.access)

    def open(self) -> OvnBackend:
        return OvnBackend(self._config)

    @contextmanager
    def silent(self) -> Iterator[OvnBackend]:
        with silent_port() as port:
            config = replace(self._config, northbound=f"tcp:127.0.0.1:{port}", timeout=PATIENCE)
            with OvnBackend(config) as backend:
                yield backend

    def customer(self, slug: str, position: int) -> Customer:
        return fabric_customer(slug, position)

    @contextmanager
    def hosting(self, customer: Customer) -> Iterator[OvnHosting]:
        assert isinstance(customer.first, FabricIntent)
        with run_host(self._central, "h1") as host:
            for network in customer.first.networks:
                for port in network.ports:
                    host.plug(port)
            config = replace(self._config, hosts=(("h1", host.ovsdb),), openflow=())
            yield OvnHosting(host, config, customer)

    def plant_foreign(self, customer: Customer) -> None:
        port = _port(customer)
        self._central.nbctl(
            "--", "--may-exist", "ls-add", "by-hand",
            "--", "--may-exist", "lsp-add", "by-hand", "by-hand-1",
            "--", "lsp-set-addresses", "by-hand-1", f"{port.mac} {port.ipv4}",
            "--", "--may-exist", "lr-add", "by-hand",
        )  # fmt: skip

    def foreign(self) -> str:
        rows = (
            ("Logical_Switch", "by-hand"),
            ("Logical_Switch_Port", "by-hand-1"),
            ("Logical_Router", "by-hand"),
        )
        return "\n".join(self._central.nbctl("list", *row) for row in rows)

    def lose(self, customer: Customer) -> None:
        self._central.nbctl("lsp-del", _port(customer).id)

    def alter(self, customer: Customer) -> None:
        """An operator lifts a port's security."""
        self._central.nbctl("lsp-set-port-security", _port(customer).id)

    def add(self, customer: Customer) -> None:
        tenant = customer.scope.tenant
        self._central.nbctl(
            "--", "ls-add", f"left-over-{tenant.slug}",
            "--", "set", "Logical_Switch", f"left-over-{tenant.slug}",
            f"external_ids:demarc-tenant={tenant.id}",
        )  # fmt: skip


def _port(customer: Customer) -> Port:
    assert isinstance(customer.first, FabricIntent)
    return customer.first.networks[0].ports[0]
