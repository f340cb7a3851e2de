"""The evaluator and ovn-trace agree about random tenants, rules and packets.

`DEMARC_REACH_WORLDS` and `DEMARC_REACH_SEED` ask for more, or for others.
"""

import os
import re
from collections import Counter
from collections.abc import Iterator
from random import Random

import pytest

from networking.backends.ovn.backend import OvnBackend
from networking.backends.ovn.config import OvnConfig
from networking.intent import FabricIntent
from networking.planning import diff
from networking.reach import Address, AtSite, Evaluator, Machine, Probe, ToVip, Verdict, View
from networking.reach.probe import Decider
from tests.contracts.ovn_central import OvnCentral, ovn_central
from tests.networking.backends.ovn.intents import scope_of
from tests.networking.reach.ovn_trace import Flow, Tracer, tracing
from tests.networking.reach.worlds import probes, world

__all__ = ["ovn_central"]

WORLDS = int(os.environ.get("DEMARC_REACH_WORLDS", "8"))
SEED = int(os.environ.get("DEMARC_REACH_SEED", "0"))
PROBES = 60


@pytest.fixture(params=range(SEED, SEED + WORLDS))
def judged(request: pytest.FixtureRequest, ovn_central: OvnCentral) -> Iterator[tuple]:
    """A random tenant on a private centre, and OVN's own judge of it."""
    random = Random(request.param)
    view = world(random)
    with OvnBackend(OvnConfig.from_json(ovn_central.access)) as backend:
        _carry(backend, view.fabric)
        with tracing(ovn_central, view.fabric) as tracer:
            yield view, probes(random, view, PROBES), tracer
        _carry(backend, FabricIntent(view.fabric.tenant, 2))


def test_the_evaluator_says_what_ovn_does(judged: tuple) -> None:
    view, asked, tracer = judged
    evaluator = Evaluator(view)
    seen: Counter[tuple[Decider, bool]] = Counter()
    for probe in asked:
        verdict = evaluator.reach(probe)
        if not verdict.destination or verdict.decision.by is Decider.ROUTE:
            # Routers and sites decide these; to OVN all outside is one.
            continue
        if verdict.member and probe.source == Machine(verdict.member):
            continue  # ovn-trace knows no hairpins
        trace = _trace(tracer, view, probe, verdict)
        outputs = set(re.findall(r'output\("([^"]+)"\)', trace))
        assert "default (use --ct" not in trace, "the tracer ran out of states"
        arrived = not outputs.isdisjoint(_targets(tracer, view, probe, verdict))
        assert arrived == verdict.allowed, f"{probe}\n{verdict}\n{trace}"
        seen[verdict.decision.by, verdict.allowed] += 1
    assert sum(seen.values()) >= PROBES // 3, seen


def _carry(backend: OvnBackend, intent: FabricIntent) -> None:
    scope, token = scope_of(intent.tenant), intent.generation
    backend.claim(scope, token)
    have = backend.observe(scope)
    backend.apply(scope, diff(backend.render(intent), have, order=backend.order), token)


def _trace(tracer: Tracer, view: View, probe: Probe, verdict: Verdict) -> str:
    packet = Flow(verdict.source, verdict.destination, probe.protocol, probe.port)
    if isinstance(probe.source, (Address, AtSite)):
        return tracer.from_outside(packet)
    owners = {p.id: (p, n) for n in view.fabric.networks for p in n.ports}
    assert isinstance(probe.source, Machine)
    port, network = owners[probe.source.port_id]
    neighbour = next((p for p in network.ports if verdict.destination in (p.ipv4, p.ipv6)), None)
    return tracer.from_machine(port, network, packet, neighbour)


def _targets(tracer: Tracer, view: View, probe: Probe, verdict: Verdict) -> set[str]:
    """The logical ports of which one is to let the packet out."""
    if verdict.member:
        return {verdict.member}
    machines = [port for network in view.fabric.networks for port in network.ports]
    if isinstance(probe.destination, ToVip):
        # What comes back to the source is a rejection.
        return {port.id for port in machines if verdict.source not in (port.ipv4, port.ipv6)}
    owner = {port.id for port in machines if verdict.destination in (port.ipv4, port.ipv6)}
    return owner or {tracer.outside}
