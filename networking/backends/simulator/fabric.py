"""A simulated fabric: hosts that catch up at once, late, or not at all."""

import sqlite3
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime

from networking.backends.base import FabricProgress, HostProgress, PortLocation
from networking.backends.simulator.device import SimulatedDevice
from networking.intent import FabricIntent
from networking.planning import Json, Noun, Resource

_KEPT_REQUESTS = 10_000
"""A host that is silent for longer than this many requests seems to have fallen back no further."""


class SimulatedFabric(SimulatedDevice):
    """Networks, ports and transits, one resource each."""

    order: Sequence[str] = ("network", "port", "transit")
    device = "fabric"

    def render(self, intent: FabricIntent) -> tuple[Resource, ...]:
        """Each noun as its own fields."""
        return tuple(_resources(intent))

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

    def locate(self, port_ids: Sequence[str] | None = None) -> tuple[PortLocation, ...]:
        """Ports are plugged into the hosts in turn, and up where their host is not silent."""
        with self.store.answer() as db:
            ports = sorted(resource.key for resource, _ in self._held(db, "%", "port"))
            return tuple(
                self._location(db, port, position)
                for position, port in enumerate(ports)
                if port_ids is None or port in port_ids
            )

    def _host(self, db: sqlite3.Connection, name: str) -> HostProgress:
        delay = self.store.fault(db, "delay", name) or 0.0
        silent_since = self.store.fault(db, "silent", name)
        until = (time.time() if silent_since is None else silent_since) - delay
        cfg, at = db.execute(
            "SELECT max(cfg), max(at) FROM request WHERE at <= ?", (until,)
        ).fetchone()
        when = None if at is None else datetime.fromtimestamp(at + delay, UTC)
        return HostProgress(name=name, cfg=cfg or 0, at=when)

    def _location(self, db: sqlite3.Connection, port: str, position: int) -> PortLocation:
        if not self.config.hosts:
            return PortLocation(port_id=port, host="", up=False)
        host = self.config.hosts[position % len(self.config.hosts)]
        up = self.store.fault(db, "silent", host) is None
        return PortLocation(port_id=port, host=host, up=up)


def _resources(intent: FabricIntent) -> Iterator[Resource]:
    for network in intent.networks:
        fields = asdict(network)
        ports = fields.pop("ports")
        yield _resource("network", fields)
        for port in ports:
            yield _resource("port", {**port, "network": network.id})
    if intent.transit is not None:
        yield _resource("transit", {**asdict(intent.transit), "hosts": list(intent.transit.hosts)})


def _resource(kind: str, fields: dict[str, Json]) -> Resource:
    noun = Noun(kind, fields["id"], fields["name"])
    return Resource(kind=kind, key=fields["id"], attrs=fields, noun=noun)
