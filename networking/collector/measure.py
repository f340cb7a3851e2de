"""One look a minute at what every host counted, handed to all that keep counts."""

import logging
from collections.abc import Callable, Iterator
from uuid import UUID

from networking.backends.base import BackendError, FabricBackend, Measurement
from networking.collector import counters, hits
from networking.collector.rounds import in_turn
from networking.collector.turn import turn
from networking.engine import devices
from networking.engine.device import open_fabric
from networking.models import Host
from portal.lib.db import DatabaseRole, acting_as

log = logging.getLogger(__name__)

BUDGET = 40.0  # seconds of each round; beyond it, hosts wait for the next one

Keeper = Callable[[UUID, Measurement], object]
KEEPERS: tuple[Keeper, ...] = (counters.store, hits.add)
"""Each is given the host's id and what it counted. What one of them fails to keep is kept with the
next measurement, since counters go on."""


def measure_fabric(fabric_id: UUID) -> None:
    """Measure the fabric's hosts, unless somebody does so now. A host that does not answer costs
    one timeout. Raises BackendError when the fabric cannot be opened."""
    with turn(fabric_id, ":measure") as mine:
        if not mine:
            return
        device = devices.fabric(fabric_id)
        with acting_as(DatabaseRole.WORKER):
            hosts = dict(Host.objects.filter(fabric=fabric_id).values_list("pk", "name"))
        with open_fabric(device) as fabric:
            for host_id in in_turn(f"measure:{fabric_id}", hosts, BUDGET):
                for measurement in _measured(fabric, hosts[host_id]):
                    _keep(host_id, measurement)


def _measured(fabric: FabricBackend, host: str) -> Iterator[Measurement]:
    try:
        yield fabric.measure(host)
    except BackendError as error:
        reason = {"reason": str(error), "detail": error.detail}
        log.warning("host not measured", extra={"host": host, **reason})


def _keep(host_id: UUID, measurement: Measurement) -> None:
    for keep in KEEPERS:
        try:
            keep(host_id, measurement)
        except Exception:
            # Another keeper, and other hosts, are not to suffer from it.
            log.exception("measurement not kept", extra={"host": measurement.host})
