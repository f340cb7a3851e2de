"""ovn-trace as the judge of a probe: the same question, asked of OVN's own logical flows."""

import json
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from networking.backends.ovn.identity import router_mac, row_name, row_uuid, transit_mac
from networking.intent import FabricIntent, Network, Port, Protocol
from tests.contracts.ovn_central import OvnCentral

# Each look into a connection tracker, of all traces together, takes the next state from a list.
NEW = ["--ct=new"] * 2000
# A machine or router that is not in the intent.
SOMEBODY = "02:ff:00:00:00:01"


class Tracer:
    """One ovn-trace that read the database once. A packet is new to every connection tracker."""

    def __init__(self, control: Path, intent: FabricIntent) -> None:
        self._control = control
        self._intent = intent

    def from_machine(
        self, port: Port, network: Network, packet: "Flow", neighbour: Port | None = None
    ) -> str:
        """The trace of a machine's packet, to a neighbour or else to its gateway."""
        gateway = row_uuid(self._intent.tenant.id, "Logical_Router_Port", network.id)
        mac = neighbour.mac if neighbour else router_mac(gateway)
        return self._trace(f'inport == "{port.id}" && eth.src == {port.mac}', mac, packet)

    def from_outside(self, packet: "Flow") -> str:
        """The trace of a packet that the provider's router sends to the gateway."""
        transit = self._intent.transit
        assert transit is not None
        inport = f'inport == "{self.outside}" && eth.src == {SOMEBODY}'
        mac = transit_mac(transit.bridge_mapping, transit.vlan, transit.gateway_ipv4)
        return self._trace(inport, mac, packet)

    @property
    def outside(self) -> str:
        """The logical port by which packets leave for the provider's router."""
        assert self._intent.transit is not None
        return row_name(self._intent.tenant, "localnet", self._intent.transit.id)

    def _trace(self, inport: str, mac: str, packet: "Flow") -> str:
        flow = f"{inport} && eth.dst == {mac} && {packet.expression}"
        return unixctl(self._control, "trace", "--minimal", flow)


class Flow:
    """The addresses and service of a packet, in ovn-trace's words."""

    def __init__(self, source: str, destination: str, protocol: Protocol, port: int) -> None:
        version = 6 if ":" in destination else 4
        parts = [f"ip{version}.src == {source}", f"ip{version}.dst == {destination}", "ip.ttl == 9"]
        if protocol is Protocol.ICMP:
            request = {4: 8, 6: 128}[version]
            parts += [f"icmp{version}.type == {request}", f"icmp{version}.code == 0"]
        else:
            parts += [f"{protocol}.src == 40000", f"{protocol}.dst == {port}"]
        self.expression = " && ".join(parts)


@contextmanager
def tracing(central: OvnCentral, intent: FabricIntent) -> Iterator[Tracer]:
    """An ovn-trace on what the central daemon has compiled by now."""
    central.settle()
    folder = Path(tempfile.mkdtemp(prefix="trace", dir="/tmp"))  # a unix socket's path is short
    control, pid = folder / "ctl", folder / "pid"
    try:
        subprocess.run(
            [
                "ovn-trace", "--no-friendly-names", f"--db={central.southbound}", "--detach",
                f"--pidfile={pid}",
                *NEW, f"--unixctl={control}", "-vsyslog:off", "-vconsole:emer",
                f"--log-file={folder}/log",
            ],
            check=True, timeout=30, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        yield Tracer(control, intent)
    finally:
        if control.exists():
            unixctl(control, "exit")
        shutil.rmtree(folder)


def unixctl(path: Path, method: str, *params: str) -> str:
    """Ask an OVS daemon over its control socket (JSON-RPC 1.0; man 8 ovs-appctl)."""
    with socket.socket(socket.AF_UNIX) as control:
        control.settimeout(30)
        control.connect(str(path))
        control.sendall(json.dumps({"id": 0, "method": method, "params": params}).encode())
        text = ""
        decoder = json.JSONDecoder()
        while True:
            data = control.recv(65536).decode()
            text += data
            try:
                reply, _ = decoder.raw_decode(text)
            except ValueError:
                assert data, f"{method}: the answer broke off: {text!r}"
                continue
            assert reply["error"] is None, reply["error"]
            return str(reply["result"])
