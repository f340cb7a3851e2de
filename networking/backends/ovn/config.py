"""How to reach one OVN deployment."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Self

from networking.planning import Json

DEFAULT_TIMEOUT = 5.0

_METHODS = ("unix", "tcp", "ssl")


@dataclass(frozen=True, slots=True)
class Tls:
    """Files in PEM for `ssl:` databases: our key and certificate, and the authority whose
    signature the database must show. With `check_names` its certificate must also name the host
    or address that the connection method names (RFC 9525), as those of ovs-pki do not."""

    private_key_file: str
    certificate_file: str
    ca_file: str
    check_names: bool = False


@dataclass(frozen=True, slots=True)
class OvnConfig:
    """One OVN deployment.

    `northbound` and `southbound` are connection methods (man 7 ovsdb): `unix:FILE`,
    `tcp:HOST:PORT` or `ssl:HOST:PORT`, several of one cluster separated by commas. `hosts` pairs
    the chassis that belong to the fabric with their own databases. `openflow` pairs those with
    where their integration bridge speaks OpenFlow; it may leave out hosts whose database is a
    local socket, which the bridge's lies beside. `timeout` is in seconds and bounds each request
    as a whole, the connecting included.
    """

    northbound: str
    southbound: str
    hosts: tuple[tuple[str, str], ...] = ()
    timeout: float = DEFAULT_TIMEOUT
    tls: Tls | None = None
    openflow: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        pairs = (*self.hosts, *self.openflow)
        for remotes in (self.northbound, self.southbound, *(remote for _, remote in pairs)):
            self._check(remotes)
        if self.timeout <= 0:
            raise ValueError(f"timeout is {self.timeout}; give seconds, more than 0")

    @classmethod
    def from_json(cls, data: Mapping[str, Json]) -> Self:
        """The configuration as a fabric's row holds it: `hosts` a list of pairs, `tls` an object.

        Raises ValueError, naming the entry, for one that is missing, unknown or malformed.
        """
        known = {field.name for field in fields(cls)}
        if unknown := sorted(data.keys() - known):
            raise ValueError(f"{unknown[0]} is not an entry of an OVN fabric's configuration")
        for name in ("northbound", "southbound"):
            if not isinstance(data.get(name), str):
                raise ValueError(f"{name} is missing; give a connection method such as unix:FILE")
        return cls(
            northbound=data["northbound"],
            southbound=data["southbound"],
            hosts=_pairs("hosts", data.get("hosts", [])),
            openflow=_pairs("openflow", data.get("openflow", [])),
            timeout=_seconds(data.get("timeout", DEFAULT_TIMEOUT)),
            tls=_tls(data.get("tls")),
        )

    def _check(self, remotes: str) -> None:
        for remote in remotes.split(","):
            method, _, rest = remote.strip().partition(":")
            if method not in _METHODS or not rest:
                raise ValueError(f"{remote!r} is not a connection method: unix:, tcp: or ssl:")
            if method != "unix" and not rest.rpartition(":")[2].isdecimal():
                raise ValueError(f"{remote!r} names no port; write {method}:HOST:PORT")
            if method == "ssl" and self.tls is None:
                raise ValueError(
                    f"{remote!r} needs tls: private_key_file, certificate_file, ca_file"
                )


def _pairs(name: str, value: Json) -> tuple[tuple[str, str], ...]:
    try:
        return tuple((str(host), str(remote)) for host, remote in value)
    except (TypeError, ValueError):
        raise ValueError(f"{name} is not a list of [chassis name, connection method]") from None


def _seconds(value: Json) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise ValueError(f"timeout is {value!r}; give seconds") from None


def _tls(value: Json) -> Tls | None:
    if value is None:
        return None
    try:
        tls = Tls(**value)
    except TypeError:
        names = ", ".join(field.name for field in fields(Tls))
        raise ValueError(f"tls is not an object of {names}") from None
    if not isinstance(tls.check_names, bool):
        raise ValueError("tls.check_names is neither true nor false")
    return tls
