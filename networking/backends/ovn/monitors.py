"""What hosts found of VIP members: the southbound Service_Monitor rows (man 5 ovn-sb)."""

from collections.abc import Mapping

from networking.backends.base import Health, MemberHealth
from networking.backends.ovn.identity import TENANT
from networking.backends.ovn.ovsdb import Ovsdb
from networking.backends.ovn.tables import EXTERNAL_IDS
from networking.backends.ovn.values import mapping
from networking.backends.ovn.values import members as values
from networking.planning import Json

_STATES = {"online": Health.ONLINE, "offline": Health.OFFLINE, "error": Health.OFFLINE}


def members(northbound: Ovsdb, southbound: Ovsdb, tenant_id: str) -> tuple[MemberHealth, ...]:
    """The tenant's monitors, by port id and then address and port. Raises BackendError."""
    results = southbound.transact(
        [
            {
                "op": "select",
                "table": "Service_Monitor",
                "where": [["logical_port", "==", port_id]],
                "columns": ["logical_port", "ip", "protocol", "port", "status"],
            }
            for port_id in _checked(northbound, tenant_id)
        ]
    )
    found = [_health(row) for result in results for row in result["rows"]]
    return tuple(sorted(found, key=lambda one: (one.port_id, one.address, one.port)))


def _checked(northbound: Ovsdb, tenant_id: str) -> list[str]:
    """Ids of the ports that the tenant's load balancers have checked."""
    select = {
        "op": "select",
        "table": "Load_Balancer",
        "where": [[EXTERNAL_IDS, "includes", mapping({TENANT: tenant_id})]],
        "columns": ["ip_port_mappings"],
    }
    (balancers,) = northbound.transact([select])
    targets = {target for row in balancers["rows"] for _, target in row["ip_port_mappings"][1]}
    return sorted({target.partition(":")[0] for target in targets})


def _health(row: Mapping[str, Json]) -> MemberHealth:
    (status, *_) = (*values(row["status"]), "")
    (protocol, *_) = (*values(row["protocol"]), "tcp")
    return MemberHealth(
        port_id=row["logical_port"],
        address=row["ip"],
        protocol=protocol,
        port=row["port"],
        health=_STATES.get(status, Health.UNKNOWN),
    )
