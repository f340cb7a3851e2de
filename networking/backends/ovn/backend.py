"""The OVN backend: what the engine asks of a fabric, answered by its two databases."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Self

from networking.backends.base import FabricProgress, Measurement, MemberHealth, PortLocation
from networking.backends.ovn import counters, fence, interfaces, membership, monitors, openflow
from networking.backends.ovn import progress as reports
from networking.backends.ovn.apply import apply
from networking.backends.ovn.config import OvnConfig
from networking.backends.ovn.observe import observe, tenants
from networking.backends.ovn.ovsdb import Ovsdb
from networking.backends.ovn.render import render
from networking.backends.ovn.tables import ORDER
from networking.intent import FabricIntent, ScopeRef
from networking.planning import Ident, Plan, Resource


class OvnBackend:
    """One OVN deployment (`FabricBackend`). Connects when first asked; one thread at a time.

    But for `measure`, only the two databases of the centre are ever asked, so that a dead host
    delays nothing.
    """

    order: Sequence[str] = ORDER

    def __init__(self, config: OvnConfig) -> None:
        self._config = config
        self._counting: counters.Counting | None = None
        self._hosts = tuple(name for name, _ in config.hosts)
        self.northbound = Ovsdb(
            "northbound database",
            "OVN_Northbound",
            config.northbound,
            timeout=config.timeout,
            tls=config.tls,
        )
        self.southbound = Ovsdb(
            "southbound database",
            "OVN_Southbound",
            config.southbound,
            timeout=config.timeout,
            tls=config.tls,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.northbound.close()
        self.southbound.close()

    def render(self, intent: FabricIntent) -> tuple[Resource, ...]:
        """The rows that the northbound database must hold for this intent. Pure: no I/O."""
        return render(intent)

    def observe(
        self, scope: ScopeRef, only: Collection[Ident] | None = None
    ) -> tuple[Resource, ...]:
        """The tenant's rows as they are now, all of them or at least these; one request for each
        level of holders. Raises BackendError."""
        return observe(self.northbound, scope.tenant.id, only)

    def claim(self, scope: ScopeRef, token: int) -> None:
        """Leave our token on the tenant's fence row. Raises StaleTokenError when a newer one is
        there, BackendError otherwise."""
        fence.claim(self.northbound, scope.tenant, token)

    def apply(self, scope: ScopeRef, plan: Plan, token: int) -> None:
        """Make all of the plan's changes or none, in one transaction that checks the fence first.

        May be repeated after a lost answer. Raises StaleTokenError when the fence holds another
        token, UnreachableError when no answer came, BackendError when the database refused.
        """
        apply(self.northbound, scope.tenant, plan, token)

    def scopes(self) -> frozenset[str]:
        """Ids of all tenants of whom there is a stamped row. Raises BackendError."""
        return tenants(self.northbound)

    def request(self) -> int:
        """Raise NB_Global's nb_cfg by one and return it. Raises BackendError."""
        return reports.request(self.northbound)

    def progress(self) -> FabricProgress:
        """How far the central daemon and each host last reported to have come; waits for none.
        Raises BackendError."""
        return reports.progress(self.northbound, self.southbound, self._hosts)

    def quiet(self, plan: Plan) -> bool:
        """Whether the plan touches address sets alone. Pure: no I/O."""
        return membership.quiet(plan)

    def confirm(self, plan: Plan) -> bool:
        """Whether the southbound database has the plan's address sets. Raises BackendError."""
        return membership.confirm(self.southbound, plan)

    def members(self, tenant_id: str) -> tuple[MemberHealth, ...]:
        """What hosts found of the members of the tenant's VIPs. Raises BackendError."""
        return monitors.members(self.northbound, self.southbound, tenant_id)

    def measure(self, host: str) -> Measurement:
        """What the host's switch counted, asked over OpenFlow and in its database.

        Counts are those of cards and flows: they lag by a second, by up to 5 for ports, and what
        came since the last look is lost when the host's controller starts anew (rules, VIPs).
        Which flows are whose is read once while the backend is open. Raises BackendError.
        """
        at = datetime.now(UTC)
        if self._counting is None:
            self._counting = counters.counting(self.northbound, self.southbound)
        # A switch that does not run leaves its last counts in the database: it is asked first.
        flows = openflow.counts(self._config, host, self._counting.flows)
        rules, vips = counters.counted(host, self._counting, flows)
        return Measurement(host, at, interfaces.ports(self._config, host), vips, rules)

    def locate(self, port_ids: Sequence[str] | None = None) -> tuple[PortLocation, ...]:
        """Where these ports (or all of ours) are plugged in. Raises BackendError."""
        return reports.locate(self.southbound, port_ids)
