"""A worker that sleeps through its lease and wakes up: the device refuses its write, and the
database has given its locks away."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import psycopg
import pytest

from cli.identity import Identity, identify
from tests.faults import hurt, truth
from tests.faults.caller import Caller
from tests.polling import eventually
from tests.stack import CHECKOUT, Stack

SCOPES = """
    SELECT scope.id::text FROM networking_scope AS scope
    JOIN tenants_tenant AS tenant ON tenant.id = scope.tenant_id
    WHERE tenant.slug = 'acme' AND scope.wanted > 0
"""
LOCK = """
    SELECT generation.number FROM networking_generation AS generation
    JOIN tenants_tenant AS tenant ON tenant.id = generation.tenant_id
    WHERE tenant.slug = %s FOR UPDATE OF generation
"""
PATIENCE = "idle_in_transaction_session_timeout"
DEVICES = ("fabric", "router")
STOPS_WITHIN = 30.0  # seconds; a process of the product has to start
ENDS_WITHIN = 20.0  # seconds


@contextmanager
def late_worker(stack: Stack) -> Iterator[subprocess.Popen[str]]:
    """A worker of its own that has claimed Acme's scopes on both devices, and sleeps."""
    scopes = [scope_id for (scope_id,) in truth.rows(stack, SCOPES)]
    assert len(scopes) == len(DEVICES)
    code = f"from tests.faults.late import main; main(*{scopes})"
    with subprocess.Popen(
        [str(CHECKOUT / ".venv/bin/python"), "manage.py", "shell", "-v", "0", "-c", code],
        cwd=CHECKOUT,
        env=stack.environment | stack.servers,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        worker = identify(process.pid)
        assert worker is not None
        try:
            eventually(lambda: stopped(worker), within=STOPS_WITHIN)
            yield process
        finally:
            hurt.send([worker], signal.SIGKILL)


def stopped(process: Identity) -> bool:
    """Whether it is paused by a signal (proc(5))."""
    return Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


def test_a_late_write_is_refused_by_the_device(stack: Stack, acme: Caller) -> None:
    with ExitStack() as sleeping:
        with hurt.paused(stack, "worker"):
            made = acme.add_network("late")
            worker = sleeping.enter_context(late_worker(stack))
        hurt.let_changes_age(stack)
        acme.wait_until_told(made, "Applying", "If it has died, another takes over")
        hurt.let_leases_end(stack)
        # Another worker brings the network up once the leases are over, and takes it down again:
        # what the sleeper is about to write would bring it back.
        acme.wait_until_done(made)
        acme.remove_networks("late")
        eventually(lambda: not truth.unsettled(stack), within=30)
        worker.send_signal(signal.SIGCONT)
        said, _ = worker.communicate(timeout=ENDS_WITHIN)
        assert all(f"{device}: StaleTokenError" in said for device in DEVICES), said
        assert "ended" in said


def test_who_is_paused_in_a_transaction_loses_it(stack: Stack, globex: Caller) -> None:
    """For the database it is a session that says nothing."""
    with closing(psycopg.connect(stack.servers["DATABASE_URL"])) as sleeper:
        assert sleeper.execute(f"SHOW {PATIENCE}").fetchone() == ("15s",)
        sleeper.execute(f"SET {PATIENCE} = '2s'")  # the tests do not wait for that
        sleeper.execute("SET ROLE demarc_worker")
        assert sleeper.execute(LOCK, ["globex"]).fetchall()
        change = globex.add_network("locked")  # waits for the lock
        with pytest.raises(psycopg.errors.IdleInTransactionSessionTimeout):
            sleeper.execute("SELECT 1")
    globex.wait_until_done(change)
    globex.remove_networks("locked")
