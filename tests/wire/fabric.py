"""The lab's fabric under the OVN backend, without a portal: intents in, packets out."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import count

from lab import Lab
from lab.topology import Attachment
from networking.backends.base import HostProgress
from networking.backends.ovn.backend import OvnBackend
from networking.backends.ovn.config import OvnConfig
from networking.intent import FabricIntent, Transit
from networking.planning import Plan, diff
from tests.lab.byhand import eventually
from tests.networking.backends.ovn.intents import make_network, new_tenant, scope_of

TOKENS = count(1)


@dataclass
class Fabric:
    """The lab's fabric, and the engine's round upon it."""

    lab: Lab
    backend: OvnBackend = field(init=False)

    def __post_init__(self) -> None:
        hosts = tuple((host.name, host.switch.ovsdb) for host in self.lab.hosts)
        central = self.lab.central
        config = OvnConfig(central.northbound, central.southbound, hosts)
        self.backend = OvnBackend(config)

    def change(self, intent: FabricIntent) -> Plan:
        """Claim, observe, plan, apply; what was done. Asks no host to report."""
        scope, token = scope_of(intent.tenant), next(TOKENS)
        self.backend.claim(scope, token)
        have = self.backend.observe(scope)
        plan = diff(self.backend.render(intent), have, order=self.backend.order)
        self.backend.apply(scope, plan, token)
        return plan

    def enforce(self, intent: FabricIntent) -> int:
        """The same; the configuration number to wait for."""
        self.change(intent)
        return self.backend.request()

    def settle(self, intent: FabricIntent) -> None:
        """Enforce, and wait until every host does."""
        self.change(intent)
        self.rest()

    def rest(self) -> None:
        """Wait until every host does what it is told now, and has gone through all that it learned
        from former packets. Of what it forgets then, a packet of that moment may stay uncounted.
        """
        number = self.backend.request()
        eventually(lambda: self.settled(number), within=30)
        for host in self.lab.hosts:
            host.switch.control("revalidator/wait")

    def host(self, name: str) -> HostProgress:
        return next(host for host in self.backend.progress().hosts if host.name == name)

    def settled(self, number: int) -> bool:
        return all(host.cfg >= number for host in self.backend.progress().hosts)


@contextmanager
def carried(fabric: Fabric, intent: FabricIntent) -> Iterator[FabricIntent]:
    """The intent on every host, with its machines; at the end nothing of it, on no host."""
    fabric.settle(intent)
    wanted = sum(len(network.ports) for network in intent.networks)
    eventually(lambda: len(machines(fabric.lab, intent)) == wanted, within=30)
    yield intent
    fabric.settle(FabricIntent(intent.tenant, 2))
    eventually(lambda: not machines(fabric.lab, intent))
    fabric.rest()


def machines(lab: Lab, intent: FabricIntent) -> dict[str, str]:
    """The host of each machine of the tenant."""
    return {row.name: row.host for row in lab.machines() if row.tenant == intent.tenant.slug}


def way_out(attachment: Attachment, *hosts: str) -> Transit:
    """The transit of an attachment, with its gateway on these hosts."""
    return Transit(
        id=f"transit-{attachment.name}",
        name=attachment.name,
        bridge_mapping="wan",
        vlan=attachment.vlan,
        gateway_ipv4=str(attachment.gateway_v4),
        router_ipv4=str(attachment.router_v4.ip),
        gateway_ipv6=str(attachment.gateway_v6),
        router_ipv6=str(attachment.router_v6.ip),
        hosts=hosts,
    )


def two_networks(slug: str, attachment: Attachment) -> FabricIntent:
    """web-1 and web-2 in one network, db-1 and db-2 in another, of both families."""
    web = make_network("10.1.0.0/24", ipv6_prefix="fd10:1::/64")
    database = make_network("10.1.1.0/24", ipv6_prefix="fd10:1:1::/64", name="db")
    renamed = tuple(
        replace(port, name=f"db-{number}", mac=f"02:00:00:00:01:0{number}", ipv6=f"{v6}{number}")
        for number, port, v6 in (
            (1, database.ports[0], "fd10:1:1::ff:fe00:10"),
            (2, database.ports[1], "fd10:1:1::ff:fe00:10"),
        )
    )
    return FabricIntent(
        new_tenant(slug),
        1,
        (web, replace(database, ports=renamed)),
        way_out(attachment, "h1", "h2"),
    )
