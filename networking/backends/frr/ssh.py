"""One SSH connection to a router, for callers that are not asynchronous."""

import asyncio
import os
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from shlex import join
from typing import Any, Final, TypeVar

import asyncssh

from networking.backends.base import BackendError, UnreachableError
from networking.backends.frr.config import FrrConfig

COMMAND_TIMEOUT: Final = 15.0
"""Seconds for one command, a long script included."""

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a remote command printed and how it ended (its exit status)."""

    status: int
    output: str
    errors: str


class Shell:
    """Runs commands on a router over one connection, which the first of them opens.

    The pinned host key alone is trusted: neither the user's nor the machine's SSH settings,
    known hosts or agent are looked at.
    """

    def __init__(self, config: FrrConfig) -> None:
        self._config = config
        self._loop: asyncio.Runner | None = None
        self._connection: asyncssh.SSHClientConnection | None = None

    def run(self, argv: Sequence[str], *, stdin: str = "") -> Answer:
        """Run one command and wait for its end.

        Raises UnreachableError when the router cannot be reached or is silent for too long,
        BackendError when it shows another host key or refuses our sign-in.
        """
        return self._wait(self._run(join(argv), stdin))

    def close(self) -> None:
        """End the connection; a later command would open another."""
        if self._loop is None:
            return
        if self._connection is not None:
            self._connection.abort()
            self._connection = None
        self._loop.close()
        self._loop = None

    def _wait(self, work: Coroutine[Any, Any, Result]) -> Result:
        if self._loop is None:
            self._loop = asyncio.Runner()
        return self._loop.run(work)

    async def _run(self, command: str, stdin: str) -> Answer:
        if self._connection is None:
            self._connection = await self._connect()
        try:
            done = await self._connection.run(command, input=stdin, timeout=COMMAND_TIMEOUT)
        except TimeoutError as error:
            self._drop()
            raise UnreachableError(
                f"The router did not finish a command within {COMMAND_TIMEOUT:g} s."
            ) from error
        except (OSError, asyncssh.Error) as error:
            self._drop()
            raise UnreachableError("The connection to the router broke.") from error
        if done.exit_status is None or done.exit_status < 0:
            self._drop()
            raise UnreachableError("The router ended the session in mid-command.")
        return Answer(done.exit_status, str(done.stdout), str(done.stderr))

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.abort()
            self._connection = None

    async def _connect(self) -> asyncssh.SSHClientConnection:
        config = self._config
        key = self._private_key()
        pinned = asyncssh.import_public_key(config.host_key)
        shown = _ShownKey()
        try:
            async with asyncio.timeout(config.timeout):
                return await asyncssh.connect(
                    config.host,
                    config.port,
                    username=config.username,
                    client_keys=[key],
                    known_hosts=([pinned], [], []),
                    server_host_key_algs=_algorithms(pinned),
                    client_factory=lambda: shown,
                    config=None,
                    agent_path=None,
                    preferred_auth="publickey",
                )
        except (asyncssh.HostKeyNotVerifiable, asyncssh.KeyExchangeFailed) as error:
            raise _wrong_key(config, pinned, shown, error) from error
        except asyncssh.PermissionDenied as error:
            raise BackendError(
                "The router refused the sign-in: its account has to know the portal's key.",
                retry=False,
                detail=f"{config.username} at {config.address}, key in {config.private_key_file}",
            ) from error
        except TimeoutError as error:
            raise UnreachableError(
                f"The router did not answer within {config.timeout:g} s."
            ) from error
        except (OSError, asyncssh.Error) as error:
            raise UnreachableError(f"The router cannot be reached: {_why(error)}.") from error

    def _private_key(self) -> asyncssh.SSHKey:
        path = self._config.private_key_file
        try:
            return asyncssh.read_private_key(path)
        except (OSError, asyncssh.KeyImportError) as error:
            raise BackendError(
                "The portal's private key for the router cannot be read.",
                retry=False,
                detail=f"{path} for {self._config.address}: {_why(error)}",
            ) from error


class _ShownKey(asyncssh.SSHClient):
    """Remembers the host key that was not the pinned one."""

    fingerprint = ""

    def validate_host_public_key(
        self, host: str, addr: str, port: int, key: asyncssh.SSHKey
    ) -> bool:
        """Called for keys that are not trusted yet; none of them ever becomes so."""
        self.fingerprint = key.get_fingerprint()
        return False


def _algorithms(pinned: asyncssh.SSHKey) -> list[str]:
    """The pinned key's signature algorithms, then all others (RFC 8332, RFC 8709, RFC 5656).

    A server picks the first that it has a key for; one without a key of the pinned kind then
    shows another, and that can be named, where it would have hung up.
    """
    own = [name.decode() for name in pinned.sig_algorithms]
    others = ("ssh-ed25519", "ecdsa-sha2-nistp256", "rsa-sha2-512", "rsa-sha2-256")
    return [*own, *(name for name in others if name not in own)]


def _wrong_key(
    config: FrrConfig, pinned: asyncssh.SSHKey, shown: _ShownKey, error: asyncssh.Error
) -> BackendError:
    what = f"shows host key {shown.fingerprint}" if shown.fingerprint else _why(error)
    return BackendError(
        f"The router is not the one that was registered: it {what}, pinned is"
        f" {pinned.get_fingerprint()}. Nothing was sent. If its key was changed on purpose, compare"
        " it at the router's console and register the new one.",
        retry=False,
        detail=config.address,
    )


def _why(error: Exception) -> str:
    if isinstance(error, OSError) and error.errno:
        return os.strerror(error.errno)
    return str(error).rstrip(".") or type(error).__name__
