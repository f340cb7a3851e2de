"""Sees to it that a router's sites are sent what they should be, and nothing else."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from django.utils import timezone

from networking.backends.base import BackendError, RouterBackend, Session
from networking.engine.verdicts import SiteSighting
from networking.engine.words import listing
from networking.intent import RouterIntent, Site

PATIENCE = 5.0  # seconds for a session that is up to carry the prefixes
INTERVAL = 0.05  # seconds between two readings


@dataclass(frozen=True, slots=True)
class Watched:
    """What became of each site, and the sessions as they were last read."""

    sites: tuple[SiteSighting, ...]
    sessions: tuple[Session, ...]


def watch(
    router: RouterBackend, intent: RouterIntent, before: Mapping[str, frozenset[str]]
) -> Watched:
    """Wait until each site is sent exactly what the intent says, or has a session that is down.

    `before` is what each site was sent before the intent was applied, by the site's id. Raises
    BackendError when a session that is up does not follow in time.
    """
    routes = frozenset(route.prefix for route in intent.routes)
    seen: dict[str, SiteSighting] = {}
    deadline = time.monotonic() + PATIENCE
    while True:
        sessions = _sessions(router, intent.vrf)
        at = timezone.now()
        late = ""
        for site in intent.sites:
            if site.id in seen:
                continue
            if wrong := _difference(site, sessions, routes):
                late = late or wrong
            else:
                down = _down(site, sessions)
                # What was sent over a session that broke since is gone already (RFC 4271, 8.2.2).
                held = frozenset[str]() if down else before.get(site.id, frozenset())
                seen[site.id] = SiteSighting(site, at, held, down)
        if not late:
            return Watched(tuple(seen.values()), tuple(sessions.values()))
        if time.monotonic() > deadline:
            raise BackendError(f"After {PATIENCE:.0f} s {late}.", retry=True)
        time.sleep(INTERVAL)


def _sessions(router: RouterBackend, vrf: str) -> dict[str, Session]:
    return {session.neighbour: session for session in router.sessions([vrf]).get(vrf, ())}


def _difference(site: Site, sessions: Mapping[str, Session], routes: frozenset[str]) -> str:
    """In words what a session that is up does not carry or carries beyond; empty if all is well.

    A prefix without a route, for want of a next hop in its family, cannot be sent.
    """
    for neighbour in site.neighbours:
        session = sessions.get(neighbour)
        if session is None or not session.established:
            continue
        wanted = set(_of_family(site.advertised, neighbour)) & routes
        sent = set(session.sent)
        if missing := sorted(wanted - sent):
            return f"{site.name} has not been sent {listing(missing, 'prefixes')}"
        if extra := sorted(sent - wanted):
            return f"{site.name} is still sent {listing(extra, 'prefixes')}"
    return ""


def _down(site: Site, sessions: Mapping[str, Session]) -> Session | None:
    states = [sessions.get(neighbour) or _unknown(neighbour) for neighbour in site.neighbours]
    return next((session for session in states if not session.established), None)


def _unknown(neighbour: str) -> Session:
    """A router that has only just been told of a neighbour may not list it yet (RFC 4271, Idle)."""
    return Session(neighbour, "Idle", None, (), ())


def _of_family(prefixes: Sequence[str], neighbour: str) -> list[str]:
    version = ip_address(neighbour).version
    return [prefix for prefix in prefixes if ip_network(prefix).version == version]
