"""Machines: a namespace each, plugged into a host by the logical port's name."""

import hashlib
import json
import os
import shutil
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from lab import dhcpv6, netns
from lab.errors import LabError
from lab.host import Host
from lab.place import Place
from lab.process import Daemons

INTERFACE = "eth0"
DHCP_SCRIPT = Path(__file__).with_name("udhcpc.sh")

# A machine asks for a router at once and each second, not each four (RFC 4861, 6.3.7), and
# uses its address at once: OVN answers for duplicates, and people wait.
_SYSCTLS = (
    "ipv6/conf/default/accept_dad=0",
    "ipv6/conf/default/router_solicitation_delay=0",
    "ipv6/conf/default/router_solicitation_interval=1",
    "ipv6/conf/default/router_solicitations=20",
    "ipv6/conf/default/addr_gen_mode=0",
)


@dataclass(frozen=True)
class Port:
    """A logical port that wants a machine."""

    logical: str
    mac: str
    tenant: str = ""
    name: str = ""


@dataclass(frozen=True)
class Machine:
    """A plugged machine."""

    logical: str
    mac: str
    tenant: str
    name: str
    host: str
    key: str

    @property
    def part(self) -> str:
        """Its part of the namespace's name, and the name of its interface on the host."""
        return f"vm{self.key}"


class Machines:
    """All machines of a lab. Safe to call from several threads."""

    def __init__(self, place: Place, daemons: Daemons, hosts: Sequence[Host]) -> None:
        self._place = place
        self._daemons = daemons
        self._hosts = hosts
        self._plugged: dict[str, Machine] = {}
        self._clients: dict[str, dhcpv6.Client] = {}
        self._lock = threading.RLock()

    def all(self) -> list[Machine]:
        """The plugged machines, in the order of plugging."""
        with self._lock:
            return list(self._plugged.values())

    def plug(self, port: Port, host: str | None = None) -> Machine:
        """Plug a machine for ``port``; on ``host``, or where its tenant has fewest machines."""
        with self._lock:
            if port.logical in self._plugged:
                raise LabError(f"{port.logical} has a machine already.")
            chosen = self._host(host) if host else self._emptiest(port.tenant)
            key = hashlib.sha256(port.logical.encode()).hexdigest()[:10]
            machine = Machine(
                port.logical, port.mac, port.tenant, port.name or port.logical, chosen.name, key
            )
            try:
                self._cable(machine)
                chosen.plug(machine.part, port.logical)
            except LabError:
                # So that the next attempt starts from nothing, perhaps on another host.
                netns.delete(netns.names(self._place.namespace(machine.part)))
                raise
            self._plugged[port.logical] = machine
            self._save()
            self._ask_for_address(machine)
            return machine

    def unplug(self, logical: str) -> None:
        """Take the machine of the logical port ``logical`` away."""
        with self._lock:
            machine = self._plugged.pop(logical, None)
            if machine is None:
                return
            self._daemons.end([f"{machine.part}.dhcp"], grace=0)
            self._clients.pop(logical).stop()
            host = self._host(machine.host)
            if host.switch.alive:
                host.unplug(machine.part)
            netns.delete([self._place.namespace(machine.part)])
            shutil.rmtree(self._folder(machine), ignore_errors=True)
            self._save()

    def forget(self) -> None:
        """Stop asking for addresses, as the whole lab is about to go."""
        with self._lock:
            for client in self._clients.values():
                client.stop()
            self._clients.clear()
            self._plugged.clear()

    def prune(self, host: Host) -> None:
        """Drop the interfaces on ``host`` whose machines went while it was down."""
        with self._lock:
            present = {machine.part for machine in self._plugged.values()}
            for interface in host.plugged():
                if interface not in present:
                    host.unplug(interface)

    def _cable(self, machine: Machine) -> None:
        namespace = self._place.namespace(machine.part)
        host = self._place.namespace(machine.host)
        netns.create([namespace], _SYSCTLS)
        netns.batch([netns.veth((namespace, INTERFACE), (host, machine.part))])
        netns.no_tx_checksum(namespace, [INTERFACE])
        netns.batch([f"link set {machine.part} up"], namespace=host)
        netns.batch([f"link set {INTERFACE} address {machine.mac}"], namespace=namespace)

    def _ask_for_address(self, machine: Machine) -> None:
        """Switch the machine's link on; from there on it does as the network tells it."""
        namespace = self._place.namespace(machine.part)
        client = self._clients[machine.logical] = dhcpv6.Client(namespace, INTERFACE, machine.mac)
        client.start()
        netns.batch([f"link set {INTERFACE} up"], namespace=namespace)
        folder = self._folder(machine)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "resolv.conf").touch()
        argv = [
            "udhcpc",
            "-f",
            "-i",
            INTERFACE,
            "-s",
            str(DHCP_SCRIPT),
            "-T",
            "1",
            "-A",
            "1",
            "-O",
            "mtu",
            "-O",
            "staticroutes",
            "-x",
            f"hostname:{machine.name}",
        ]
        inside = [*netns.enter(namespace), *argv]
        self._daemons.spawn(f"{machine.part}.dhcp", inside, env={"LAB_MACHINE": str(folder)})

    def _emptiest(self, tenant: str) -> Host:
        alive = [host for host in self._hosts if host.alive]
        if not alive:
            raise LabError("no host is alive to plug a machine into.")
        plugged = self._plugged.values()

        def load(host: Host) -> tuple[int, int]:
            here = [machine for machine in plugged if machine.host == host.name]
            return sum(machine.tenant == tenant for machine in here), len(here)

        return min(alive, key=load)

    def _host(self, name: str) -> Host:
        for host in self._hosts:
            if host.name == name:
                return host
        raise LabError(f"there is no host {name}.")

    def _folder(self, machine: Machine) -> Path:
        return self._place.runtime / "machines" / machine.part

    def _save(self) -> None:
        """Write the list that ``lab exec`` reads; whole, so that no reader sees half of it."""
        text = json.dumps([asdict(machine) for machine in self._plugged.values()], indent=1)
        fresh = self._place.machines.with_suffix(".new")
        fresh.write_text(text)
        os.replace(fresh, self._place.machines)


def load(place: Place) -> list[Machine]:
    """The machines of a running lab, as it last wrote them."""
    with suppress(FileNotFoundError):
        return [Machine(**row) for row in json.loads(place.machines.read_text())]
    return []
