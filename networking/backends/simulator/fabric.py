"""A simulated fabric: hosts that catch up at once, late, or not at all."""

import sqlite3
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import cycle

from networking.backends.base import (
    BackendError,
    FabricProgress,
    Health,
    HostProgress,
    Measurement,
    MemberHealth,
    PortLocation,
    UnreachableError,
)
from networking.backends.simulator import counters
from networking.backends.simulator.counters import Passed
from networking.backends.simulator.device import SimulatedDevice
from networking.intent import FabricIntent
from networking.planning import Plan, Resource, outline
from networking.planning.outline import SITE_PREFIXES

_SETS = ("group", SITE_PREFIXES)
_KEPT_REQUESTS = 10_000
"""Newest requests that are remembered; a host that fell silent before them seems to know none."""


class SimulatedFabric(SimulatedDevice):
    """Networks, ports, transits, groups, rules and VIPs, one resource each."""

    device = "fabric"

    def render(self, intent: FabricIntent) -> tuple[Resource, ...]:
        """One resource a noun."""
        return outline(intent)

    def request(self) -> int:
        """Ask every host to report."""
        with self.store.answer() as db:
            cfg = db.execute("INSERT INTO request (at) VALUES (?)", (time.time(),)).lastrowid or 0
            db.execute("DELETE FROM request WHERE cfg <= ?", (cfg - _KEPT_REQUESTS,))
            return cfg

    def progress(self) -> FabricProgress:
        """A host has what was asked its delay ago; a silent one what it had when it fell silent."""
        with self.store.answer() as db:
            newest = db.execute("SELECT max(cfg) FROM request").fetchone()[0] or 0
            hosts = tuple(self._host(db, name) for name in self.config.hosts)
            return FabricProgress(requested=newest, compiled=newest, hosts=hosts)

    def quiet(self, plan: Plan) -> bool:
        """Whether only groups, and what sites stand for in rules, change."""
        return all(step.kind in _SETS for step in plan.steps)

    def confirm(self, plan: Plan) -> bool:
        """Whether the groups are as the plan has them; hosts read them where they are kept."""
        with self.store.answer() as db:
            held = {one.ident: one for kind in _SETS for one, _ in self._held(db, "%", kind)}
        moved = (step for step in plan.steps if step.kind in _SETS)
        return all(
            held.get((step.kind, step.key)) == (step.resource() if step.after else None)
            for step in moved
        )

    def members(self, tenant_id: str) -> tuple[MemberHealth, ...]:
        """Checked members answer, until one is told to be down."""
        with self.store.answer() as db:
            vips = [resource for resource, _ in self._held(db, tenant_id, "vip")]
            found = {health for vip in vips for health in self._health(db, vip)}
        return tuple(sorted(found, key=lambda one: (one.port_id, one.address, one.port)))

    def measure(self, host: str) -> Measurement:
        """What was counted of simulated packets. A silent host does not answer."""
        at = datetime.now(UTC)
        with self.store.answer() as db:
            self._known(host)
            if self.store.fault(db, "silent", host) is not None:
                raise UnreachableError(f"The simulated host {host} does not answer.")
            here = {port for port, place in self._plugged(db).items() if place == host}
            held = {resource.key for resource, _ in self._held(db, "%")}
            return Measurement(
                host,
                at,
                counters.ports(db, host, here),
                counters.vips(db, host, held),
                counters.rules(db, host, held),
            )

    def count(self, host: str, kind: str, ident: str, passed: Passed) -> None:
        """So much passed a port, was sent to a VIP or matched a rule on the host. Raises
        BackendError for a host that is not there."""
        self._known(host)
        with self.store.answer() as db:
            counters.add(db, host, kind, ident, passed)

    def without_the_dead(self, intent: FabricIntent) -> FabricIntent:
        """The intent with those members alone that answer their VIP's health check."""
        health = self.members(intent.tenant.id)
        dead = {one.port_id for one in health if one.health is Health.OFFLINE}
        vips = (
            replace(vip, members=tuple(m for m in vip.members if m.port_id not in dead))
            if vip.check
            else vip
            for vip in intent.vips
        )
        return replace(intent, vips=tuple(vips))

    def _health(self, db: sqlite3.Connection, vip: Resource) -> Iterator[MemberHealth]:
        if not vip.attrs["check"]:
            return
        ports = [port["member_port"] for port in vip.attrs["ports"] if port["protocol"] == "tcp"]
        for member in vip.attrs["members"]:
            down = self.store.fault(db, "member_down", member["port_id"]) is not None
            health = Health.OFFLINE if down else Health.ONLINE
            for family in ("ipv4", "ipv6"):
                if member[family] and vip.attrs[family]:
                    for port in ports:
                        yield MemberHealth(member["port_id"], member[family], "tcp", port, health)

    def locate(self, port_ids: Sequence[str] | None = None) -> tuple[PortLocation, ...]:
        """Ports are plugged into the hosts in turn, and up at once."""
        with self.store.answer() as db:
            plugged = self._plugged(db)
        asked = plugged if port_ids is None else port_ids
        return tuple(
            PortLocation(port, plugged[port], up=bool(plugged[port]))
            for port in asked
            if port in plugged
        )

    def _plugged(self, db: sqlite3.Connection) -> dict[str, str]:
        """The host of each port."""
        ports = sorted(resource.key for resource, _ in self._held(db, "%", "port"))
        return dict(zip(ports, cycle(self.config.hosts or ("",)), strict=False))

    def _known(self, host: str) -> None:
        if host not in self.config.hosts:
            raise BackendError(f"The fabric has no host {host}.", retry=False)

    def _host(self, db: sqlite3.Connection, name: str) -> HostProgress:
        delay = self.store.fault(db, "delay", name) or 0.0
        silent_since = self.store.fault(db, "silent", name)
        until = (time.time() if silent_since is None else silent_since) - delay
        cfg, at = db.execute(
            "SELECT max(cfg), max(at) FROM request WHERE at <= ?", (until,)
        ).fetchone()
        when = None if at is None else datetime.fromtimestamp(at + delay, UTC)
        return HostProgress(name=name, cfg=cfg or 0, at=when)
