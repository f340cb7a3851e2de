"""What the contract suite needs of a device beside its backend: a hand at the device itself."""

import socket
import typing
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from networking.intent import (
    ANY,
    FabricIntent,
    Group,
    HealthCheck,
    Member,
    Network,
    Port,
    PortRange,
    Protocol,
    Route,
    RouterIntent,
    Rule,
    RuleAction,
    ScopeRef,
    Site,
    SitePrefixes,
    TenantRef,
    Term,
    TermKind,
    Transit,
    Vip,
    VipPort,
)
from networking.reach import Probe

Intent = FabricIntent | RouterIntent

PATIENCE = 0.3
"""Seconds that a backend of `silent` waits for an answer."""


class Hosting(typing.Protocol):
    """The one host `h1` of a fabric, with a customer's machines. No backend takes part in what is
    done to it."""

    def open(self) -> Any:
        """A backend of the fabric, which waits some seconds for an answer."""
        ...

    def send(self, probe: Probe, packets: int) -> None:
        """Send so many first packets, from a machine to a neighbour or a VIP."""
        ...

    def silent(self) -> AbstractContextManager[None]:
        """The host takes questions and never answers."""
        ...


@dataclass(frozen=True)
class Customer:
    """A tenant with its scope on the device and two intents, all of whose nouns differ from
    those of another customer only in their ids."""

    scope: ScopeRef
    first: Intent
    second: Intent

    @property
    def nothing(self) -> Intent:
        if isinstance(self.first, RouterIntent):
            return replace(self.first, routes=(), sites=())
        return FabricIntent(self.first.tenant, self.first.generation)


class Device(typing.Protocol):
    """A device under test. What it does to the device, no backend takes part in."""

    def open(self) -> Any:
        """A backend for the device, to be used in a `with` statement."""
        ...

    def silent(self) -> Any:
        """A context manager: a backend whose device takes connections and never answers, which
        waits `PATIENCE` seconds for it."""
        ...

    def customer(self, slug: str, position: int) -> Customer:
        """A new tenant; of two with different positions, both fit the device."""
        ...

    def hosting(self, customer: Customer) -> AbstractContextManager[Hosting]:
        """A fabric's host with the machines of the customer's first intent, which is carried."""
        ...

    def plant_foreign(self, customer: Customer) -> None:
        """Put objects on the device that are not ours, as near to the customer's as can be."""
        ...

    def foreign(self) -> str:
        """The planted objects as they are now, for comparing."""
        ...

    def lose(self, customer: Customer) -> None:
        """Take away one of the customer's objects."""
        ...

    def alter(self, customer: Customer) -> None:
        """Change one of the customer's objects in a way that matters."""
        ...

    def add(self, customer: Customer) -> None:
        """Put an object there that carries the customer's stamp and that nobody wants."""
        ...


def fabric_customer(slug: str, position: int) -> Customer:
    """A tenant of a fabric. The prefixes are the same at each position."""
    tenant = TenantRef(str(uuid4()), slug)
    transit = Transit(
        id=str(uuid4()),
        name="transit",
        bridge_mapping="wan",
        vlan=101 + position,
        gateway_ipv4="100.64.1.2/29",
        router_ipv4="100.64.1.1",
        gateway_ipv6="fd00:64:1::2/64",
        router_ipv6="fd00:64:1::1",
        hosts=("h1", "h2"),
    )
    web = _network("web", 0, ports=(_port("web-1", 0, 11), _port("web-2", 0, 12)))
    database = _network("database", 1)
    first = _with_policy(FabricIntent(tenant, 1, networks=(web,), transit=transit))
    changed = replace(
        web, mtu=1342, ports=(web.ports[0], _port("web-3", 0, 13)), default_deny=False
    )
    second = _with_another(replace(first, generation=2, networks=(changed, database)))
    return Customer(ScopeRef(str(uuid4()), tenant), first, second)


def _with_policy(intent: FabricIntent) -> FabricIntent:
    """Two groups, a site, rules of each action, default deny, a checked VIP of both families."""
    (web,) = intent.networks
    one, two = web.ports
    closed = replace(web, default_deny=True, probe_ipv4="10.1.0.254", probe_ipv6="fd10:1::fe")
    clients, servers = _group("clients", one), _group("servers", two)
    berlin = SitePrefixes(str(uuid4()), "Berlin", ("10.200.1.0/24", "fd10:200:1::/64"))
    tcp = (PortRange(80, 80), PortRange(8000, 8100))
    return replace(
        intent,
        networks=(closed,),
        groups=(clients, servers),
        sites=(berlin,),
        rules=(
            Rule(str(uuid4()), "#1", 100, (_term(clients),), (_term(servers),), Protocol.TCP, tcp),
            Rule(str(uuid4()), "#2", 200, (ANY,), (_term(servers),), action=RuleAction.REJECT),
            Rule(
                str(uuid4()), "#3", 300, (_term(clients),),
                (Term(TermKind.SITE, berlin.id), Term(TermKind.PREFIX, "192.0.2.0/24")),
                Protocol.ICMP, action=RuleAction.DENY, log=True,
            ),
        ),
        vips=(
            Vip(
                str(uuid4()), "shop", "10.99.0.1", "fd10:99::1",
                (VipPort(Protocol.TCP, 80, 8080), VipPort(Protocol.UDP, 53, 53)),
                tuple(Member(p.id, p.name, p.ipv4, p.ipv6) for p in web.ports),
                HealthCheck(),
            ),
        ),
        elsewhere=("10.7.0.0/24",),
        vip_prefixes=("10.99.0.0/28", "fd10:99::/64"),
    )  # fmt: skip


def _with_another(intent: FabricIntent) -> FabricIntent:
    """A member moved, a rule edited, one moved, one gone, one new; the VIP without its check."""
    clients, servers = intent.groups
    first, second, _ = intent.rules
    (vip,) = intent.vips
    return replace(
        intent,
        groups=(replace(clients, addresses=clients.addresses[:1]), servers, _group("others")),
        rules=(
            replace(first, ports=(), action=RuleAction.DENY),
            replace(second, rank=50, log=True),
            Rule(str(uuid4()), "#4", 400, (ANY,), (ANY,), enabled=False),
            Rule(str(uuid4()), "#5", 500, (ANY,), (ANY,)),
        ),
        vips=(replace(vip, check=None, members=vip.members[:1], ports=vip.ports[:1]),),
        elsewhere=(),
    )


def _group(name: str, *ports: Port) -> Group:
    return Group(str(uuid4()), name, tuple(a for port in ports for a in (port.ipv4, port.ipv6)))


def _term(group: Group) -> Term:
    return Term(TermKind.GROUP, group.id, group.name)


def router_customer(slug: str, vrf: str, neighbours: tuple[str, ...], asn: int) -> Customer:
    """A tenant of a router."""
    tenant = TenantRef(str(uuid4()), slug)
    berlin = Site(
        id=str(uuid4()),
        name="Berlin",
        asn=asn,
        neighbours=neighbours,
        accepted=("10.200.1.0/24", "fd10:200:1::/64"),
        advertised=("10.1.0.0/24", "fd10:1::/64"),
        max_prefixes=20,
    )
    route = Route("10.1.0.0/24", "100.64.1.2", str(uuid4()), "web")
    route6 = Route("fd10:1::/64", "fd00:64:1::2", route.network_id, "web")
    first = RouterIntent(tenant, 1, vrf, 65000, routes=(route, route6), sites=(berlin,))
    other = Route("10.1.1.0/24", "100.64.1.2", str(uuid4()), "database")
    changed = replace(
        berlin,
        accepted=("10.200.1.0/24",),
        advertised=("10.1.1.0/24", "10.1.0.0/24"),
        max_prefixes=30,
    )
    second = RouterIntent(tenant, 2, vrf, 65000, routes=(route, other), sites=(changed,))
    return Customer(ScopeRef(str(uuid4()), tenant, vrf), first, second)


@contextmanager
def silent_port() -> Iterator[int]:
    """A TCP port on loopback that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def _network(name: str, index: int, ports: tuple[Port, ...] = ()) -> Network:
    return Network(
        id=str(uuid4()),
        name=name,
        ipv4_prefix=f"10.1.{index}.0/24",
        ipv4_gateway=f"10.1.{index}.1",
        mtu=1400,
        ipv6_prefix=f"fd10:1:{index}::/64" if index else "fd10:1::/64",
        ipv6_gateway=f"fd10:1:{index}::1" if index else "fd10:1::1",
        ports=ports,
    )


def _port(name: str, index: int, host: int) -> Port:
    return Port(
        id=str(uuid4()),
        name=name,
        mac=f"02:00:00:00:{index:02x}:{host:02x}",
        ipv4=f"10.1.{index}.{host}",
        ipv6=f"fd10:1::{host:x}",
    )
