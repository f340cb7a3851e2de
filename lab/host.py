"""A hypervisor host: Open vSwitch, ovn-controller, a tunnel address and the WAN bridge."""

from lab import netns
from lab.errors import LabError
from lab.place import Place
from lab.process import Daemons, run, wait_for
from lab.switch import Switch, bridge, port
from lab.topology import WAN_NETWORK
from lab.topology import Host as HostPlan

UPLINK = "phy0"
WAN_UPLINK = "wan0"


class Host:
    """One host of the fabric."""

    def __init__(self, place: Place, daemons: Daemons, plan: HostPlan, southbound: str) -> None:
        self.name = plan.name
        self.switch = Switch(place, daemons, plan.name)
        self._daemons = daemons
        self._plan = plan
        self._southbound = southbound

    @property
    def controller(self) -> str:
        """The name of its ovn-controller among the daemons."""
        return f"{self.name}.controller"

    @property
    def alive(self) -> bool:
        """Whether all its daemons run."""
        return self.switch.alive and self._daemons.alive(self.controller)

    def start(self) -> None:
        """Start the host; returns when its switch works and its controller was started."""
        tunnel = self._plan.tunnel
        settings = {
            "system-id": self.name,
            "ovn-remote": self._southbound,
            "ovn-encap-type": "geneve",
            "ovn-encap-ip": str(tunnel.ip),
            "ovn-bridge": "br-int",
            "ovn-bridge-datapath-type": "netdev",
            "ovn-bridge-mappings": f"{WAN_NETWORK}:br-wan",
        }
        # Quoted: OVSDB reads a value such as wan:br-wan or 172.30.0.1 as more than a word.
        external = [f'external_ids:{key}="{value}"' for key, value in settings.items()]
        self.switch.start(
            [
                "set",
                "Open_vSwitch",
                ".",
                *external,
                *bridge("br-phy"),
                *port("br-phy", UPLINK),
                *bridge("br-wan"),
                *port("br-wan", WAN_UPLINK),
                *bridge("br-int"),
                "--",
                "set",
                "Bridge",
                "br-int",
                "fail-mode=secure",
            ]
        )
        self._lay_tunnel()
        self.start_controller()

    def start_switch(self) -> None:
        """Start the switch alone; its bridges are as its database says."""
        self.switch.start_daemon()
        wait_for(self._has_tunnel_card, f"the switch of {self.name} has its bridges")
        self._lay_tunnel()

    def _has_tunnel_card(self) -> bool:
        namespace = netns.enter(self.switch.namespace)
        try:
            run([*namespace, "ip", "link", "show", "br-phy"])
        except LabError:
            return False
        return True

    def _lay_tunnel(self) -> None:
        """The bridge's own card comes and goes with the switch, and its address with it."""
        address = self._plan.tunnel.with_prefixlen
        netns.batch(
            [f"addr replace {address} dev br-phy", "link set br-phy up"],
            namespace=self.switch.namespace,
        )

    def start_controller(self) -> None:
        """Start ovn-controller."""
        self.switch.spawn(self.controller, "ovn-controller", self.switch.ovsdb)

    def kill(self) -> None:
        """End everything on the host as a power cut would."""
        self._daemons.end([self.controller], grace=0)
        self.switch.kill()

    def kill_controller(self) -> None:
        """End ovn-controller alone: the switch goes on by its last rules."""
        self._daemons.end([self.controller], grace=0)

    def plug(self, interface: str, logical_port: str) -> None:
        """Give ``interface`` to ``br-int`` as the end of ``logical_port``."""
        self.switch.vsctl(
            "--may-exist",
            "add-port",
            "br-int",
            interface,
            "--",
            "set",
            "Interface",
            interface,
            f"external_ids:iface-id={logical_port}",
        )

    def unplug(self, interface: str) -> None:
        """Take ``interface`` out of ``br-int``."""
        self.switch.vsctl("--if-exists", "del-port", "br-int", interface)

    def plugged(self) -> list[str]:
        """The interfaces that machines have in ``br-int``."""
        return [
            name
            for name in self.switch.vsctl("list-ports", "br-int").split()
            if name.startswith("vm")
        ]
