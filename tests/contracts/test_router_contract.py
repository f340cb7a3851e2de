"""What the engine may rely on, of every router."""

import time

from tests.contracts.device import Customer, Device
from tests.contracts.test_contract import carry

WITHIN = 15
"""Seconds in which a session comes up."""


def test_a_session_exchanges_what_the_intent_says(router: Device, acme: Customer) -> None:
    site, vrf = acme.first.sites[0], acme.scope.vrf
    with router.open() as backend:
        carry(backend, acme, acme.first)
        deadline = time.monotonic() + WITHIN
        sessions = backend.sessions([vrf])[vrf]
        while not all(session.received and session.sent for session in sessions):
            assert time.monotonic() < deadline, sessions
            sessions = backend.sessions([vrf])[vrf]
        assert {session.neighbour for session in sessions} == set(site.neighbours)
        assert all(session.established and session.since for session in sessions)
        assert {prefix for session in sessions for prefix in session.sent} <= set(site.advertised)
        assert {p for session in sessions for p in session.received} <= set(site.accepted)


def test_a_vrf_without_sessions_has_none(router: Device, acme: Customer) -> None:
    with router.open() as backend:
        assert backend.sessions(["c09", "nowhere"]) == {"c09": (), "nowhere": ()}
        assert backend.sessions([]) == {}
