"""What passed the ports of one host's machines, from the host's own database.

The switch writes down what each card counted (man 5 ovs-vswitchd.conf.db, Interface statistics)
every 5 seconds or less often (`other_config:stats-update-interval`). A card's counter outlives the
switch's daemon and ends with the card.
"""

from collections.abc import Iterator, Mapping

from networking.backends.base import PortCount
from networking.backends.ovn.config import OvnConfig
from networking.backends.ovn.ovsdb import Ovsdb
from networking.backends.ovn.tables import EXTERNAL_IDS
from networking.backends.ovn.values import members
from networking.planning import Json

_PORT = "iface-id"
# What the switch receives, the machine sent.
_COUNTERS = ("tx_bytes", "rx_bytes", "tx_packets", "rx_packets")


def ports(config: OvnConfig, host: str) -> tuple[PortCount, ...]:
    """The counters of the interfaces on the host that stand for a logical port, in one request.

    An interface whose card is gone counts nothing and is left out. Raises BackendError.
    """
    remote = dict(config.hosts)[host]
    title = f"database of host {host}"
    select = {
        "op": "select",
        "table": "Interface",
        "where": [],
        "columns": ["_uuid", "ifindex", "statistics", EXTERNAL_IDS],
    }
    with Ovsdb(title, "Open_vSwitch", remote, timeout=config.timeout, tls=config.tls) as database:
        (found,) = database.transact([select])
    return tuple(_counted(found["rows"]))


def _counted(rows: list[Mapping[str, Json]]) -> Iterator[PortCount]:
    for row in rows:
        port_id = dict(row[EXTERNAL_IDS][1]).get(_PORT)
        counters = dict(row["statistics"][1])
        if port_id and all(name in counters for name in _COUNTERS):
            yield PortCount(port_id, _series(row), *(counters[name] for name in _COUNTERS))


def _series(row: Mapping[str, Json]) -> str:
    """One plugging of one card: the row is made anew with each plugging and outlives a restart of
    the host, the kernel's number does neither."""
    index = next(iter(members(row["ifindex"])), "")
    return f"{row['_uuid'][1]}-{index}"
