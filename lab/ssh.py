"""The router's SSH server: OpenSSH with keys of its own, on loopback alone."""

import json
import shutil
import socket
from contextlib import suppress
from pathlib import Path

from lab.errors import LabError
from lab.frr import Frr
from lab.place import Place
from lab.process import Daemons, run, wait_for

ADDRESS = "127.0.0.1"
USER = "root"

_SESSION = """#!/bin/sh
# What a sign-in gets: the router's network, then the command or vtysh.
if [ -n "$SSH_ORIGINAL_COMMAND" ]; then
    exec nsenter --net=/run/namespace -- /bin/sh -c "$SSH_ORIGINAL_COMMAND"
fi
exec nsenter --net=/run/namespace -- vtysh
"""


class SshServer:
    """OpenSSH for one router: it listens in the machine's own network namespace, where the
    portal is, and every session runs inside the router."""

    def __init__(self, place: Place, daemons: Daemons, frr: Frr) -> None:
        self._daemons = daemons
        self._frr = frr
        self._name = frr.daemon("sshd")
        self._folder = place.runtime / frr.part / "ssh"
        self._keys = place.state / frr.part / "ssh"

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._daemons.alive(self._name)

    @property
    def client_key(self) -> Path:
        """The private key that may sign in."""
        return self._keys / "client_key"

    @property
    def host_key(self) -> str:
        """The public host key to pin, as one OpenSSH line without a comment."""
        line = (self._keys / "host_key.pub").read_text()
        return " ".join(line.split()[:2])

    @property
    def port(self) -> int:
        """The TCP port on loopback; the same after a restart wherever it is still free."""
        return int(json.loads((self._keys / "port.json").read_text()))

    def start(self) -> None:
        """Start the server; returns when it greets."""
        self._keys.mkdir(parents=True, exist_ok=True)
        self._keys.chmod(0o700)
        for name in ("host_key", "client_key"):
            if not (self._keys / name).exists():
                run(
                    [
                        "ssh-keygen",
                        "-q",
                        "-t",
                        "ed25519",
                        "-N",
                        "",
                        "-C",
                        f"demarc lab {name}",
                        "-f",
                        str(self._keys / name),
                    ]
                )
        self._folder.mkdir(exist_ok=True)
        # sshd refuses keys below a folder that others may write; ours in /run never is.
        shutil.copy(self._keys / "host_key", self._folder / "host_key")
        shutil.copy(self._keys / "client_key.pub", self._folder / "authorized_keys")
        session = self._folder / "session"
        session.write_text(_SESSION)
        session.chmod(0o755)
        self._choose_port()
        settings = self._folder / "sshd_config"
        settings.write_text(self._configuration())
        argv = ["/usr/sbin/sshd", "-D", "-e", "-f", str(settings)]
        self._daemons.spawn(self._name, self._frr.inside(argv, network=False))
        wait_for(self._greets, f"the SSH server of {self._frr.part} greets")

    def kill(self) -> None:
        """End the server and the sessions that it holds."""
        self._daemons.end([self._name], grace=0)

    def _configuration(self) -> str:
        # MaxStartups and MaxSessions: a worker may open many connections at once, and
        # OpenSSH's defaults (10:30:100 and 10) would drop some of them by chance.
        return f"""Port {self.port}
ListenAddress {ADDRESS}
HostKey {self._folder}/host_key
AuthorizedKeysFile {self._folder}/authorized_keys
AllowUsers {USER}
PermitRootLogin prohibit-password
AuthenticationMethods publickey
UsePAM no
UseDNS no
PidFile none
MaxStartups 100
MaxSessions 64
ForceCommand {self._folder}/session
DisableForwarding yes
PrintMotd no
PrintLastLog no
LogLevel INFO
"""

    def _choose_port(self) -> None:
        with suppress(FileNotFoundError, ValueError):
            if _free(self.port):
                return
        with socket.socket() as probe:
            probe.bind((ADDRESS, 0))
            port = probe.getsockname()[1]
        (self._keys / "port.json").write_text(json.dumps(port))

    def _greets(self) -> bool:
        if not self.alive:
            raise LabError(f"the SSH server of {self._frr.part} ended; see its log.")
        try:
            with socket.create_connection((ADDRESS, self.port), timeout=1) as door:
                return door.recv(4) == b"SSH-"
        except OSError:
            return False


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except OSError:
            return False
    return True
