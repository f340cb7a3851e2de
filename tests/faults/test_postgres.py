"""PostgreSQL is started anew, or frozen, in the middle of requests and tasks; test_disk.py has it
crash."""

import secrets
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.faults import hurt, truth
from tests.faults.caller import ANSWER_WITHIN, Answer, Caller, next_prefix
from tests.faults.events import listening
from tests.polling import eventually
from tests.stack import Stack

RUN = secrets.token_hex(4)  # of the keys
BACK_WITHIN = 30.0  # seconds until every request succeeds again
AWAY = "database does not answer"
NETWORKS = 3  # of each customer
PACE = 0.1  # seconds between two rounds, so that no limit is met
WRITTEN = "SELECT name FROM networking_network WHERE name LIKE %s ORDER BY name"


@dataclass
class Traffic:
    """Requests one after another, reading and writing, until `stop`."""

    caller: Caller
    fault: str
    """How the networks' names begin."""
    answers: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    accepted: dict[str, str] = field(default_factory=dict)
    stop: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """A network is asked for again with its key until an answer tells its change."""
        number = 0
        body = self.caller.new_network(f"{self.fault}-0")
        while not self.stop.wait(PACE):
            self._tell(self.caller.get(f"/t/{self.caller.slug}/networks/"))
            made = self._tell(self.caller.post("networks", body, f"{RUN}-{body['name']}"))
            if made.status == 202:
                first = self.accepted.setdefault(body["name"], made.json["id"])
                if first != made.json["id"]:
                    self.wrong.append(f"{body['name']} was made twice")
                number += 1
                if number < NETWORKS:
                    body["name"] = f"{self.fault}-{number}"
                    body["ipv4_prefix"] = next_prefix()

    def _tell(self, answer: Answer) -> Answer:
        self.answers[answer.status] += 1
        known = answer.status in (200, 202)
        if not known and not (answer.status == 503 and AWAY in answer.words):
            self.wrong.append(f"{answer.status}: {answer.words[:200]}")
        return answer


@contextmanager
def traffic(fault: str, *callers: Caller) -> Iterator[list[Traffic]]:
    """Programs of these customers go on asking within the block. In the end each one's requests
    succeed again, what was accepted is done, and nothing else was written."""
    lines = [Traffic(one.program(fault), fault) for one in callers]
    threads = [threading.Thread(target=line.run, daemon=True) for line in lines]
    for thread in threads:
        thread.start()
    eventually(lambda: all(line.answers[200] >= 2 for line in lines), within=30)
    yield lines
    for line in lines:
        line.answers.clear()
    eventually(lambda: all(line.answers[202] for line in lines), within=BACK_WITHIN)
    for line in lines:
        line.stop.set()
    for thread in threads:
        thread.join(30)


def check_written(stack: Stack, lines: list[Traffic], fault: str) -> None:
    """Each network that was accepted is there once, its change done, and no other one is there."""
    for line in lines:
        assert not line.wrong, line.wrong
        for change in line.accepted.values():
            line.caller.wait_until_done(change)
    named = [name for (name,) in truth.rows(stack, WRITTEN, f"{fault}-%")]
    assert sorted(named) == sorted(name for line in lines for name in line.accepted)
    for line in lines:
        line.caller.remove_networks(f"{fault}-")


def test_a_restart_costs_a_503_in_words_and_no_change(
    stack: Stack, acme: Caller, globex: Caller
) -> None:
    with listening(acme) as page:
        with traffic("restarted", acme, globex) as lines:
            before = hurt.whole(stack, "postgres")[0]
            hurt.send([before], signal.SIGINT)
            eventually(lambda: stack.process("postgres") not in (None, before), within=60)
        assert not page.ended.is_set(), "the page's stream broke"
        hurt.let_leases_end(stack)
        change = acme.add_network("heard")
        eventually(lambda: page.heard_of(change), within=15)
    check_written(stack, lines, "restarted")
    acme.wait_until_done(change)
    acme.remove_networks("heard")


def test_a_frozen_one_costs_a_503_in_words_and_no_change(
    stack: Stack, acme: Caller, globex: Caller
) -> None:
    """Its connections stay, and nothing answers. No caller waits longer than `ANSWER_WITHIN`."""
    with traffic("frozen", acme, globex) as lines:
        with hurt.paused(stack, "postgres"):
            for line in lines:
                line.answers.clear()
            ready = acme.get("/health/ready")
            assert (ready.status, ready.json["status"]) == (503, "not ready")
            page = acme.get("/t/acme/networks/")
            assert (page.status, page.headers["Retry-After"]) == (503, "5")
            assert AWAY in page.words
            eventually(lambda: all(line.answers[503] for line in lines), within=ANSWER_WITHIN)
        hurt.let_leases_end(stack)
    check_written(stack, lines, "frozen")
