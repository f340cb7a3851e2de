"""Databases over TLS: real servers of OVN, keys of ours and of others."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from networking.backends.base import UnreachableError
from networking.backends.ovn.config import Tls
from networking.backends.ovn.ovsdb import Ovsdb
from tests.contracts.ovn_central import SCHEMAS, run_database, wait_for
from tests.networking.backends.ovn.pki import Authority
from tests.networking.backends.ovn.test_ovsdb import SELECT, free_port

PAST = -timedelta(hours=1)
ROWS = [{"rows": []}]


class Databases:
    """Two servers that demand certificates of the good authority: the certificate of one is in
    order and names `localhost`, that of the other has expired."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.good, self.evil = Authority(folder, "good"), Authority(folder, "evil")
        self.port = self._serve(stack, folder, "sound", *self.good.sign("sound", "localhost"))
        expired = self.good.sign("expired", "localhost", until=PAST)
        self.expired = self._serve(stack, folder, "late", *expired)

    def _serve(self, stack: ExitStack, folder: Path, name: str, key: Path, own: Path) -> int:
        port = free_port()
        files = (f"--private-key={key}", f"--certificate={own}", f"--ca-cert={self.good.file}")
        options = (f"--remote=pssl:{port}:127.0.0.1", *files)
        stack.enter_context(run_database(name, SCHEMAS / "ovn-nb.ovsschema", folder, *options))
        wait_for(lambda: _listens(port), f"{name} listens")
        return port


def _listens(port: int) -> bool:
    with socket.socket() as asked:
        return asked.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="module")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    with ExitStack() as stack:
        yield Databases(tmp_path_factory.mktemp("tls"), stack)


@pytest.fixture(scope="module")
def ours(databases: Databases) -> Tls:
    """What the portal has, all of it in order."""
    key, certificate = databases.good.sign("portal")
    return Tls(str(key), str(certificate), str(databases.good.file))


def ask(tls: Tls, port: int, host: str = "127.0.0.1") -> object:
    remote = f"ssl:{host}:{port}"
    with Ovsdb("northbound database", "OVN_Northbound", remote, timeout=2, tls=tls) as database:
        return database.transact([SELECT])


def refused(tls: Tls, port: int, host: str = "127.0.0.1") -> str:
    """The sentence; it names neither address nor file, since customers read it."""
    with pytest.raises(UnreachableError) as caught:
        ask(tls, port, host)
    said = str(caught.value)
    assert said.startswith("The northbound database cannot be reached: ")
    assert host not in said
    assert "/" not in said
    return said.partition(": ")[2]


def test_with_a_key_and_a_certificate_it_is_reached(databases: Databases, ours: Tls) -> None:
    assert ask(ours, databases.port) == ROWS


def test_a_server_of_another_authority_is_not_trusted(databases: Databases, ours: Tls) -> None:
    other = replace(ours, ca_file=str(databases.evil.file))
    said = refused(other, databases.port)
    assert said == "its certificate is not trusted (self-signed certificate in certificate chain)."


def test_a_server_whose_certificate_has_expired_is_not_trusted(
    databases: Databases, ours: Tls
) -> None:
    said = refused(ours, databases.expired)
    assert said == "its certificate is not trusted (certificate has expired)."


def test_names_are_compared_where_asked(databases: Databases, ours: Tls) -> None:
    named = replace(ours, check_names=True)
    assert ask(named, databases.port, "localhost") == ROWS
    said = refused(named, databases.port)
    assert said == "its certificate is not trusted (IP address mismatch)."


@pytest.mark.parametrize(
    ("authority", "until", "why"),
    [("evil", timedelta(days=1), "unknown ca"), ("good", PAST, "certificate expired")],
)
def test_a_server_that_refuses_us_says_why(
    databases: Databases, ours: Tls, authority: str, until: timedelta, why: str
) -> None:
    """And another fabric in the same process keeps its own key."""
    key, certificate = getattr(databases, authority).sign(f"portal-{authority}", until=until)
    wrong = replace(ours, private_key_file=str(key), certificate_file=str(certificate))
    assert refused(wrong, databases.port) in (
        f"it refuses our certificate ({why}).",
        "it hung up; it may not trust our certificate.",
    )
    assert ask(ours, databases.port) == ROWS


def test_a_file_that_cannot_be_read_is_named(databases: Databases, ours: Tls) -> None:
    gone = replace(ours, certificate_file=ours.certificate_file + ".gone")
    said = refused(gone, databases.port)
    assert said == "tls.certificate_file cannot be read: No such file or directory."
