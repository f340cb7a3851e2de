"""``manage.py verifier``: asks the hosts of every fabric what they enforce."""

import signal
import threading
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand
from django.db import Error, connection

from networking.engine import devices
from networking.engine.verifier import FabricVerifier

RESCAN = 5.0  # seconds until a new fabric gets its verifier


class Command(BaseCommand):
    """One thread a fabric; ends on SIGTERM and SIGINT."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until a signal comes; what was asked for is kept in the database."""
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        threads: dict[UUID, threading.Thread] = {}
        self.stdout.write("verifier: running")
        while not stop.is_set():
            for fabric_id in self._fabrics():
                if fabric_id not in threads or not threads[fabric_id].is_alive():
                    threads[fabric_id] = _start(fabric_id, stop)
            stop.wait(RESCAN)
        for thread in threads.values():
            thread.join()

    def _fabrics(self) -> list[UUID]:
        try:
            return devices.fabric_ids()
        except Error as error:
            self.stderr.write(f"verifier: the database is away: {error}")
            connection.close()
            return []


def _start(fabric_id: UUID, stop: threading.Event) -> threading.Thread:
    verifier = FabricVerifier(fabric_id)
    thread = threading.Thread(target=verifier.run, args=(stop,), name=f"verifier-{fabric_id}")
    thread.start()
    return thread
