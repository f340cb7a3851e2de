"""A simulated router: sessions to all sites come up at once."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from ipaddress import ip_network

from networking.backends.base import Session
from networking.backends.simulator.device import SimulatedDevice
from networking.intent import RouterIntent
from networking.planning import Json, Noun, Resource

_Held = list[tuple[Resource, float]]


class SimulatedRouter(SimulatedDevice):
    """Routes and sites, one resource each."""

    order: Sequence[str] = ("site", "route")
    device = "router"

    def render(self, intent: RouterIntent) -> tuple[Resource, ...]:
        """Each noun as its own fields, with its VRF."""
        return (
            *(
                Resource(
                    kind="route",
                    key=f"{route.prefix} {route.next_hop}",
                    attrs={"vrf": intent.vrf, "prefix": route.prefix, "next_hop": route.next_hop},
                    noun=Noun("network", route.network_id, route.network_name),
                )
                for route in intent.routes
            ),
            *(
                Resource(
                    kind="site",
                    key=site.id,
                    attrs={"vrf": intent.vrf, **_listed(asdict(site))},
                    noun=Noun("site", site.id, site.name),
                )
                for site in intent.sites
            ),
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
            for neighbour in site.attrs["neighbours"]:
                down = self.store.fault(db, "session_down", neighbour)
                yield Session(
                    neighbour=neighbour,
                    state="Established" if down is None else "Active",
                    since=datetime.fromtimestamp(since if down is None else down, UTC),
                    received=_family(site.attrs["accepted"], neighbour) if down is None else (),
                    sent=_family(
                        [p for p in site.attrs["advertised"] if p in routes | others], neighbour
                    )
                    if down is None
                    else (),
                    reason="" if down is None else "Hold Timer Expired",
                )


def _listed(fields: dict[str, Json]) -> dict[str, Json]:
    return {name: list(v) if isinstance(v, tuple) else v for name, v in fields.items()}


def _family(prefixes: Sequence[str], neighbour: str) -> tuple[str, ...]:
    version = ip_network(neighbour).version
    return tuple(prefix for prefix in prefixes if ip_network(prefix).version == version)
