"""The evaluator's answers and packets agree: every machine and a site, to each other and a VIP."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace

import pytest

from lab import Lab
from networking.intent import FabricIntent, Protocol, RuleAction, SitePrefixes
from networking.reach import Address, Evaluator, Probe, View
from tests.lab.byhand import eventually
from tests.networking.backends.ovn.policies import VIP_PREFIXES, group_of, rule, vip_of
from tests.wire.fabric import Fabric, carried, two_networks
from tests.wire.traffic import call, calls, serving
from tests.wire.uplink import learned, router_intent, site_prefixes

pytestmark = pytest.mark.wire

BERLIN = "acme-berlin"
PORTS = (80, 81)


@pytest.fixture(scope="module")
def fabric(lab: Lab) -> Iterator[Fabric]:
    opened = Fabric(lab)
    with opened.backend:
        yield opened


def world(lab: Lab, site: SitePrefixes) -> FabricIntent:
    """Each machine in another position: closed or open networks, named by group or prefix."""
    plain = two_networks("acme", lab.plan.attachments[0])
    web, database = plain.networks
    one, two = web.ports
    clients, servers = group_of("clients", one), group_of("servers", *database.ports)
    vip = replace(vip_of(database.ports[0], port=80, member_port=80, ipv6="fd10:99::1"), check=None)
    return replace(
        plain,
        networks=(web, replace(database, default_deny=True)),
        groups=(clients, servers),
        sites=(site,),
        vips=(vip,),
        vip_prefixes=VIP_PREFIXES,
        rules=(
            rule(10, clients, servers, RuleAction.ALLOW, Protocol.TCP, 80),
            rule(20, clients, site, RuleAction.REJECT, Protocol.TCP, 81),
            rule(30, site, f"{database.ports[1].ipv4}/32", RuleAction.ALLOW),
            rule(40, None, f"{two.ipv6}/128", RuleAction.DENY, Protocol.TCP, (81, 90)),
            rule(50, servers, site, RuleAction.ALLOW, Protocol.TCP, 80),
        ),
    )


def test_packets_do_what_the_evaluator_says(lab: Lab, fabric: Fabric) -> None:
    site = site_prefixes(lab, BERLIN)
    intent = world(lab, site)
    attachment = lab.plan.attachments[0]
    evaluator = Evaluator(View(intent, router_intent(lab, intent, attachment, BERLIN)))
    plan = next(one for one in lab.plan.sites if one.name == BERLIN)
    places = {
        f"acme/{port.name}": (port.ipv4, port.ipv6)
        for network in intent.networks
        for port in network.ports
    } | {BERLIN: (str(plan.host_v4.ip), str(plan.host_v6.ip))}
    with ExitStack() as stack:
        stack.enter_context(carried(fabric, intent))
        stack.enter_context(learned(lab, intent, attachment, BERLIN))
        for where in places:
            for port in PORTS:
                stack.enter_context(serving(lab, where, "tcp", port))
        for where, addresses in places.items():
            eventually(lambda w=where, a=addresses: ready(lab, w, a), within=30)
        with ThreadPoolExecutor(len(places)) as pool:
            seen = dict(
                zip(
                    places, pool.map(lambda where: answers(lab, places, where), places), strict=True
                )
            )
        wrong = [
            (where, target, answer, verdict)
            for where, found in seen.items()
            for target, answer in found.items()
            for verdict in [evaluator.reach(question(places[where], target))]
            if verdict.allowed != (answer not in ("refused", "silence"))
        ]
        # A first packet may get lost where a neighbour is yet to be found; none may slip through.
        for where, target, answer, verdict in wrong:
            assert verdict.allowed, (where, target, answer, verdict)
            assert eventually(lambda w=where, t=target: answers_now(lab, w, t)), verdict
    told = [answer for found in seen.values() for answer in found.values()]
    assert {"refused", "silence", *places} <= set(told)


def ready(lab: Lab, where: str, addresses: tuple[str, str]) -> bool:
    text = lab.exec(where, "ip", "-o", "addr").stdout
    return all(f" {address}/" in text for address in addresses)


Target = tuple[str, int]


def answers(lab: Lab, places: dict[str, tuple[str, str]], where: str) -> dict[Target, str]:
    """What a client there is told of all other places, and of the VIP."""
    others = [address for name, held in places.items() if name != where for address in held]
    targets = [
        (address, port) for address in (*others, "10.99.0.1", "fd10:99::1") for port in PORTS
    ]
    told = calls(lab, where, *(("tcp", *target) for target in targets))
    return dict(zip(targets, told, strict=True))


def answers_now(lab: Lab, where: str, target: Target) -> bool:
    return call(lab, where, "tcp", *target) not in ("refused", "silence")


def question(source: tuple[str, str], target: Target) -> Probe:
    address, port = target
    own = source[1] if ":" in address else source[0]
    return Probe(Address(own), Address(address), Protocol.TCP, port)
