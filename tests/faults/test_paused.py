"""A worker that sleeps through its lease and wakes up: the device refuses its write."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from cli.identity import identify
from tests.faults import hurt, truth
from tests.faults.caller import Caller
from tests.polling import eventually
from tests.stack import CHECKOUT, Stack

SCOPE = """
    SELECT scope.id::text FROM networking_scope AS scope
    JOIN tenants_tenant AS tenant ON tenant.id = scope.tenant_id
    WHERE tenant.slug = 'acme' AND scope.wanted > 0 AND {} IS NOT NULL
"""
DEVICES = ("fabric", "router")
STOPS_WITHIN = 30.0  # seconds; a process of the product has to start
ENDS_WITHIN = 20.0  # seconds


@contextmanager
def late_worker(stack: Stack, device: str) -> Iterator[subprocess.Popen[str]]:
    """A worker of its own that claims Acme's scope on a `device`, and sleeps."""
    ((scope_id,),) = truth.rows(stack, SCOPE.format(f"scope.{device}_id"))
    code = f"from tests.faults.late import main; main('{scope_id}')"
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
            yield process
        finally:
            hurt.send([worker], signal.SIGKILL)


def stopped(pid: int) -> bool:
    """Whether the process is paused by a signal (proc(5))."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


def test_a_late_write_is_refused_by_the_device(stack: Stack, acme: Caller) -> None:
    with ExitStack() as sleeping:
        with hurt.paused(stack, "worker"):
            made = acme.add_network("late")
            workers = [sleeping.enter_context(late_worker(stack, device)) for device in DEVICES]
            for worker in workers:
                eventually(lambda pid=worker.pid: stopped(pid), within=STOPS_WITHIN)
        hurt.let_changes_age(stack)
        acme.wait_until_told(made, "Applying", "If it has died, another takes over")
        hurt.let_leases_end(stack)
        # Another worker brings the network up once the leases are over, and takes it down again:
        # what the sleepers are about to write would bring it back.
        acme.wait_until_done(made)
        acme.remove_networks("late")
        eventually(lambda: not truth.unsettled(stack), within=30)
        for worker in workers:
            worker.send_signal(signal.SIGCONT)
        for device, worker in zip(DEVICES, workers, strict=True):
            said, _ = worker.communicate(timeout=ENDS_WITHIN)
            assert "StaleTokenError" in said, (device, said)
            assert "ended" in said, (device, said)
    assert not truth.unsettled(stack)
