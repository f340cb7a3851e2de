"""A simulated router: sessions to all sites come up at once."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import ip_network

from networking.backends.base import Session
from networking.backends.simulator.device import SimulatedDevice
from networking.intent import RouterIntent
from networking.planning import Resource, outline

_Held = list[tuple[Resource, float]]


class SimulatedRouter(SimulatedDevice):
    """Routes and sites, one resource each."""

    device = "router"

    def render(self, intent: RouterIntent) -> tuple[Resource, ...]:
        """One resource a noun, each with its VRF."""
        return tuple(
            replace(resource, attrs={**resource.attrs, "vrf": intent.vrf})
            for resource in outline(intent)
        )

    def sessions(self, vrfs: Sequence[str]) -> dict[str, tuple[Session, ...]]:
        """A site announces all that is accepted of it, and is sent what it should and there is."""
        with self.store.answer() as db:
            held = list(self._held(db, "%"))
            return {vrf: tuple(self._of_vrf(db, held, vrf)) for vrf in vrfs}

    def _of_vrf(self, db: sqlite3.Connection, held: _Held, vrf: str) -> Iterator[Session]:
        inside = [(resource, since) for resource, since in held if resource.attrs["vrf"] == vrf]
        sites = [(resource, since) for resource, since in inside if resource.kind == "site"]
        routes = {r.attrs["prefix"] for r, _ in inside if r.kind == "route"}
        for site, since in sites:
            others = {p for other, _ in sites if other != site for p in other.attrs["accepted"]}
            sent = [prefix for prefix in site.attrs["advertised"] if prefix in routes | others]
            for neighbour in site.attrs["neighbours"]:
                down = self.store.fault(db, "session_down", neighbour)
                if down is None:
                    yield Session(
                        neighbour=neighbour,
                        state="Established",
                        since=datetime.fromtimestamp(since, UTC),
                        received=_family(site.attrs["accepted"], neighbour),
                        sent=_family(sent, neighbour),
                    )
                else:
                    when = datetime.fromtimestamp(down, UTC)
                    yield Session(neighbour, "Active", when, (), (), "Hold Timer Expired")


def _family(prefixes: Sequence[str], neighbour: str) -> tuple[str, ...]:
    version = ip_network(neighbour).version
    return tuple(prefix for prefix in prefixes if ip_network(prefix).version == version)
