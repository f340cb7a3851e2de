"""A worker that sleeps through its lease and wakes up: the device refuses its write."""

import signal
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

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
DEVICES = ("fabric", "router")
STOPS_WITHIN = 30.0  # seconds; a process of the product has to start
ENDS_WITHIN = 20.0  # seconds


@contextmanager
def late_worker(stack: Stack) -> Iterator[subprocess.Popen[str]]:
    """A worker of its own that has claimed Acme's scopes on both devices and holds a lock of
    Globex', and sleeps."""
    scopes = [scope_id for (scope_id,) in truth.rows(stack, SCOPES)]
    assert len(scopes) == len(DEVICES)
    code = f"from tests.faults.late import main; main('globex', *{scopes})"
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


def test_a_late_write_is_refused_by_the_device_and_a_lock_is_lost(
    stack: Stack, acme: Caller, globex: Caller
) -> None:
    with ExitStack() as sleeping:
        with hurt.paused(stack, "worker"):
            made = acme.add_network("late")
            worker = sleeping.enter_context(late_worker(stack))
        asked = sleeping.enter_context(ThreadPoolExecutor(1)).submit(globex.add_network, "locked")
        hurt.let_changes_age(stack)
        acme.wait_until_told(made, "Applying", "If it has died, another takes over")
        hurt.let_leases_end(stack)
        # Another worker brings the network up once the leases are over, and takes it down again:
        # what the sleeper is about to write would bring it back.
        acme.wait_until_done(made)
        acme.remove_networks("late")
        eventually(lambda: not truth.unsettled(stack), within=30)
        # Whoever wants what the sleeper has locked is answered before it wakes up.
        change = asked.result()
        worker.send_signal(signal.SIGCONT)
        said, _ = worker.communicate(timeout=ENDS_WITHIN)
        assert all(f"{device}: StaleTokenError" in said for device in DEVICES), said
        assert "lock: lost" in said
        assert "ended" in said
    globex.wait_until_done(change)
    globex.remove_networks("locked")
