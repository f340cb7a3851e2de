"""Opens the backend that a fabric's or router's row names."""

from collections.abc import Callable, Mapping

from networking.backends.base import FabricBackend, RouterBackend
from networking.backends.frr.backend import FrrBackend
from networking.backends.frr.config import FrrConfig
from networking.backends.ovn.backend import OvnBackend
from networking.backends.ovn.config import OvnConfig
from networking.backends.simulator.config import SimulatorConfig
from networking.backends.simulator.fabric import SimulatedFabric
from networking.backends.simulator.router import SimulatedRouter
from networking.planning import Json

_FABRICS: Mapping[str, Callable[[Mapping[str, Json]], FabricBackend]] = {
    "ovn": lambda config: OvnBackend(OvnConfig.from_json(config)),
    "simulator": lambda config: SimulatedFabric(SimulatorConfig.from_json(config)),
}
_ROUTERS: Mapping[str, Callable[[Mapping[str, Json]], RouterBackend]] = {
    "frr": lambda config: FrrBackend(FrrConfig.from_json(config)),
    "simulator": lambda config: SimulatedRouter(SimulatorConfig.from_json(config)),
}


def open_fabric(kind: str, config: Mapping[str, Json]) -> FabricBackend:
    """The backend of a fabric, to be used in a `with` statement.

    Raises KeyError for an unknown kind and ValueError for a configuration that does not fit it.
    """
    return _FABRICS[kind](config)


def open_router(kind: str, config: Mapping[str, Json]) -> RouterBackend:
    """The backend of a router; otherwise as `open_fabric`."""
    return _ROUTERS[kind](config)
