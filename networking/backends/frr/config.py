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
    `state` a folder on the router for the fencing tokens: it must outlive a restart of FRR.
    """

    host: str
    username: str
    private_key_file: str
    host_key: str
    port: int = 22
    timeout: float = 5.0
    vtysh: str = "vtysh"
    state: str = "/var/lib/demarc"

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
        known = {field.name for field in fields(cls)}
        if unknown := sorted(data.keys() - known):
            raise ValueError(f"An FRR router has no setting {unknown[0]!r}.")
        needed = ("host", "username", "private_key_file", "host_key")
        for name in needed:
            if not isinstance(data.get(name), str) or not data[name]:
                raise ValueError(f"An FRR router needs {name!r}, a text.")
        config = cls(**data)
        try:
            asyncssh.import_public_key(config.host_key)
        except asyncssh.KeyImportError:
            raise ValueError(
                "'host_key' is no public key: give the line of the router's ssh_host_*_key.pub."
            ) from None
        return config
