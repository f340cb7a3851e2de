"""OVN central: the northbound and southbound databases and ovn-northd."""

from pathlib import Path

from lab import netns
from lab.place import Place
from lab.process import Daemons, answers, run, wait_for

SCHEMAS = Path("/usr/share/ovn")
PARTS = ("northbound", "southbound", "northd")

_QUIET = ("-vconsole:info", "-vsyslog:off", "-vfile:off")


class Central:
    """The central daemons of one lab, on unix sockets alone, in a namespace of their own."""

    def __init__(self, place: Place, daemons: Daemons) -> None:
        self._place = place
        self._daemons = daemons

    @property
    def northbound_socket(self) -> Path:
        """The socket of the northbound database."""
        return self._place.runtime / "nb.sock"

    @property
    def southbound_socket(self) -> Path:
        """The socket of the southbound database."""
        return self._place.runtime / "sb.sock"

    @property
    def northbound(self) -> str:
        """The northbound database's connection method (man 7 ovsdb)."""
        return f"unix:{self.northbound_socket}"

    @property
    def southbound(self) -> str:
        """The southbound database's connection method."""
        return f"unix:{self.southbound_socket}"

    def start(self) -> None:
        """Start all three; returns when both databases answer.

        The northbound database lies in the state folder and outlives the lab, as a
        provider's would; the southbound one is derived and starts empty.
        """
        self.start_part("southbound")
        self.start_part("northbound")
        run(["ovn-nbctl", f"--db={self.northbound}", "init"])
        run(["ovn-sbctl", f"--db={self.southbound}", "init"])
        self.start_part("northd")

    def start_part(self, part: str) -> None:
        """Start one of PARTS."""
        if part == "northd":
            argv = [
                "ovn-northd",
                f"--ovnnb-db={self.northbound}",
                f"--ovnsb-db={self.southbound}",
                f"--unixctl={self._place.runtime}/northd.ctl",
                *_QUIET,
            ]
            self._daemons.spawn(part, [*netns.enter(self._place.namespace("central")), *argv])
        elif part == "northbound":
            self._database(part, self._place.state / "nb.db", self.northbound_socket, "ovn-nb")
        else:
            file = self._place.runtime / "sb.db"
            self._database(part, file, self.southbound_socket, "ovn-sb")

    def _database(self, part: str, file: Path, socket: Path, schema: str) -> None:
        if not file.exists():
            run(["ovsdb-tool", "create", str(file), str(SCHEMAS / f"{schema}.ovsschema")])
        socket.unlink(missing_ok=True)
        argv = [
            "ovsdb-server",
            f"--remote=punix:{socket}",
            f"--unixctl={socket}.ctl",
            *_QUIET,
            str(file),
        ]
        self._daemons.spawn(part, [*netns.enter(self._place.namespace("central")), *argv])
        wait_for(lambda: answers(socket), f"the {part} database listens")
