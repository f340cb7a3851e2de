"""How far hosts have come, and where ports are plugged in. Nothing here waits for a host."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from networking.backends.base import BackendError, FabricProgress, HostProgress, PortLocation
from networking.backends.ovn.identity import noun_stamp
from networking.backends.ovn.ovsdb import Ovsdb
from networking.backends.ovn.tables import EXTERNAL_IDS
from networking.backends.ovn.values import mapping, members, uuids
from networking.planning import Json

# The server reads the whole table for each port asked for; from here on one reading is cheaper.
_ONE_BY_ONE = 32

_MILLISECOND = 1000


def request(northbound: Ovsdb) -> int:
    """Raise nb_cfg by one, atomically; the new number. Raises BackendError."""
    operations = [
        {"op": "mutate", "table": "NB_Global", "where": [], "mutations": [["nb_cfg", "+=", 1]]},
        {"op": "select", "table": "NB_Global", "where": [], "columns": ["nb_cfg"]},
    ]
    _, selected = northbound.transact(operations)
    return int(_only(northbound, selected)["nb_cfg"])


def progress(northbound: Ovsdb, southbound: Ovsdb, hosts: Sequence[str]) -> FabricProgress:
    """What the central daemon and each host last reported.

    A host of `hosts` that the southbound database does not know has come as far as 0, never; a
    chassis that is not in `hosts` is left out unless `hosts` is empty. Raises BackendError.
    """
    central = {
        "op": "select", "table": "NB_Global", "where": [], "columns": ["nb_cfg", "sb_cfg"],
    }  # fmt: skip
    chassis = {
        "op": "select", "table": "Chassis_Private", "where": [],
        "columns": ["name", "nb_cfg", "nb_cfg_timestamp"],
    }  # fmt: skip
    (reported,) = southbound.transact([chassis])
    (selected,) = northbound.transact([central])
    numbers = _only(northbound, selected)
    known = {row["name"]: _host(row) for row in reported["rows"]}
    names = hosts or sorted(known)
    return FabricProgress(
        requested=numbers["nb_cfg"],
        compiled=numbers["sb_cfg"],
        hosts=tuple(known.get(name, HostProgress(name, 0, None)) for name in names),
    )


def locate(southbound: Ovsdb, port_ids: Sequence[str] | None) -> tuple[PortLocation, ...]:
    """Where these ports are plugged in, in their order; all of ours by id for None.

    A port that the central daemon has not compiled yet is left out. Raises BackendError.
    """
    chassis = {"op": "select", "table": "Chassis", "where": [], "columns": ["_uuid", "name"]}
    named, *bindings = southbound.transact([chassis, *_selections(port_ids)])
    names = {row["_uuid"][1]: row["name"] for row in named["rows"]}
    found = {
        row["logical_port"]: _location(row, names) for result in bindings for row in result["rows"]
    }
    wanted = sorted(found) if port_ids is None else port_ids
    return tuple(found[port_id] for port_id in wanted if port_id in found)


def _selections(port_ids: Sequence[str] | None) -> list[Json]:
    # The central daemon copies a port's external_ids to its binding (man 5 ovn-sb).
    ours = [EXTERNAL_IDS, "includes", mapping(noun_stamp("port"))]
    if port_ids is None or len(port_ids) > _ONE_BY_ONE:
        conditions = [[ours]]
    else:
        conditions = [[["logical_port", "==", port_id], ours] for port_id in port_ids]
    columns = ["logical_port", "chassis", "up"]
    return [
        {"op": "select", "table": "Port_Binding", "where": where, "columns": columns}
        for where in conditions
    ]


def _only(northbound: Ovsdb, selected: Json) -> Mapping[str, Json]:
    """The single row of NB_Global."""
    for row in selected["rows"]:
        found: Mapping[str, Json] = row
        return found
    raise BackendError(
        f"The {northbound.title} has no NB_Global row yet. Run `ovn-nbctl init` on it and start "
        "ovn-northd; the work is tried again.",
        retry=True,
    )


def _host(row: Mapping[str, Json]) -> HostProgress:
    stamp = row["nb_cfg_timestamp"]
    at = datetime.fromtimestamp(stamp / _MILLISECOND, UTC) if stamp else None
    return HostProgress(row["name"], row["nb_cfg"], at)


def _location(row: Mapping[str, Json], names: Mapping[str, str]) -> PortLocation:
    chassis = next(iter(uuids(row["chassis"])), "")
    up = next(iter(members(row["up"])), False)
    return PortLocation(row["logical_port"], names.get(chassis, ""), bool(up))
