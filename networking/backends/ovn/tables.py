"""The northbound tables and columns that we own rows of, and how a column's value is written.

A resource's `attrs` are the row's columns in canonical JSON, and `parents`: the rows whose
reference holds it, since in OVSDB the holder knows its children (`Logical_Switch.ports`). Where
rows of two tables hold one, those of the second are in an attribute of their own.
`external_ids` in `attrs` are our stamps alone; other programs may keep their own keys there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

from networking.planning import Json

STAMP = "demarc-"
PARENTS = "parents"
ROUTERS = "routers"
EXTERNAL_IDS = "external_ids"


class Shape(Enum):
    """What a column holds, and with it the canonical JSON."""

    ATOM = auto()
    """Exactly one string, integer or boolean: the value."""
    OPTIONAL = auto()
    """One or none: the value, or null."""
    SET = auto()
    """Strings: a sorted list."""
    MAP = auto()
    """String to string: an object."""
    REFERENCE = auto()
    """The UUID of another row or none: its text, or null."""


@dataclass(frozen=True, slots=True)
class Holder:
    """The table and column whose set of references a row is in; `attribute` has the holders."""

    table: str
    column: str
    attribute: str = PARENTS


@dataclass(frozen=True, slots=True)
class Table:
    """A table that we own rows of. `columns` are those that we set, beside external_ids.

    Of a `root` (RFC 7047, 3.2: isRoot) the server keeps rows that nobody holds.
    """

    name: str
    columns: Mapping[str, Shape]
    holders: tuple[Holder, ...] = ()
    root: bool = False

    @property
    def stands_alone(self) -> bool:
        """Whether there may be rows that no holder leads to."""
        return self.root or not self.holders


# Each comes after those that its rows refer to or are held by.
TABLES = (
    Table("Address_Set", {"name": Shape.ATOM, "addresses": Shape.SET}),
    Table("DHCP_Options", {"cidr": Shape.ATOM, "options": Shape.MAP}),
    Table(
        "Logical_Router",
        {"name": Shape.ATOM, "enabled": Shape.OPTIONAL, "options": Shape.MAP},
    ),
    Table("Logical_Switch", {"name": Shape.ATOM, "other_config": Shape.MAP}),
    Table(
        "Logical_Router_Port",
        {
            "name": Shape.ATOM,
            "mac": Shape.ATOM,
            "networks": Shape.SET,
            "enabled": Shape.OPTIONAL,
            "options": Shape.MAP,
            "ipv6_ra_configs": Shape.MAP,
        },
        (Holder("Logical_Router", "ports"),),
    ),
    Table(
        "Gateway_Chassis",
        {"name": Shape.ATOM, "chassis_name": Shape.ATOM, "priority": Shape.ATOM},
        (Holder("Logical_Router_Port", "gateway_chassis"),),
    ),
    Table(
        "Logical_Router_Static_Route",
        {
            "ip_prefix": Shape.ATOM,
            "nexthop": Shape.ATOM,
            "output_port": Shape.OPTIONAL,
            "policy": Shape.OPTIONAL,
            "route_table": Shape.ATOM,
        },
        (Holder("Logical_Router", "static_routes"),),
    ),
    Table(
        "Logical_Router_Policy",
        {"priority": Shape.ATOM, "match": Shape.ATOM, "action": Shape.ATOM},
        (Holder("Logical_Router", "policies"),),
    ),
    Table(
        "Logical_Switch_Port",
        {
            "name": Shape.ATOM,
            "type": Shape.ATOM,
            "enabled": Shape.OPTIONAL,
            "options": Shape.MAP,
            "tag": Shape.OPTIONAL,
            "addresses": Shape.SET,
            "port_security": Shape.SET,
            "dhcpv4_options": Shape.REFERENCE,
            "dhcpv6_options": Shape.REFERENCE,
        },
        (Holder("Logical_Switch", "ports"),),
    ),
    Table(
        "Load_Balancer",
        {
            "name": Shape.ATOM,
            "protocol": Shape.OPTIONAL,
            "vips": Shape.MAP,
            "ip_port_mappings": Shape.MAP,
            "selection_fields": Shape.SET,
            "options": Shape.MAP,
        },
        (
            Holder("Logical_Switch", "load_balancer"),
            Holder("Logical_Router", "load_balancer", attribute=ROUTERS),
        ),
        root=True,
    ),
    Table(
        "Load_Balancer_Health_Check",
        {"vip": Shape.ATOM, "options": Shape.MAP},
        (Holder("Load_Balancer", "health_check"),),
    ),
    Table("Meter_Band", {"action": Shape.ATOM, "rate": Shape.ATOM, "burst_size": Shape.ATOM}),
    Table(
        "Meter",
        {
            "name": Shape.ATOM,
            "unit": Shape.ATOM,
            "fair": Shape.OPTIONAL,
            "bands": Shape.REFERENCE,
        },
    ),
    Table(
        "ACL",
        {
            "name": Shape.OPTIONAL,
            "direction": Shape.ATOM,
            "priority": Shape.ATOM,
            "match": Shape.ATOM,
            "action": Shape.ATOM,
            "options": Shape.MAP,
            "log": Shape.ATOM,
            "severity": Shape.OPTIONAL,
            "meter": Shape.OPTIONAL,
            "label": Shape.ATOM,
        },
        (Holder("Logical_Switch", "acls"),),
    ),
)
TABLE: Mapping[str, Table] = {table.name: table for table in TABLES}
ORDER = tuple(TABLE)

_EMPTY: Mapping[Shape, Json] = {
    Shape.OPTIONAL: None,
    Shape.SET: [],
    Shape.MAP: {},
    Shape.REFERENCE: None,
}


def complete(table: Table, columns: Mapping[str, Json]) -> dict[str, Json]:
    """`columns` with those that were left out as OVSDB has them by default.

    Raises KeyError for a column that has no default of that kind or is not ours.
    """
    if unknown := columns.keys() - table.columns.keys():
        raise KeyError(f"{table.name} has no column {sorted(unknown)[0]} of ours")
    return {
        name: columns[name] if name in columns else _EMPTY[shape]
        for name, shape in table.columns.items()
    }
