"""Workers that die while several customers' changes are on their way."""

import os
import random
import signal
import time

from tests.faults import hurt, truth
from tests.faults.caller import Caller
from tests.polling import eventually
from tests.stack import Stack

KILLS = int(os.environ.get("DEMARC_KILLS", "10"))
SEED = int(os.environ.get("DEMARC_SEED", "2026"))
# Of so many kills one is the verifier's and one that of the workers' parent; the others are those
# of single workers. The supervisor waits longer each time that it has to start a process anew.
ROUND, VERIFIER, PARENT = 20, 4, 9
# A kill that leaves a change alone tests nothing: it comes so long after somebody has begun.
LATEST = 0.25  # seconds
KEPT = 5  # networks of each customer; older ones are removed meanwhile
BEGUN_WITHIN = 60.0  # seconds
LEASED = "SELECT 1 FROM networking_scope WHERE leased_until > now()"
VERIFYING = "SELECT 1 FROM networking_scope WHERE fabric_id IS NOT NULL AND verified < applied"


def test_processes_killed_at_random_moments_lose_and_repeat_nothing(
    stack: Stack, acme: Caller, globex: Caller
) -> None:
    before = truth.applied(stack)
    chance = random.Random(SEED)
    programs = [acme.program("killed"), globex.program("killed")]
    accepted: list[tuple[Caller, str]] = []
    for number in range(KILLS):
        for caller in programs:
            accepted.append((caller, caller.add_network(f"k-{number:03d}")))
            caller.remove_networks(f"k-{number - KEPT:03d}")
        strike(stack, number, chance)
        hurt.let_leases_end(stack)
    for caller, change in accepted:
        caller.wait_until_done(change)
    twice = [one for one, times in (truth.applied(stack) - before).items() if times > 1]
    assert not twice, f"sent to a device again: {twice}"
    for caller in programs:
        caller.remove_networks("k-")


def strike(stack: Stack, number: int, chance: random.Random) -> None:
    """Kill somebody who is at work."""
    moment = chance.uniform(0, LATEST)
    if number % ROUND == VERIFIER:
        with hurt.paused(stack, "verifier"):
            eventually(lambda: truth.rows(stack, VERIFYING), within=BEGUN_WITHIN)
        time.sleep(moment)
        hurt.kill(stack, "verifier")
        return
    eventually(lambda: truth.rows(stack, LEASED), within=BEGUN_WITHIN)
    time.sleep(moment)
    parent, *workers = hurt.whole(stack, "worker")
    hurt.send([parent, *workers] if number % ROUND == PARENT else workers, signal.SIGKILL)


def test_a_killed_verifier_goes_on_with_its_question(
    stack: Stack, acme: Caller, globex: Caller
) -> None:
    with hurt.paused(stack, "verifier"):
        changes = [(who, who.add_network("unverified")) for who in (acme, globex)]
        for caller, change in changes:
            caller.wait_until_told(change, "Verifying")
        hurt.let_changes_age(stack)
        for caller, change in changes:
            caller.wait_until_told(change, "Whether it is in force has not been seen yet")
        hurt.kill(stack, "verifier")
    for caller, change in changes:
        caller.wait_until_done(change)
        assert "enforced on 2 of 2 hosts" in caller.page_of(change)
        caller.remove_networks("unverified")
