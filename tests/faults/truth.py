"""What has to be true after every fault, asked of the database, the logs and the devices."""

import json
import re
import subprocess
from collections import Counter
from typing import Any

import psycopg

from tests.faults.equal import END
from tests.polling import eventually
from tests.stack import CHECKOUT, Stack

QUIET_WITHIN = 90.0  # seconds; retries have to come round
ENDS_WITHIN = 10.0  # seconds
OPEN = "SELECT summary, state, reason FROM networking_change WHERE state NOT IN %s"
SCOPES = """
    SELECT id FROM networking_scope
    WHERE wanted > 0 AND (fabric_id IS NOT NULL OR vrf <> '')
      AND (applied <> wanted OR verified <> wanted OR leased_until IS NOT NULL OR blocked)
"""
# The audit trail has one act for each change: of its subject, by the same request.
UNTOLD = """
    SELECT change.summary FROM networking_change AS change
    WHERE change.request_id <> '' AND (
        SELECT count(*) FROM tenants_auditevent AS event
        WHERE event.tenant_id = change.tenant_id AND event.subject_id = change.subject_id
          AND event.request_id = change.request_id
    ) <> 1
"""
SETTLED = "('done', 'superseded')"


def rows(stack: Stack, query: str, *values: Any) -> list[tuple[Any, ...]]:
    """What the stack's database says, to an administrator."""
    with psycopg.connect(stack.servers["DATABASE_ADMIN_URL"], autocommit=True) as database:
        cursor = database.execute(query, values)
        return cursor.fetchall() if cursor.description else []


def unsettled(stack: Stack) -> list[tuple[Any, ...]]:
    """The changes that are still on their way."""
    return rows(stack, OPEN.replace("%s", SETTLED))


def check_changes(stack: Stack, within: float = QUIET_WITHIN) -> None:
    """No change is lost, every act is in the audit trail, and nothing waits, is leased or
    blocked."""
    try:
        eventually(lambda: not unsettled(stack) and not rows(stack, SCOPES), within=within)
    except AssertionError:
        raise AssertionError((unsettled(stack), rows(stack, SCOPES))) from None
    assert rows(stack, UNTOLD) == []


class Devices:
    """Compares what devices hold with what is wanted, in a process of the product's."""

    def __init__(self, stack: Stack) -> None:
        code = "from tests.faults.equal import serve; serve()"
        self._process = subprocess.Popen(
            [str(CHECKOUT / ".venv/bin/python"), "manage.py", "shell", "-v", "0", "-c", code],
            cwd=CHECKOUT,
            env=stack.environment | stack.servers,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def check(self, within: float = QUIET_WITHIN) -> None:
        """Every device holds what is wanted, and no more of ours. What a restarted one has
        forgotten is put back by a sweep, so it may be asked for some time."""
        said: list[str] = []
        try:
            eventually(lambda: self._equal(said), within=within, pause=1.0)
        except AssertionError:
            raise AssertionError(said) from None

    def close(self) -> None:
        """End the process."""
        self._process.communicate(timeout=ENDS_WITHIN)

    def _equal(self, said: list[str]) -> bool:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        said[:] = iter(self._process.stdout.readline, f"{END}\n")
        assert re.fullmatch(r"compared: [1-9]\d*\n", said[-1]), said
        return len(said) == 1


def applied(stack: Stack) -> Counter[tuple[str, int]]:
    """How often workers have told of a plan that a device took, by scope and generation."""
    lines = (stack.state / "logs" / "worker.log").read_text(errors="replace").splitlines()
    told = [json.loads(line) for line in lines if '"message": "applied"' in line]
    return Counter((one["scope"], one["generation"]) for one in told)
