"""The disk of the embedded database is full, and has room again."""

import secrets

import psycopg
import pytest

from tests.faults import hurt, truth
from tests.faults.caller import Answer, Caller
from tests.faults.place import Disk
from tests.polling import eventually
from tests.stack import Stack

RUN = secrets.token_hex(4)  # of the keys
MOST = 50  # networks until a table has to grow: the first or second one does
BACK_WITHIN = 60.0  # seconds; the supervisor waits longer the more often a server has ended
READY = "/health/ready"
FULL = ("The portal's database has no room left.", "Nothing was changed.")
MADE = "SELECT name FROM networking_network WHERE name LIKE 'full-%%' ORDER BY name"
# A new segment of the log is to be made: the server cannot go on without, and dies (PANIC).
NEW_SEGMENT = "SELECT pg_logical_emit_message(false, 'full', 'x'), pg_switch_wal()"


def ask(caller: Caller, body: dict[str, str]) -> Answer:
    """For a network, with the key that belongs to it."""
    return caller.post("networks", body, f"{RUN}-{body['name']}")


def fill_log(stack: Stack) -> None:
    """Until the server cannot go on. Raises psycopg.OperationalError."""
    for _ in range(MOST):
        truth.rows(stack, NEW_SEGMENT)


def test_without_room_nothing_is_half_done_and_all_goes_on_afterwards(
    stack: Stack, acme: Caller, globex: Caller, disk: Disk
) -> None:
    under_way = globex.add_network("full-before")
    accepted: dict[str, str] = {}
    with disk.full():
        bodies = (acme.new_network(f"full-{number}") for number in range(MOST))
        for refused in bodies:
            answer = ask(acme, refused)
            if answer.status != 202:
                break
            accepted[refused["name"]] = answer.json["id"]
        assert answer.status == 503, answer.text
        assert answer.headers["Retry-After"]
        assert all(words in answer.json["title"] for words in FULL)
        # What is there can be read.
        assert acme.get("/t/acme/changes/").status == 200
        ready = acme.get(READY)
        assert (ready.status, ready.json["checks"]["database"]) == (503, "full")
        with pytest.raises(psycopg.OperationalError):
            fill_log(stack)
    eventually(lambda: acme.get(READY).status == 200, within=BACK_WITHIN)
    hurt.let_leases_end(stack)
    globex.wait_until_done(under_way)
    again = ask(acme, refused)
    assert again.status == 202, again.text
    accepted[refused["name"]] = again.json["id"]
    for change in accepted.values():
        acme.wait_until_done(change)
    made = [name for (name,) in truth.rows(stack, MADE)]
    assert made == sorted([*accepted, "full-before"])
    acme.remove_networks("full-")
    globex.remove_networks("full-")
