"""The web process dies in the middle of a request, which its sender then sends again."""

import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

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


def send_and_kill(
    stack: Stack, caller: Caller, body: dict[str, str], key: str, begun: Callable[[], object]
) -> None:
    """Post, and kill the web process as soon as `begun` holds; nobody is answered."""
    answers: list[Answer] = []

    def post() -> None:
        try:
            answers.append(caller.post("networks", body, key))
        except OSError:
            return

    thread = threading.Thread(target=post, daemon=True)
    thread.start()
    eventually(begun, within=BEGUN_WITHIN)
    hurt.kill(stack, "web")
    thread.join(10)
    assert not answers, answers[0].text


def again(caller: Caller, body: dict[str, str], key: str) -> Answer:
    """The same request, until somebody answers."""
    answers: list[Answer] = []

    def answered() -> bool:
        try:
            answers.append(caller.post("networks", body, key))
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


def test_killed_before_the_commit_it_is_done_by_the_second_request(
    stack: Stack, acme: Caller
) -> None:
    body = acme.new_network(f"cut-{secrets.token_hex(3)}")
    with held_up(stack, "acme"):
        send_and_kill(stack, acme, body, body["name"], lambda: truth.rows(stack, WAITING))
    answer = again(acme, body, body["name"])
    assert "Idempotent-Replayed" not in answer.headers
    done_once(stack, acme, body, answer)


def test_killed_after_the_commit_the_second_request_gets_the_first_answer(
    stack: Stack, acme: Caller
) -> None:
    """Between commit and answer it speaks to Redis, which hangs for as long as it takes."""
    body = acme.new_network(f"told-{secrets.token_hex(3)}")
    with hurt.paused(stack, "valkey"):
        send_and_kill(
            stack, acme, body, body["name"], lambda: truth.rows(stack, COMMITTED, body["name"])
        )
    answer = again(acme, body, body["name"])
    assert answer.headers["Idempotent-Replayed"] == "true"
    done_once(stack, acme, body, answer)
