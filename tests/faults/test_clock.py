"""The clock by which leases, retries and sweeps go is put forward and back by an hour."""

from tests.faults import beat, truth
from tests.faults.caller import Caller
from tests.faults.conftest import person
from tests.faults.parts import broken
from tests.faults.place import Clock
from tests.polling import eventually
from tests.stack import Stack

HOUR = 3600  # seconds
WITHIN = 30.0  # seconds
SWEPT = "SELECT count(*) FROM networking_scope WHERE abs(extract(epoch FROM now() - swept_at)) < 60"
AT_REST = "SELECT count(*) FROM networking_scope WHERE wanted > 0 AND verified = wanted"


def test_leases_retries_sweeps_and_sign_ins_go_on(stack: Stack, acme: Caller, clock: Clock) -> None:
    said = ("Waiting", "pe1: The router cannot be reached")
    with broken(stack, ("router", "pe1")):
        waiting = acme.add_network("stepped-0")
        acme.wait_until_told(waiting, *said)
        clock.put(HOUR)
        acme.wait_until_told(waiting, *said)
        globex = person(stack, "admin@globex.example", "globex")
        assert globex.add_network("stepped-1")
        # What is leased and put off now seems to last for more than an hour.
        clock.put(0)
        acme.wait_until_told(waiting, *said)
    acme.wait_until_done(waiting, within=WITHIN)
    globex = person(stack, "admin@globex.example", "globex")
    globex.wait_until_done(globex.add_network("stepped-2"), within=WITHIN)
    for caller in (acme, globex):
        caller.remove_networks("stepped-")
    eventually(lambda: not truth.unsettled(stack), within=WITHIN)
    beat.send(stack, beat.DRIFT)
    eventually(lambda: truth.rows(stack, SWEPT) == truth.rows(stack, AT_REST), within=WITHIN)
