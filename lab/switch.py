"""One Open vSwitch in user space: its database, its daemon, its bridges."""

from collections.abc import Sequence
from pathlib import Path

from lab import netns
from lab.place import Place
from lab.process import Daemons, answers, run, wait_for

SCHEMA = Path("/usr/share/openvswitch/vswitch.ovsschema")
QUIET = ("-vconsole:info", "-vsyslog:off", "-vfile:off")


class Switch:
    """An Open vSwitch in the namespace of ``part``, with run folder and database of its own."""

    def __init__(self, place: Place, daemons: Daemons, part: str) -> None:
        self.part = part
        self.namespace = place.namespace(part)
        self.folder = place.runtime / part
        self._daemons = daemons

    @property
    def ovsdb(self) -> str:
        """The connection method of the switch's database (man 7 ovsdb)."""
        return f"unix:{self.folder}/db.sock"

    @property
    def _control(self) -> Path:
        return self.folder / "vswitchd.ctl"

    @property
    def env(self) -> dict[str, str]:
        """What makes ``ovs-*`` and ``ovn-*`` commands speak to this switch."""
        return {"OVS_RUNDIR": str(self.folder), "OVN_RUNDIR": str(self.folder)}

    @property
    def daemons(self) -> tuple[str, str]:
        """The names of its database server and its switch daemon."""
        return f"{self.part}.ovsdb", f"{self.part}.vswitchd"

    @property
    def has_database(self) -> bool:
        """Whether its database runs."""
        return self._daemons.alive(self.daemons[0])

    @property
    def alive(self) -> bool:
        """Whether database and switch run."""
        return all(self._daemons.alive(name) for name in self.daemons)

    def vsctl(self, *words: str, wait: bool = True) -> str:
        """Run ``ovs-vsctl``; with ``wait`` it returns when the switch has done it."""
        how = ["--timeout=10"] if wait else ["--no-wait"]
        return run(["ovs-vsctl", f"--db={self.ovsdb}", *how, *words])

    def control(self, *words: str) -> str:
        """Have the switch daemon do what ``ovs-appctl`` asks for (man 8 ovs-vswitchd)."""
        return run(["ovs-appctl", "--timeout=10", f"--target={self._control}", *words])

    def start(self, first: Sequence[str]) -> None:
        """Start database and switch, then have the switch do ``first`` (``ovs-vsctl`` words)."""
        self.folder.mkdir(exist_ok=True)
        file, socket = self.folder / "conf.db", self.folder / "db.sock"
        if not file.exists():
            run(["ovsdb-tool", "create", str(file), str(SCHEMA)])
        socket.unlink(missing_ok=True)
        self.spawn(
            self.daemons[0],
            "ovsdb-server",
            f"--remote=punix:{socket}",
            f"--unixctl={self.folder}/ovsdb.ctl",
            str(file),
        )
        wait_for(lambda: answers(socket), f"the database of {self.part} listens")
        self.vsctl("init", wait=False)
        self.start_daemon()
        self.vsctl(*first)

    def start_daemon(self) -> None:
        """Start the switch alone, on what its database says."""
        self._control.unlink(missing_ok=True)
        # --disable-system: never touch a kernel datapath, which would be the machine's own.
        self.spawn(
            self.daemons[1],
            "ovs-vswitchd",
            self.ovsdb,
            "--disable-system",
            f"--unixctl={self._control}",
        )
        wait_for(lambda: answers(self._control), f"the switch of {self.part} runs")

    def spawn(self, name: str, *argv: str) -> None:
        """Start a daemon of this switch inside its namespace, with its run folder."""
        self._daemons.spawn(name, [*netns.enter(self.namespace), *argv, *QUIET], env=self.env)

    def kill(self) -> None:
        """End database and switch as a power cut would."""
        self._daemons.end(self.daemons, grace=0)

    def kill_daemon(self) -> None:
        """End the switch alone, at once: its database stays."""
        self._daemons.end([self.daemons[1]], grace=0)


def bridge(name: str) -> list[str]:
    """The ``ovs-vsctl`` words that add a user-space bridge unless it is there."""
    return [
        "--",
        "--may-exist",
        "add-br",
        name,
        "--",
        "set",
        "Bridge",
        name,
        "datapath_type=netdev",
    ]


def port(bridge_name: str, name: str, *settings: str) -> list[str]:
    """The ``ovs-vsctl`` words that add a port, with ``settings`` of its Port row."""
    words = ["--", "--may-exist", "add-port", bridge_name, name]
    return [*words, "--", "set", "Port", name, *settings] if settings else words
