"""What the northbound database holds of ours: our stamped rows alone, in one request."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from networking.backends.ovn.identity import TENANT, noun_of
from networking.backends.ovn.ovsdb import Ovsdb
from networking.backends.ovn.tables import EXTERNAL_IDS, PARENTS, TABLES, Holder, Table
from networking.backends.ovn.values import decode_row, mapping, stamps, uuids
from networking.planning import Json, Resource

# Rows of these tables exist without a holder; those of others hang on them.
_ROOTS = tuple(table.name for table in TABLES if not table.holders)

_Parents = Mapping[tuple[str, Holder], Mapping[str, list[str]]]
_Rows = Mapping[str, Sequence[Mapping[str, Json]]]


def observe(database: Ovsdb, tenant_id: str) -> tuple[Resource, ...]:
    """All rows that carry the tenant's stamp, in the tables that we use. Raises BackendError."""
    ours = [[EXTERNAL_IDS, "includes", mapping({TENANT: tenant_id})]]
    results = database.transact(
        [
            {"op": "select", "table": table.name, "where": ours, "columns": _columns(table)}
            for table in TABLES
        ]
    )
    rows = {table.name: result["rows"] for table, result in zip(TABLES, results, strict=True)}
    parents = _parents(rows)
    return tuple(_resource(table, row, parents) for table in TABLES for row in rows[table.name])


def tenants(database: Ovsdb) -> frozenset[str]:
    """Ids of all tenants of whom there is a stamped row.

    Reads the stamps of the tables whose rows stand by themselves, which are the fewest; any other
    of our rows hangs on one of them. Raises BackendError.
    """
    results = database.transact(
        [
            {"op": "select", "table": table, "where": [], "columns": [EXTERNAL_IDS]}
            for table in _ROOTS
        ]
    )
    found = (stamps(row[EXTERNAL_IDS]) for result in results for row in result["rows"])
    return frozenset(marks[TENANT] for marks in found if TENANT in marks)


def _columns(table: Table) -> list[str]:
    held = {
        holder.column for child in TABLES for holder in child.holders if holder.table == table.name
    }
    return ["_uuid", EXTERNAL_IDS, *table.columns, *sorted(held)]


def _parents(rows: _Rows) -> _Parents:
    """By table, holder and UUID of a child, our rows that hold it."""
    found: dict[tuple[str, Holder], defaultdict[str, list[str]]] = {}
    for table in TABLES:
        for holder in table.holders:
            children = found[table.name, holder] = defaultdict(list)
            for row in rows[holder.table]:
                for child in uuids(row[holder.column]):
                    children[child].append(row["_uuid"][1])
    return found


def _resource(table: Table, row: Mapping[str, Json], parents: _Parents) -> Resource:
    uuid = row["_uuid"][1]
    attrs = decode_row(table, row)
    attrs[PARENTS] = []
    for holder in table.holders:
        attrs[holder.attribute] = sorted(parents[table.name, holder].get(uuid, []))
    return Resource(table.name, uuid, attrs, noun_of(attrs[EXTERNAL_IDS]))
