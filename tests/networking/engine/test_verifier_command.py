"""`manage.py verifier` as a process: it serves, and a signal ends it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import environ
from django.db import connection

from networking.engine.reconcile import reconcile
from networking.models import Change
from tests.networking.engine.acts import Acts, fresh, scope

ROOT = Path(__file__).parents[3]


def test_it_serves_until_it_is_told_to_stop(acts: Acts) -> None:
    change = acts.add_network()
    for device in ("lab", "pe1"):
        reconcile(scope(device).pk)
    process = subprocess.Popen(
        [sys.executable, "manage.py", "verifier", "--skip-checks"],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": url_of_test_database()},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout.readline() == "verifier: running\n"
        deadline = time.monotonic() + 20
        while fresh(change).state != Change.State.DONE:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    finally:
        process.kill()
        process.wait()


def url_of_test_database() -> str:
    """Where this test's rows are, as the login role."""
    name = connection.settings_dict["NAME"]
    head, _, _ = environ.Env().str("DATABASE_URL").partition("?")
    return f"{head.rpartition('/')[0]}/{name}"
