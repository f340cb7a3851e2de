"""Watches the northbound database for stamped ports and keeps a machine for each."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lab.errors import LabError
from lab.machine import Machines, Port
from lab.ovsdb import Connection, columns_map, columns_set

_TABLE = "Logical_Switch_Port"
_COLUMNS = ["name", "addresses", "external_ids"]
_PAUSE = 0.3  # seconds before a lost database is tried again
_LOOK_UP = 0.5  # seconds after which a silent monitor looks whether to stop


def wanted_port(row: dict[str, Any]) -> Port | None:
    """The port that a northbound row asks a machine for, or None.

    The stamp is ``external_ids:demarc-noun=port``; the MAC is the first word of ``addresses``
    (man 5 ovn-nb, Logical_Switch_Port).
    """
    stamps = columns_map(row["external_ids"])
    if stamps.get("demarc-noun") != "port":
        return None
    addresses = columns_set(row["addresses"])
    first = addresses[0].split() if addresses else []
    if not first or first[0].count(":") != 5:
        return None
    return Port(
        logical=row["name"],
        mac=first[0].lower(),
        tenant=stamps.get("demarc-tenant-slug", ""),
        name=stamps.get("demarc-name", ""),
    )


class Watch:
    """A thread that follows the ports."""

    def __init__(self, socket: Path, machines: Machines, say: Callable[[str], None]) -> None:
        self._socket = socket
        self._machines = machines
        self._say = say
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)
        self._wanted: dict[str, Port] = {}
        self._trouble = ""

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """End the watch; the machines stay."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                with Connection(self._socket, timeout=_LOOK_UP) as connection:
                    self._follow(connection)
            except (LabError, OSError) as error:
                self._report(str(error))
            self._stop.wait(_PAUSE)

    def _follow(self, connection: Connection) -> None:
        self._wanted = {}
        updates = connection.monitor("OVN_Northbound", _TABLE, _COLUMNS, self._stop.is_set)
        for update in updates:
            for uuid, change in update.items():
                port = wanted_port(change["new"]) if "new" in change else None
                if port:
                    self._wanted[uuid] = port
                else:
                    self._wanted.pop(uuid, None)
            self._settle()
            self._trouble = ""

    def _report(self, trouble: str) -> None:
        """Say what keeps the watch from its work, once for each new trouble."""
        if trouble != self._trouble:
            self._say(f"watch: {trouble}")
        self._trouble = trouble

    def _settle(self) -> None:
        """Plug what is wanted and missing, unplug what is there and not wanted."""
        wanted = {port.logical: port for port in self._wanted.values()}
        for machine in self._machines.all():
            port = wanted.get(machine.logical)
            if port is None or port.mac != machine.mac:
                self._machines.unplug(machine.logical)
                self._say(f"{machine.name} ({machine.tenant}) unplugged from {machine.host}")
        present = {machine.logical for machine in self._machines.all()}
        for logical, port in wanted.items():
            if logical not in present:
                machine = self._machines.plug(port)
                self._say(f"{machine.name} ({machine.tenant}) plugged into {machine.host}")
