"""How a router is reached."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, fields

import asyncssh

from networking.planning import Json


@dataclass(frozen=True, slots=True)
class FrrConfig:
    """Where a router's SSH server listens and what to run there.

    `host_key` is the router's public host key as OpenSSH writes it (`ssh-ed25519 AAAA…`); a server
    that shows another one is refused. `timeout` bounds connecting, in seconds. `vtysh` is the
    command that speaks to FRR (`vtysh -N pe1` where it has a path space of its own, man 1 vtysh),
    `state` a folder on the router for the fencing tokens.
    """

    host: str
    username: str
    private_key_file: str
    host_key: str
    port: int = 22
    timeout: float = 5.0
    vtysh: str = "vtysh"
    state: str = "/run/demarc"

    @property
    def address(self) -> str:
        """The server for people: `192.0.2.1 port 22`."""
        return f"{self.host} port {self.port}"

    @property
    def vtysh_argv(self) -> list[str]:
        """The words of `vtysh`."""
        return shlex.split(self.vtysh)

    @classmethod
    def from_json(cls, data: Mapping[str, Json]) -> "FrrConfig":
        """The configuration that a router's row holds.

        Raises ValueError, naming the member, for one that is unknown, missing or malformed.
        """
        known = {field.name: field for field in fields(cls)}
        if unknown := sorted(data.keys() - known.keys()):
            raise ValueError(f"An FRR router has no setting {unknown[0]!r}.")
        texts = ("host", "username", "private_key_file", "host_key", "vtysh", "state")
        for name in texts:
            given = data.get(name, known[name].default)
            if not isinstance(given, str) or not given:
                raise ValueError(f"An FRR router needs {name!r}, a text.")
        config = cls(**data)
        config.check()
        return config

    def check(self) -> None:
        """Raises ValueError, naming the member, for values that cannot work."""
        if not isinstance(self.port, int) or not 0 < self.port < 65536:
            raise ValueError("'port' is a number from 1 to 65535.")
        if not isinstance(self.timeout, (int, float)) or self.timeout <= 0:
            raise ValueError("'timeout' is a number of seconds above 0.")
        if not self.state.startswith("/"):
            raise ValueError("'state' is the full path of a folder on the router.")
        try:
            asyncssh.import_public_key(self.host_key)
        except asyncssh.KeyImportError:
            raise ValueError(
                "'host_key' is no public key: give the line of the router's ssh_host_*_key.pub."
            ) from None
