"""Who is let in, and whom we talk to: against the lab's real SSH server."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import asyncssh
import pytest

from networking.backends.base import BackendError, UnreachableError
from networking.backends.frr.backend import FrrBackend
from networking.backends.frr.config import FrrConfig
from networking.backends.frr.ssh import Shell
from tests.contracts.device import Customer
from tests.contracts.frr_router import FrrRouter


@contextmanager
def shell(config: FrrConfig) -> Iterator[Shell]:
    opened = Shell(config)
    try:
        yield opened
    finally:
        opened.close()


def refused(config: FrrConfig) -> BackendError:
    with shell(config) as opened, pytest.raises(BackendError) as error:
        opened.run(["true"])
    return error.value


def test_a_command_answers(frr_router: FrrRouter) -> None:
    with shell(frr_router.config) as opened:
        answer = opened.run(["sh", "-c", "cat; echo wrong >&2; exit 3"], stdin='it\'s "here" $1\n')
    assert (answer.status, answer.output, answer.errors) == (3, 'it\'s "here" $1\n', "wrong\n")


def test_one_connection_serves_all_commands(frr_router: FrrRouter) -> None:
    with shell(frr_router.config) as opened:
        first, second = (opened.run(["sh", "-c", "echo $SSH_CONNECTION"]) for _ in range(2))
    assert first.output == second.output != "\n"


def test_another_host_key_is_refused(frr_router: FrrRouter, host_key: str) -> None:
    pinned = asyncssh.import_public_key(host_key).get_fingerprint()
    shown = asyncssh.import_public_key(frr_router.config.host_key).get_fingerprint()
    error = refused(replace(frr_router.config, host_key=host_key))
    assert not error.retry
    assert f"shows host key {shown}" in str(error)
    assert f"pinned is {pinned}" in str(error)


def test_a_host_key_of_another_kind_is_refused(frr_router: FrrRouter) -> None:
    other = asyncssh.generate_private_key("ecdsa-sha2-nistp256").export_public_key().decode()
    error = refused(replace(frr_router.config, host_key=other))
    assert not error.retry
    assert "is not the one that was registered" in str(error)


def test_known_hosts_of_the_user_count_for_nothing(
    frr_router: FrrRouter, host_key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = frr_router.config
    folder = tmp_path / ".ssh"
    folder.mkdir()
    known = f"[{config.host}]:{config.port} {config.host_key}\n"
    (folder / "known_hosts").write_text(known)
    (folder / "config").write_text("Host *\n  StrictHostKeyChecking no\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert not refused(replace(config, host_key=host_key)).retry
    assert (folder / "known_hosts").read_text() == known


def test_a_key_that_the_router_does_not_know_is_refused(
    frr_router: FrrRouter, tmp_path: Path
) -> None:
    stranger = tmp_path / "key"
    asyncssh.generate_private_key("ssh-ed25519").write_private_key(stranger)
    error = refused(replace(frr_router.config, private_key_file=str(stranger)))
    assert not error.retry
    assert str(stranger) in error.detail
    assert str(stranger) not in str(error)
    assert "refused the sign-in" in str(error)


@pytest.mark.parametrize("content", [None, "no key\n"])
def test_a_private_key_that_cannot_be_read(
    frr_router: FrrRouter, tmp_path: Path, content: str | None
) -> None:
    path = tmp_path / "key"
    if content is not None:
        path.write_text(content)
    error = refused(replace(frr_router.config, private_key_file=str(path)))
    assert not error.retry
    assert str(path) in error.detail


def test_a_closed_port_is_unreachable(frr_router: FrrRouter) -> None:
    error = refused(replace(frr_router.config, port=1))
    assert isinstance(error, UnreachableError)
    assert "Connection refused" in str(error)


def test_a_command_without_end_is_given_up(
    frr_router: FrrRouter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("networking.backends.frr.ssh.COMMAND_TIMEOUT", 0.3)
    with shell(frr_router.config) as opened:
        with pytest.raises(UnreachableError, match=r"within 0\.3 s"):
            opened.run(["sleep", "60"])
        assert opened.run(["echo", "again"]).output == "again\n"


def test_a_broken_connection_is_told_and_made_anew(frr_router: FrrRouter, acme: Customer) -> None:
    with frr_router.open() as backend:
        backend.observe(acme.scope)
        frr_router.lab.router.ssh.kill()
        try:
            with pytest.raises(UnreachableError):
                backend.observe(acme.scope)
        finally:
            frr_router.lab.router.ssh.start()
        with FrrBackend(frr_router.config) as later:
            assert later.observe(acme.scope) == backend.observe(acme.scope) == ()
