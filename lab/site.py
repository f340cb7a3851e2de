"""A customer site: a router that announces its LAN by BGP, and a host address in that LAN."""

from lab.frr import DEFAULTS, Frr
from lab.place import Place
from lab.process import Daemons
from lab.topology import Circuit
from lab.topology import Site as SitePlan

BGP = "bgpd"


def configuration(plan: SitePlan, circuit: Circuit, provider_asn: int) -> str:
    """The site's frr.conf: one BGP session per address family, quick to come and to go.

    Routes learned are installed with the LAN host as source address, so that a ping from the
    site comes from its LAN as a packet of the customer's would.
    """
    v4, v6 = circuit.router_v4.ip, circuit.router_v6.ip
    return f"""{DEFAULTS}hostname {plan.name}
service integrated-vtysh-config
!
interface wan0
 ip address {circuit.site_v4}
 ipv6 address {circuit.site_v6}
exit
!
interface lan0
 ip address {plan.host_v4}
 ipv6 address {plan.host_v6}
exit
!
router bgp {plan.asn}
 bgp router-id {circuit.site_v4.ip}
 no bgp ebgp-requires-policy
 no bgp default ipv4-unicast
 timers bgp 3 9
 neighbor {v4} remote-as {provider_asn}
 neighbor {v4} timers connect 1
 neighbor {v6} remote-as {provider_asn}
 neighbor {v6} timers connect 1
 !
 address-family ipv4 unicast
  network {plan.lan_v4}
  neighbor {v4} activate
 exit-address-family
 !
 address-family ipv6 unicast
  network {plan.lan_v6}
  neighbor {v6} activate
 exit-address-family
exit
!
route-map LAN-HOST permit 10
 set src {plan.host_v4.ip}
exit
!
route-map LAN-HOST6 permit 10
 set src {plan.host_v6.ip}
exit
!
ip protocol bgp route-map LAN-HOST
ipv6 protocol bgp route-map LAN-HOST6
!
end
"""


class Site:
    """One running customer site."""

    def __init__(
        self, place: Place, daemons: Daemons, plan: SitePlan, circuit: Circuit, provider_asn: int
    ) -> None:
        self.plan = plan
        self._base = configuration(plan, circuit, provider_asn)
        self._daemons = daemons
        self.frr = Frr(place, daemons, plan.name, place.runtime / plan.name / "etc", ("zebra", BGP))

    def start(self) -> None:
        """Start the site's router."""
        self.frr.prepare(self._base)
        self.frr.start()

    def fail(self) -> None:
        """Kill the site's BGP daemon."""
        self._daemons.end([self.frr.daemon(BGP)], grace=0)

    def heal(self) -> None:
        """Start what of the site's router does not run."""
        if not self._daemons.alive(self.frr.daemon(BGP)):
            self.frr.start_program(BGP)
            self.frr.load()
