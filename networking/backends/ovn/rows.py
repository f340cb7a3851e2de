"""Collects the rows of one tenant while its intent is rendered."""

from collections.abc import Mapping, Sequence

from networking.backends.ovn.identity import RowName, RowUuid, row_name, row_uuid, stamp
from networking.backends.ovn.tables import EXTERNAL_IDS, PARENTS, TABLE, complete
from networking.intent import TenantRef
from networking.planning import Json, Noun, Resource


class Rows:
    """The rows so far, in `resources`, and how a row of the tenant is called."""

    def __init__(self, tenant: TenantRef) -> None:
        self.resources: list[Resource] = []
        self.tenant = tenant

    def uuid(self, table: str, *key: str) -> RowUuid:
        """The UUID of the tenant's row in `table` that `key` tells from its others."""
        return row_uuid(self.tenant.id, table, *key)

    def name(self, *parts: str) -> RowName:
        """A name that no other tenant's row has, as long as `parts` hold an id."""
        return row_name(self.tenant, *parts)

    def add(
        self,
        table: str,
        uuid: RowUuid,
        noun: Noun,
        columns: Mapping[str, Json],
        *,
        parents: Sequence[RowUuid] = (),
        **others: Sequence[RowUuid],
    ) -> None:
        """Append a row, stamped. `parents` hold it (the table's first holder), `others` are
        those of its further holders, by the name of their attribute.

        Raises KeyError for a column that is not ours.
        """
        attrs = complete(TABLE[table], columns)
        for holder in TABLE[table].holders:
            rows = parents if holder.attribute == PARENTS else others.get(holder.attribute, ())
            attrs[holder.attribute] = sorted(rows)
        attrs.setdefault(PARENTS, [])
        attrs[EXTERNAL_IDS] = stamp(self.tenant, noun)
        self.resources.append(Resource(table, uuid, attrs, noun))
