"""The provider's WAN switch: trunks to the hosts, an untagged port per VRF to the router."""

from lab.place import Place
from lab.process import Daemons
from lab.switch import Switch, bridge, port
from lab.topology import Topology


class Wan:
    """The switch between hosts and router; VLANs live here, since the kernel may lack them."""

    def __init__(self, place: Place, daemons: Daemons, plan: Topology) -> None:
        self.switch = Switch(place, daemons, "wan")
        self._plan = plan

    def start(self) -> None:
        """Start the switch with all its ports."""
        vlans = ",".join(str(attachment.vlan) for attachment in self._plan.attachments)
        trunks = [
            word
            for host in self._plan.hosts
            for word in port("br0", host.name, "vlan_mode=trunk", f"trunks={vlans}")
        ]
        access = [
            word
            for attachment in self._plan.attachments
            for word in port("br0", attachment.name, "vlan_mode=access", f"tag={attachment.vlan}")
        ]
        self.switch.start([*bridge("br0")[1:], *trunks, *access])
