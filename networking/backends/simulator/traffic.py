"""Packets through a simulated fabric: the evaluator says what becomes of them."""

from dataclasses import replace

from networking.backends.simulator.config import SimulatorConfig
from networking.backends.simulator.counters import Passed
from networking.backends.simulator.fabric import SimulatedFabric
from networking.backends.simulator.recall import recall
from networking.intent import RouterIntent, ScopeRef
from networking.reach import Decider, Evaluator, HopKind, Probe, Verdict, View

PACKET = 64
"""Bytes of a simulated packet."""


class Traffic:
    """What machines and sites of one tenant send. A simulated router's intent says what its sites
    learn; without one, nothing leaves the fabric."""

    def __init__(
        self, config: SimulatorConfig, scope: ScopeRef, router: RouterIntent | None = None
    ) -> None:
        self._config = config
        self._scope = scope
        self._router = router

    def send(self, probe: Probe, packets: int = 1) -> Verdict:
        """Send packets of one connection. They are counted at their machines, at the VIP that they
        are for and at the rule that decides; what comes from a site, on the fabric's first host.
        Members that were told to be down are sent nothing."""
        with SimulatedFabric(self._config) as fabric:
            intent = recall(self._scope.tenant, fabric.observe(self._scope))
            healthy = fabric.without_the_dead(intent)
            verdict = Evaluator(View(healthy, self._router)).reach(probe)
            if self._config.hosts:
                self._count(fabric, verdict, packets)
            return verdict

    def _count(self, fabric: SimulatedFabric, verdict: Verdict, packets: int) -> None:
        machines = [hop.id for hop in verdict.hops if hop.kind is HopKind.MACHINE]
        places = {one.port_id: one.host for one in fabric.locate(machines)}
        passed = Passed(packets, packets * PACKET)
        first = verdict.hops[0] if verdict.hops else None
        here = self._config.hosts[0]
        if first and first.kind is HopKind.MACHINE:
            here = places[first.id]
            fabric.count(here, "port", first.id, replace(passed, outwards=True))
        for hop in verdict.hops:
            if hop.kind is HopKind.VIP:
                fabric.count(here, "vip", hop.id, passed)
        last = verdict.hops[-1] if verdict.hops else None
        if verdict.allowed and last and last.kind is HopKind.MACHINE:
            fabric.count(places[last.id], "port", last.id, passed)
        if verdict.decision.by is Decider.RULE:
            fabric.count(here, "rule", verdict.decision.id, passed)
