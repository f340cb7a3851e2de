"""The device of a scope, and the one place where the engine opens it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from django.db import connection

from networking.backends import registry
from networking.backends.base import BackendError, FabricBackend, RouterBackend
from networking.models import Fabric, Router
from networking.planning import Json


@dataclass(frozen=True, slots=True)
class Device:
    """A fabric or a router, as far as it takes to reach it and to speak of it."""

    id: UUID
    name: str
    kind: Literal["fabric", "router"]
    backend: str
    config: Mapping[str, Json]

    @property
    def is_router(self) -> bool:
        """Whether it speaks BGP with sites; otherwise it switches between machines."""
        return self.kind == "router"


def fabric_device(fabric: Fabric) -> Device:
    """The device of a fabric's row; select its access first, or this is a query."""
    access = getattr(fabric, "access", None)
    config = access.config if access else {}
    return Device(fabric.id, fabric.name, "fabric", fabric.backend, config)


def router_device(router: Router) -> Device:
    """The device of a router's row; otherwise as `fabric_device`."""
    access = getattr(router, "access", None)
    config = access.config if access else {}
    return Device(router.id, router.name, "router", router.backend, config)


def open_fabric(device: Device) -> FabricBackend:
    """The fabric's backend, to be used in a `with` statement. Raises BackendError."""
    _refuse_inside_transaction()
    try:
        return registry.open_fabric(device.backend, device.config)
    except (KeyError, TypeError, ValueError) as error:
        raise _misconfigured(device, error) from error


def open_router(device: Device) -> RouterBackend:
    """The router's backend; otherwise as `open_fabric`."""
    _refuse_inside_transaction()
    try:
        return registry.open_router(device.backend, device.config)
    except (KeyError, TypeError, ValueError) as error:
        raise _misconfigured(device, error) from error


def _refuse_inside_transaction() -> None:
    """A device may answer in seconds; no row stays locked for that long."""
    if connection.in_atomic_block:
        raise RuntimeError("a device is opened inside a database transaction")


def _misconfigured(device: Device, error: Exception) -> BackendError:
    return BackendError(
        f"{device.name} cannot be opened, its configuration does not fit the backend "
        f"{device.backend}: {error}. An operator has to correct it.",
        retry=False,
    )
