"""The lab as a whole: start it, stop it, break parts of it and heal them."""

import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from lab import cabling, inside, inventory, netns
from lab.central import PARTS as CENTRAL_PARTS
from lab.central import Central
from lab.errors import LabError
from lab.host import Host
from lab.machine import Machine, Machines, Port
from lab.place import RUNTIME_ROOT, Place
from lab.process import Daemons
from lab.router import Router
from lab.site import Site
from lab.topology import DEMO, Topology
from lab.wan import Wan
from lab.watch import Watch

Thing = TypeVar("Thing")

FAULTS = (
    "host", "switch", "controller", "router", "site", "northbound", "southbound", "northd",
)  # fmt: skip


class Lab:
    """One provider network in namespaces.

    ``name`` keys everything that it makes on this machine; ``state`` is the folder for what
    outlives it. ``say`` gets a line of progress at a time.
    """

    def __init__(
        self,
        name: str,
        state: Path,
        *,
        plan: Topology = DEMO,
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.place = Place(name, state.resolve())
        self.plan = plan
        self._say = say
        self._lock: socket.socket | None = None
        self._changing = threading.RLock()
        self.daemons = Daemons(self.place.runtime / "processes", self.place.logs)
        self.central = Central(self.place, self.daemons)
        self.hosts = [
            Host(self.place, self.daemons, host, self.central.southbound) for host in plan.hosts
        ]
        self.wan = Wan(self.place, self.daemons, plan)
        self.router = Router(self.place, self.daemons, plan)
        self.sites = [
            Site(self.place, self.daemons, site, plan.circuit(site), plan.router.asn)
            for site in plan.sites
        ]
        self._machines = Machines(self.place, self.daemons, self.hosts)
        self._watch = Watch(self.central.northbound_socket, self._machines, say)

    def start(self) -> dict[str, Any]:
        """Start everything and return the inventory; on failure nothing stays behind."""
        begun = time.monotonic()
        self._take_name()
        try:
            self._clean()
            self._lay_folders()
            cabling.lay(self.place, self.plan)
            self._say("namespaces and cables laid")
            self._start_daemons()
            told = inventory.build(
                self.place.name, self.plan, self.central, self.hosts, self.router
            )
            inventory.write(self.place.inventory, told)
            self._watch.start()
        except BaseException:
            self.stop()
            raise
        self._say(f"lab {self.place.name} is up after {time.monotonic() - begun:.1f} s")
        return told

    def stop(self) -> None:
        """End everything and leave no trace but the state folder."""
        self._watch.stop()
        self._machines.forget()
        self._clean()
        if self._lock:
            self._lock.close()
            self._lock = None

    def clean(self) -> None:
        """Remove what a killed lab of this name left; LabError if one runs."""
        self._take_name()
        self.stop()

    def plug(
        self, logical: str, mac: str, *, tenant: str = "", name: str = "", host: str | None = None
    ) -> Machine:
        """Plug a machine for an unstamped logical port by hand; stamped ones get theirs."""
        return self._machines.plug(Port(logical, mac.lower(), tenant, name), host)

    def unplug(self, logical: str) -> None:
        """Take the machine of a logical port away."""
        self._machines.unplug(logical)

    def machines(self) -> list[Machine]:
        """The plugged machines."""
        return self._machines.all()

    def exec(self, name: str, *argv: str, within: float = 30) -> subprocess.CompletedProcess[str]:
        """Run a command on a machine, site, host or router; raises TimeoutExpired."""
        words = inside.command(self.place, self.plan, name, list(argv))
        return subprocess.run(
            words,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=within,
            check=False,
        )

    def fail(self, kind: str, name: str = "") -> None:
        """Break a part: FAULTS names the kinds."""
        with self._changing:
            self._act(kind, name, "fail")
        self._say(f"{kind} {name} failed".replace("  ", " "))

    def heal(self, kind: str = "all", name: str = "") -> None:
        """Bring a part back, or all that is broken."""
        with self._changing:
            if kind == "all":
                for part in CENTRAL_PARTS:
                    self._act(part, "", "heal")
                for host in self.hosts:
                    self._heal_host(host)
                self.router.heal()
                for site in self.sites:
                    site.heal()
            else:
                self._act(kind, name, "heal")
        self._say(f"{kind} {name} healed".replace("  ", " "))

    def status(self) -> dict[str, Any]:
        """What runs and what does not, and the machines."""
        return {
            "name": self.place.name,
            "inventory": str(self.place.inventory),
            "central": {part: self.daemons.alive(part) for part in CENTRAL_PARTS},
            "wan": self.wan.switch.alive,
            "hosts": [
                {
                    "name": host.name,
                    "switch": host.switch.alive,
                    "controller": self.daemons.alive(host.controller),
                }
                for host in self.hosts
            ],
            "router": {
                "name": self.router.name,
                "frr": self.router.frr.alive,
                "ssh": self.router.ssh.alive,
                "ssh_port": self.router.ssh.port,
            },
            "sites": [
                {
                    "name": site.plan.name,
                    "attachment": site.plan.attachment,
                    "alive": site.frr.alive,
                }
                for site in self.sites
            ],
            "machines": [
                {
                    "name": machine.name,
                    "tenant": machine.tenant,
                    "host": machine.host,
                    "port": machine.logical,
                    "mac": machine.mac,
                    "addresses": inside.addresses(self.place, machine),
                }
                for machine in self.machines()
            ],
        }

    def _act(self, kind: str, name: str, what: str) -> None:
        if kind in CENTRAL_PARTS:
            if what == "fail":
                self.daemons.end([kind], grace=0)
            elif not self.daemons.alive(kind):
                self.central.start_part(kind)
        elif kind in ("host", "switch", "controller"):
            host = _named(self.hosts, name, kind, lambda host: host.name)
            if what == "heal":
                self._heal_host(host)
            elif kind == "host":
                host.kill()
            elif kind == "switch":
                host.switch.kill_daemon()
            else:
                host.kill_controller()
        elif kind == "router":
            _named([self.router], name or self.router.name, kind, lambda router: router.name)
            getattr(self.router, what)()
        elif kind == "site":
            getattr(_named(self.sites, name, kind, lambda site: site.plan.name), what)()
        else:
            raise LabError(f"{kind!r} is none of {', '.join(FAULTS)}.")

    def _heal_host(self, host: Host) -> None:
        if not host.switch.has_database:
            host.kill()
            host.start()
            self._machines.prune(host)
        elif not host.switch.alive:
            host.start_switch()
            self._machines.prune(host)
        if not host.alive:
            host.start_controller()

    def _take_name(self) -> None:
        """Hold an abstract socket (man 7 unix): it goes with the process, however that ends."""
        self._lock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._lock.bind(f"\0demarc-lab-{self.place.name}")
        except OSError:
            self._lock.close()
            self._lock = None
            raise LabError(
                f"a lab named {self.place.name} runs already: stop it first, or start this one "
                "under another --name."
            ) from None

    def _lay_folders(self) -> None:
        if self.place.logs.exists():
            shutil.rmtree(self.place.logs)  # a log tells of one run
        self.place.logs.mkdir(parents=True)
        for folder in (self.place.runtime / "processes", self.place.runtime / "machines"):
            folder.mkdir(parents=True)

    def _start_daemons(self) -> None:
        """Start all parts, those that need nothing of each other side by side."""
        with ThreadPoolExecutor(max_workers=4) as pool:
            jobs = [
                pool.submit(self._start_fabric),
                pool.submit(self.wan.start),
                pool.submit(self._start_router),
            ]
            jobs += [pool.submit(site.start) for site in self.sites]
            for job in jobs:
                job.result()
        self._say(f"sites {', '.join(site.plan.name for site in self.sites)} are up")

    def _start_fabric(self) -> None:
        self.central.start()
        self._say("central is up")
        for host in self.hosts:
            host.start()
            self._say(f"host {host.name} is up")

    def _start_router(self) -> None:
        self.router.start()
        self._say(f"router {self.router.name} is up, SSH on port {self.router.ssh.port}")

    def _clean(self) -> None:
        """End and remove all that carries the lab's name, of this run or a killed one."""
        if self.place.runtime.exists():
            self.daemons.end(self.daemons.names())
        netns.delete(netns.names(self.place.namespace_prefix))
        if self.place.runtime.exists():
            shutil.rmtree(self.place.runtime)
        with suppress(OSError):
            RUNTIME_ROOT.rmdir()  # refused while another lab lives there


def _named(things: Sequence[Thing], name: str, kind: str, key: Callable[[Thing], str]) -> Thing:
    for thing in things:
        if key(thing) == name:
            return thing
    known = ", ".join(key(thing) for thing in things)
    raise LabError(f"there is no {kind} {name!r}: there are {known}.")
