"""The provider edge router: FRR with a VRF per attachment, reached by SSH."""

from lab import cabling, netns
from lab.frr import DEFAULTS, Frr
from lab.place import Place
from lab.process import Daemons
from lab.ssh import SshServer
from lab.topology import ROUTE_TAG, Attachment, Topology
from lab.topology import Router as RouterPlan

PROGRAMS = ("zebra", "bgpd", "staticd")


def configuration(plan: Topology) -> str:
    """The base frr.conf, as whoever racked the router left it.

    It holds what a change of a tenant never touches: VRFs, interfaces, addresses, and one BGP
    instance per VRF that hands on the static routes which carry our tag.
    """
    parts = [f"{DEFAULTS}hostname {plan.router.name}\nservice integrated-vtysh-config\n!\n"]
    parts += [f"vrf {attachment.vrf}\nexit-vrf\n!\n" for attachment in plan.attachments]
    parts += [_interfaces(attachment) for attachment in plan.attachments]
    parts += [_bgp(plan.router, attachment) for attachment in plan.attachments]
    parts.append(f"route-map DEMARC permit 10\n match tag {ROUTE_TAG}\nexit\n!\nend\n")
    return "".join(parts)


def _interfaces(attachment: Attachment) -> str:
    lines = [
        (attachment.interface, attachment.router_v4, attachment.router_v6),
        *((c.interface, c.router_v4, c.router_v6) for c in attachment.circuits),
    ]
    return "".join(
        f"interface {name} vrf {attachment.vrf}\n ip address {v4}\n ipv6 address {v6}\nexit\n!\n"
        for name, v4, v6 in lines
    )


def _bgp(router: RouterPlan, attachment: Attachment) -> str:
    family = """ address-family {} unicast
  redistribute static route-map DEMARC
 exit-address-family
 !
"""
    return (
        f"router bgp {router.asn} vrf {attachment.vrf}\n"
        f" bgp router-id {attachment.router_v4.ip}\n no bgp default ipv4-unicast\n !\n"
        f"{family.format('ipv4')}{family.format('ipv6')}exit\n!\n"
    )


class Router:
    """The running edge router."""

    def __init__(self, place: Place, daemons: Daemons, plan: Topology) -> None:
        name = plan.router.name
        vrfs = {a.vrf: place.namespace(a.vrf) for a in plan.attachments}
        ends = cabling.interfaces(plan)
        self.name = name
        self._links = [(vrfs[a.vrf], ends[a.vrf]) for a in plan.attachments]
        self._base = configuration(plan)
        self._daemons = daemons
        self.frr = Frr(place, daemons, name, place.state / name / "etc", PROGRAMS, vrfs)
        self.ssh = SshServer(place, daemons, self.frr)

    @property
    def alive(self) -> bool:
        """Whether FRR and the SSH server run."""
        return self.frr.alive and self.ssh.alive

    def start(self) -> None:
        """Start FRR with the saved configuration, then the SSH server."""
        self.frr.prepare(self._base)
        self.frr.start()
        self.ssh.start()

    def fail(self) -> None:
        """Cut the router's power: its links go dark and what was not saved is lost."""
        self._switch_links("down")
        self.ssh.kill()
        self.frr.kill()

    def heal(self) -> None:
        """Start the router again unless it runs."""
        if not self.alive:
            self.fail()
            self._switch_links("up")
            self.start()

    def _switch_links(self, state: str) -> None:
        # The kernel would go on forwarding by the routes of a router that has lost its power.
        for namespace, links in self._links:
            netns.batch((f"link set {link} {state}" for link in links), namespace=namespace)
