"""What the northbound database holds of ours: our stamped rows alone.

The server finds a row by its UUID at once; for any other condition it reads the whole table, with
the rows of all tenants. So only the tables whose rows stand alone are searched for the stamp, the
others are read by the references of those: a tenant costs about the same whoever is beside it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from networking.backends.ovn.identity import TENANT, noun_of
from networking.backends.ovn.ovsdb import Ovsdb
from networking.backends.ovn.tables import EXTERNAL_IDS, PARENTS, TABLES, Holder, Table
from networking.backends.ovn.values import decode_row, mapping, reference, stamps, uuids
from networking.planning import Ident, Json, Resource

# Rows of these tables exist without a holder; those of others hang on them.
_ROOTS = tuple(table.name for table in TABLES if not table.holders)
# A row by its UUID costs the server what reading some twenty rows of a table does.
_ONE_BY_ONE = 256

_Parents = Mapping[tuple[str, Holder], Mapping[str, list[str]]]
_Rows = Mapping[str, Sequence[Mapping[str, Json]]]


def observe(
    database: Ovsdb, tenant_id: str, only: Collection[Ident] | None = None
) -> tuple[Resource, ...]:
    """All rows that carry the tenant's stamp, or at least these of them; one request for each level
    of holders. Raises BackendError.

    A row that a row which is not the tenant's holds alone is left out: whoever makes it anew finds
    it there.
    """
    ours = [EXTERNAL_IDS, "includes", mapping({TENANT: tenant_id})]
    named = {kind for kind, _ in only or ()}
    asked_for = [table for table in TABLES if only is None or table.name in named]
    needed = _with_holders(asked_for)
    keys = _keys(only or (), asked_for)
    rows: dict[str, list[Mapping[str, Json]]] = {}
    for level in _levels(needed):
        asked = [
            (table, where)
            for table in level
            for where in _wheres(table, rows, ours, keys.get(table.name, ()))
        ]
        rows |= {table.name: [] for table in level}
        columns = {table.name: _columns(table, needed) for table in level}
        selections = [
            {"op": "select", "table": table.name, "where": where, "columns": columns[table.name]}
            for table, where in asked
        ]
        results = database.transact(selections) if selections else []
        for (table, _), result in zip(asked, results, strict=True):
            rows[table.name] += result["rows"]
    parents = _parents(rows, asked_for)
    return tuple(_resource(table, row, parents) for table in asked_for for row in rows[table.name])


def _keys(only: Iterable[Ident], tables: Sequence[Table]) -> Mapping[str, Collection[str]]:
    """The rows that are wanted, by table; of holders all are, for any may hold a row."""
    holders = {holder.table for table in tables for holder in table.holders}
    found: dict[str, set[str]] = defaultdict(set)
    for kind, key in only:
        if kind not in holders:
            found[kind].add(key)
    return found


def _with_holders(tables: Iterable[Table]) -> list[Table]:
    """These tables and all that their rows hang on."""
    names = {table.name for table in tables}
    for table in reversed(TABLES):
        if table.name in names:
            names |= {holder.table for holder in table.holders}
    return [table for table in TABLES if table.name in names]


def _levels(tables: Sequence[Table]) -> Iterator[list[Table]]:
    """The tables, those whose rows stand alone first, each of the rest after its holders."""
    read: set[str] = set()
    while level := [
        table
        for table in tables
        if table.name not in read
        and (table.stands_alone or all(holder.table in read for holder in table.holders))
    ]:
        yield level
        read |= {table.name for table in level}


def _wheres(table: Table, rows: _Rows, ours: Json, keys: Collection[str]) -> list[Json]:
    """The conditions that find the tenant's rows, each row by one of them; of these keys, if there
    are few."""
    if 0 < len(keys) <= _ONE_BY_ONE:
        return [[["_uuid", "==", reference(key)], ours] for key in sorted(keys)]
    if table.stands_alone:
        return [[ours]]
    held = {
        child
        for holder in table.holders
        for row in rows[holder.table]
        for child in uuids(row[holder.column])
    }
    if len(held) > _ONE_BY_ONE:
        return [[ours]]
    return [[["_uuid", "==", reference(child)], ours] for child in sorted(held)]


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


def _columns(table: Table, tables: Iterable[Table]) -> list[str]:
    """Those of ours, and those that lead to rows of the other tables."""
    held = {
        holder.column for child in tables for holder in child.holders if holder.table == table.name
    }
    return ["_uuid", EXTERNAL_IDS, *table.columns, *sorted(held)]


def _parents(rows: _Rows, tables: Iterable[Table]) -> _Parents:
    """By table, holder and UUID of a child, our rows that hold it."""
    found: dict[tuple[str, Holder], defaultdict[str, list[str]]] = {}
    for table in tables:
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
