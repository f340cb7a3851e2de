"""Workers that die while several customers' changes are on their way."""

import os
import random
import signal
import time

from tests.faults import hurt, truth
from tests.faults.caller import Caller
from tests.polling import eventually
from tests.stack import Stack

KILLS = int(os.environ.get("DEMARC_KILLS", "8"))
SEED = int(os.environ.get("DEMARC_SEED", "2026"))
# A kill that leaves a change alone tests nothing: it comes so long after somebody has begun.
LATEST = 0.25  # seconds
LEASED = "SELECT 1 FROM networking_scope WHERE leased_until > now()"
VERIFYING = "SELECT 1 FROM networking_scope WHERE fabric_id IS NOT NULL AND verified < applied"
# What the tests do not wait for: a dead worker's lease ends after 15 s.
TIME_PASSES = """
    UPDATE networking_scope SET leased_until = now() - interval '1 second'
    WHERE leased_until IS NOT NULL
"""


def test_workers_killed_at_random_moments_lose_and_repeat_nothing(
    stack: Stack, acme: Caller, globex: Caller
) -> None:
    before = truth.applied(stack)
    chance = random.Random(SEED)
    programs = [acme.program("killed"), globex.program("killed")]
    accepted: list[tuple[Caller, str]] = []
    for number in range(KILLS):
        for caller in programs:
            accepted.append((caller, caller.add_network(f"k-{number}")))
        eventually(lambda: truth.rows(stack, LEASED), within=30)
        time.sleep(chance.uniform(0, LATEST))
        hurt.send(hurt.whole(stack, "worker")[1:], signal.SIGKILL)
        truth.rows(stack, TIME_PASSES)
    hurt.kill(stack, "worker")
    for caller, change in accepted:
        caller.wait_until_done(change)
    twice = [one for one, times in (truth.applied(stack) - before).items() if times > 1]
    assert not twice, f"sent to a device again: {twice}"
    for caller in programs:
        caller.remove_networks("k-")


def test_a_killed_verifier_goes_on_with_its_question(
    stack: Stack, acme: Caller, globex: Caller
) -> None:
    with hurt.paused(stack, "verifier"):
        changes = [(who, who.add_network("unverified")) for who in (acme, globex)]
        for caller, change in changes:
            caller.wait_until_told(change, "Verifying")
        hurt.kill(stack, "verifier")
    for caller, change in changes:
        caller.wait_until_done(change)
        assert "enforced on 2 of 2 hosts" in caller.page_of(change)
        caller.remove_networks("unverified")
