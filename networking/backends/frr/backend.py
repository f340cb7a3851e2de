"""A provider edge router that runs FRR."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Self

from networking.backends.base import Session
from networking.backends.frr import running
from networking.backends.frr.config import FrrConfig
from networking.backends.frr.remote import Remote
from networking.backends.frr.render import render
from networking.backends.frr.script import script
from networking.backends.frr.sessions import sessions
from networking.backends.frr.words import ORDER, checked_vrf
from networking.intent import RouterIntent, ScopeRef
from networking.planning import Ident, Plan, Resource


class FrrBackend:
    """One router. It connects when it is first asked something, and once."""

    order: Sequence[str] = ORDER

    def __init__(self, config: FrrConfig) -> None:
        self._remote = Remote(config)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._remote.close()

    def render(self, intent: RouterIntent) -> tuple[Resource, ...]:
        """Prefix lists, neighbours and static routes of ours for this intent."""
        checked_vrf(intent.vrf)
        return render(intent)

    def observe(
        self, scope: ScopeRef, only: Collection[Ident] | None = None
    ) -> tuple[Resource, ...]:
        """The same, read from the running configuration, which is given as a whole."""
        return running.observed(self._remote.read().running, scope)

    def claim(self, scope: ScopeRef, token: int) -> None:
        """Leave our token in the router's fence file."""
        self._remote.claim(scope, token)

    def apply(self, scope: ScopeRef, plan: Plan, token: int) -> None:
        """Run the plan as one script under the router's lock, if the fence holds our token."""
        self._remote.send(scope, token, script(plan, scope.vrf))

    def scopes(self) -> frozenset[str]:
        """Tenants with prefix lists, or with routes or neighbours in a VRF that they claimed."""
        snapshot = self._remote.read()
        used = running.used_vrfs(snapshot.running)
        claimed = {tenant for vrf, tenant in snapshot.tenants.items() if vrf in used}
        return running.list_owners(snapshot.running) | claimed

    def sessions(self, vrfs: Sequence[str]) -> dict[str, tuple[Session, ...]]:
        """Our BGP sessions in each VRF, with two remote commands for all of them."""
        return sessions(self._remote.show, [checked_vrf(vrf) for vrf in vrfs], datetime.now(UTC))
