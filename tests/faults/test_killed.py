"""Workers and verifiers that die while several customers' changes are on their way."""

import os
import random
import signal
import time
from contextlib import nullcontext

from tests.faults import hurt, truth
from tests.faults.caller import Caller
from tests.polling import eventually
from tests.stack import Stack

KILLS = int(os.environ.get("DEMARC_KILLS", "10"))
SEED = int(os.environ.get("DEMARC_SEED", "2026"))
# Of so many kills one is the verifier's and one that of the workers' parent; the others are those
# of single workers. The supervisor waits longer each time that it has to start a process anew.
ROUND = 20
PARENT, VERIFIER, WORKERS = "worker", "verifier", "children"
VICTIMS = {4: VERIFIER, 9: PARENT}
# A kill that leaves a change alone tests nothing: it comes so long after somebody has begun.
LATEST = 0.25  # seconds
KEPT = 5  # networks of each customer; older ones are removed meanwhile
LEASED = "SELECT 1 FROM networking_scope WHERE leased_until > now()"


def test_processes_killed_at_random_moments_lose_and_repeat_nothing(
    stack: Stack, acme: Caller, globex: Caller
) -> None:
    before = truth.applied(stack)
    chance = random.Random(SEED)
    programs = [acme.program("killed"), globex.program("killed")]
    accepted: list[tuple[Caller, str]] = []
    for number in range(KILLS):
        victim = VICTIMS.get(number % ROUND, WORKERS)
        with hurt.paused(stack, VERIFIER) if victim == VERIFIER else nullcontext():
            for caller in programs:
                accepted.append((caller, caller.add_network(f"k-{number:03d}")))
                caller.remove_networks(f"k-{number - KEPT:03d}")
            if victim == VERIFIER:
                nobody_sees_it(stack, acme, accepted[-2][1])
        strike(stack, victim, chance.uniform(0, LATEST))
        hurt.let_leases_end(stack)
    for caller, change in accepted:
        caller.wait_until_done(change)
    twice = [one for one, times in (truth.applied(stack) - before).items() if times > 1]
    assert not twice, f"sent to a device again: {twice}"
    for caller in programs:
        caller.remove_networks("k-")


def nobody_sees_it(stack: Stack, caller: Caller, change: str) -> None:
    """While there is no verifier, the change's page says so."""
    hurt.let_leases_end(stack)
    caller.wait_until_told(change, "Verifying")
    hurt.let_changes_age(stack)
    caller.wait_until_told(change, "Verifying", "Whether it is in force has not been seen yet")


def strike(stack: Stack, victim: str, moment: float) -> None:
    """Kill somebody, so many seconds after somebody has begun."""
    if victim != VERIFIER:
        eventually(lambda: truth.rows(stack, LEASED) or not truth.unsettled(stack), within=60)
    time.sleep(moment)
    if victim == WORKERS:
        hurt.send(hurt.whole(stack, "worker")[1:], signal.SIGKILL)
    else:
        hurt.kill(stack, victim)
