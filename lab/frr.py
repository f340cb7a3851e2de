"""One FRR of the lab, in mount and network namespaces of its own."""

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from lab import netns
from lab.place import Place
from lab.process import Daemons, answers, run, wait_for

PROGRAMS = Path("/usr/lib/frr")
ENCLOSURE = Path(__file__).with_name("enclosure.sh")
DEFAULTS = "frr version 8.4\nfrr defaults traditional\n"


class Frr:
    """The FRR of the router or site ``part``.

    ``vrfs`` maps the names of namespace-backed VRFs to their namespaces; without any, zebra
    runs in one namespace only. ``saved`` is the folder that the router sees as /etc/frr.
    """

    def __init__(
        self,
        place: Place,
        daemons: Daemons,
        part: str,
        saved: Path,
        programs: Sequence[str],
        vrfs: Mapping[str, str] | None = None,
    ) -> None:
        self.part = part
        self.saved = saved
        self._namespace = place.namespace(part)
        self._folder = place.runtime / part
        self._daemons = daemons
        self._programs = programs
        self._vrfs = dict(vrfs or {})

    def daemon(self, program: str) -> str:
        """The name of ``program`` of this router among the daemons of the lab."""
        return f"{self.part}.{program}"

    @property
    def daemons(self) -> list[str]:
        """The names of all its daemons."""
        return [self.daemon(program) for program in self._programs]

    @property
    def alive(self) -> bool:
        """Whether all its daemons run."""
        return all(self._daemons.alive(name) for name in self.daemons)

    def prepare(self, base: str) -> None:
        """Lay the folders; write ``base`` as the saved configuration unless it saved its own.

        What a router saved (``write memory``) counts for as long as the base it grew from.
        """
        for folder in (self._folder, self._folder / "stage", self._folder / "frr", self.saved):
            folder.mkdir(parents=True, exist_ok=True)
        for folder in (self._folder / "frr", self.saved):
            shutil.chown(folder, "frr", "frr")
        # So that `vtysh -N <name>` means this router too, as on a machine with several.
        for folder in (self._folder / "frr", self.saved):
            link = folder / self.part
            if not link.is_symlink():
                link.symlink_to(".")
        (self.saved / "vtysh.conf").write_text("service integrated-vtysh-config\n")
        grown_from = self.saved / "base.conf"
        if not grown_from.exists() or grown_from.read_text() != base:
            (self.saved / "frr.conf").write_text(base)
            grown_from.write_text(base)

    def inside(self, argv: Sequence[str], *, network: bool = True) -> list[str]:
        """The command that runs ``argv`` as on the router itself.

        Without ``network`` it sees the router's files but keeps the caller's network.
        """
        vrfs = [f"{vrf}={namespace}" for vrf, namespace in self._vrfs.items()]
        return [
            *(netns.enter(self._namespace) if network else []),
            "unshare",
            "--mount",
            "--uts",
            "--",
            "sh",
            str(ENCLOSURE),
            str(self._folder / "stage"),
            str(self._folder / "frr"),
            str(self.saved),
            self._namespace,
            *vrfs,
            "--",
            *argv,
        ]

    def start(self) -> None:
        """Start all daemons and load the saved configuration."""
        for program in self._programs:
            self.start_program(program)
        self.load()

    def start_program(self, program: str) -> None:
        """Start one daemon; returns when it takes commands."""
        door = self._folder / "frr" / f"{program}.vty"
        door.unlink(missing_ok=True)
        # No TCP terminal (-P 0): vtysh comes by unix socket.
        words = [str(PROGRAMS / program), "-P", "0", "--log", "stdout", "--log-level", "info"]
        if program == "zebra" and self._vrfs:
            words.append("-n")
        self._daemons.spawn(self.daemon(program), self.inside(words))
        wait_for(lambda: answers(door), f"{program} of {self.part} takes commands")

    def load(self) -> None:
        """Load the saved configuration into the running daemons."""
        run(self.inside(["vtysh", "-b"]))

    def vtysh(self, *commands: str) -> str:
        """Run commands in one ``vtysh`` and return what they print."""
        words = [word for command in commands for word in ("-c", command)]
        return run(self.inside(["vtysh", *words]))

    def kill(self) -> None:
        """End all daemons as a power cut would."""
        self._daemons.end(self.daemons, grace=0)
