"""Packets through a simulated fabric: the evaluator says what becomes of them."""

from networking.backends.simulator.config import SimulatorConfig
from networking.backends.simulator.fabric import SimulatedFabric
from networking.backends.simulator.recall import recall
from networking.intent import RouterIntent, ScopeRef
from networking.reach import Decider, Evaluator, Probe, Verdict, View

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
        """Send packets of one connection; the rule that decided counts them, on the fabric's
        first host. Members that were told to be down are sent nothing."""
        with SimulatedFabric(self._config) as fabric:
            intent = recall(self._scope.tenant, fabric.observe(self._scope))
            healthy = fabric.without_the_dead(intent)
            verdict = Evaluator(View(healthy, self._router)).reach(probe)
            if verdict.decision.by is Decider.RULE:
                fabric.count(self._scope.tenant.id, verdict.decision.id, packets, PACKET)
            return verdict
