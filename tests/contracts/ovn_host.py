"""A host of an OVN centre whose cards are dummies: real daemons, no privileges, no namespaces."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from lab.process import answers
from networking.intent import Port, Protocol
from tests.contracts.ovn_central import OvnCentral, require_tools, run_database, running, wait_for

SCHEMA = Path("/usr/share/openvswitch/vswitch.ovsschema")
TOOLS = ("ovs-vswitchd", "ovs-vsctl", "ovs-appctl", "ovn-controller", "ovn-appctl")
QUIET = ("-vconsole:emer", "-vsyslog:off", "-vfile:off")
_PROTOCOLS = {Protocol.TCP: "proto=6", Protocol.UDP: "proto=17"}


@dataclass(frozen=True)
class OvnHost:
    """A running switch with its controller, of the chassis `name`."""

    name: str
    folder: Path
    switch: subprocess.Popen[bytes]

    @property
    def ovsdb(self) -> str:
        """The connection method of its database."""
        return f"unix:{self.folder}/{self.name}.sock"

    def plug(self, port: Port) -> None:
        """Plug a machine in that says nothing by itself; returns when its flows are in place."""
        card = _card(port)
        ids = f"external_ids:iface-id={port.id}"
        self.vsctl("add-port", "br-int", card, "--", "set", "Interface", card, "type=dummy", ids)
        look = ("--if-exists", "get", "Interface", card, "external_ids:ovn-installed")
        wait_for(lambda: "true" in self.vsctl(*look), f"{port.name} is bound", within=20)

    def send(self, port: Port, mac: str, address: str, protocol: Protocol, to: int) -> None:
        """A first packet of the machine, by IPv4, to a card and an address."""
        flags = ",tcp_flags(0x002)" if protocol is Protocol.TCP else ""
        flow = (
            f"in_port(1),eth(src={port.mac},dst={mac}),eth_type(0x0800),"
            f"ipv4(src={port.ipv4},dst={address},{_PROTOCOLS[protocol]},tos=0,ttl=64,frag=no),"
            f"{protocol}(src=40000,dst={to}){flags}"
        )
        self._run("ovs-appctl", "-t", f"{self.folder}/switch.ctl", "netdev-dummy/receive",
                  _card(port), flow)  # fmt: skip

    @contextmanager
    def silent(self) -> Iterator[None]:
        """The switch takes connections and answers nothing."""
        os.kill(self.switch.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.switch.pid, signal.SIGCONT)

    def vsctl(self, *words: str) -> str:
        """Run ovs-vsctl; what it prints."""
        return self._run("ovs-vsctl", f"--db={self.ovsdb}", "--timeout=10", *words)

    def _run(self, *command: str) -> str:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20)
        assert done.returncode == 0, f"{' '.join(command)}: {done.stderr}"
        return done.stdout


@contextmanager
def run_host(central: OvnCentral, name: str) -> Iterator[OvnHost]:
    """Start a host and stop it; its chassis leaves the centre."""
    require_tools(*TOOLS)
    folder = central.folder / f"host-{name}-{time.monotonic_ns()}"
    folder.mkdir()
    with ExitStack() as stack:
        stack.enter_context(run_database(name, SCHEMA, folder))
        database = f"unix:{folder}/{name}.sock"
        subprocess.run(["ovs-vsctl", f"--db={database}", "--no-wait", "init"], check=True)
        # Dummies for all cards, and no look at the machine's own routes and datapaths.
        alone = ("--enable-dummy=override", "--disable-system", "--disable-system-route")
        switch = stack.enter_context(
            _daemon(folder, "ovs-vswitchd", database, *alone, f"--unixctl={folder}/switch.ctl")
        )
        host = OvnHost(name, folder, switch)
        wait_for(lambda: answers(folder / "switch.ctl"), f"the switch of {name} runs")
        settings = {"system-id": name, "ovn-remote": central.southbound,
                    "ovn-encap-type": "geneve", "ovn-encap-ip": "127.0.0.1"}  # fmt: skip
        ids = [f'external_ids:{key}="{value}"' for key, value in settings.items()]
        host.vsctl("add-br", "br-int", "--", "set", "Open_vSwitch", ".", *ids)
        controller = stack.enter_context(_daemon(folder, "ovn-controller", host.ovsdb))
        control = folder / f"ovn-controller.{controller.pid}.ctl"
        wait_for(lambda: answers(control), f"the controller of {name} runs")
        # Asked to exit, it takes its chassis out of the centre.
        leave = ["ovn-appctl", "-t", str(control), "exit"]
        stack.callback(subprocess.run, leave, check=True, timeout=20)
        yield host


def _daemon(folder: Path, *command: str) -> AbstractContextManager[subprocess.Popen[bytes]]:
    places = [f"{one}_{what}={folder}" for one in ("OVS", "OVN") for what in ("RUNDIR", "LOGDIR")]
    return running(["env", *places, *command, *QUIET])


def _card(port: Port) -> str:
    return f"vm{port.id[:8]}"
