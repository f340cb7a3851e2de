"""Where a simulated device keeps its state."""

from collections.abc import Mapping
from dataclasses import dataclass

from networking.planning import Json


@dataclass(frozen=True, slots=True)
class SimulatorConfig:
    """`path` names the SQLite file, which several processes may share; `memory:<name>` lives as
    long as the process. A fabric and a router may share one. `hosts` are the fabric's."""

    path: str
    hosts: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, data: Mapping[str, Json]) -> "SimulatorConfig":
        """The configuration that a fabric's or router's row holds.

        Raises ValueError for one that does not fit.
        """
        if unknown := sorted(data.keys() - {"path", "hosts"}):
            raise ValueError(f"A simulated device has no setting {unknown[0]!r}.")
        path, hosts = data.get("path"), data.get("hosts", [])
        if not isinstance(path, str) or not path:
            raise ValueError("A simulated device needs 'path', a text.")
        if not isinstance(hosts, (list, tuple)) or not all(isinstance(h, str) for h in hosts):
            raise ValueError("'hosts' of a simulated device is a list of names.")
        return cls(path=path, hosts=tuple(hosts))
