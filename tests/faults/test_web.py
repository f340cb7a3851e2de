"""The web process dies in the middle of a request, which its sender then sends again."""

import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import psycopg

from tests.faults import hurt, truth
from tests.faults.caller import Answer, Caller
from tests.polling import eventually
from tests.stack import Stack

COMMITTED = "SELECT 1 FROM networking_network WHERE name = %s"
WAITING = """
    SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()
"""
LOCK = """
    SELECT 1 FROM networking_generation AS generation
    JOIN tenants_tenant AS tenant ON tenant.id = generation.tenant_id
    WHERE tenant.slug = %s FOR UPDATE OF generation
"""
BEGUN_WITHIN = 20.0  # seconds
SERVES_WITHIN = 60.0  # seconds


@contextmanager
def asked(caller: Caller, body: dict[str, str], begun: Callable[[], object]) -> Iterator[None]:
    """Somebody asks for a network, with its name as the key; in the block `begun` holds, and after
    it nobody was answered."""
    answers: list[Answer] = []

    def post() -> None:
        with suppress(OSError):
            answers.append(caller.post("networks", body, body["name"]))

    thread = threading.Thread(target=post, daemon=True)
    thread.start()
    eventually(begun, within=BEGUN_WITHIN)
    yield
    thread.join(10)
    assert not answers, answers[0].text


def again(caller: Caller, body: dict[str, str]) -> Answer:
    """The same request, until somebody answers."""
    answers: list[Answer] = []

    def answered() -> bool:
        try:
            answers.append(caller.post("networks", body, body["name"]))
        except OSError:
            return False
        return True

    eventually(answered, within=SERVES_WITHIN)
    return answers[-1]


@contextmanager
def held_up(stack: Stack, slug: str) -> Iterator[None]:
    """Whoever changes something of the customer waits for the end of the block."""
    with psycopg.connect(stack.servers["DATABASE_ADMIN_URL"]) as database:
        database.execute(LOCK, (slug,))
        yield


def done_once(stack: Stack, caller: Caller, body: dict[str, str], answer: Answer) -> None:
    """The change is the only one of its network, and arrives."""
    assert answer.status == 202, answer.text
    caller.wait_until_done(answer.json["id"])
    changes = "SELECT id::text FROM networking_change WHERE subject_name = %s AND verb = 'create'"
    assert truth.rows(stack, changes, body["name"]) == [(answer.json["id"],)]
    caller.remove_networks(body["name"])


def test_a_request_that_is_cut_off_is_done_once(stack: Stack, acme: Caller, globex: Caller) -> None:
    """One before its commit, and one between its commit and its answer: it speaks to Redis then,
    which hangs for as long as it takes."""
    cut, told = (one.new_network(f"cut-{secrets.token_hex(3)}") for one in (acme, globex))
    with (
        held_up(stack, "acme"),
        asked(acme, cut, lambda: truth.rows(stack, WAITING)),
        hurt.paused(stack, "valkey"),
        asked(globex, told, lambda: truth.rows(stack, COMMITTED, told["name"])),
    ):
        hurt.kill(stack, "web")
    second = again(acme, cut)
    assert "Idempotent-Replayed" not in second.headers
    replayed = again(globex, told)
    assert replayed.headers["Idempotent-Replayed"] == "true"
    done_once(stack, acme, cut, second)
    done_once(stack, globex, told, replayed)
