"""Migration operations for forced row-level security and composite foreign keys.

Every table belongs to one of three kinds: a tenant's (``TenantTable``), everyone's
(``GlobalTable``), or the framework's (granted to the identity role by ``prepare_database``).
A table that no operation names can be used by nobody but the administrator.
"""

from collections.abc import Mapping
from typing import Any

from django.db import connection as default_connection
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from portal.lib.db import TENANT_SETTING, DatabaseRole

ALL = "SELECT, INSERT, UPDATE, DELETE"

# An unset or empty setting gives NULL, and a comparison with NULL admits no row.
CURRENT_TENANT = f"nullif(current_setting('{TENANT_SETTING}', true), '')::uuid"

TENANT_PRIVILEGES: Mapping[DatabaseRole, str] = {
    DatabaseRole.TENANT: ALL,
    DatabaseRole.STAFF: ALL,
    DatabaseRole.WORKER: ALL,
}
READ_BY_ALL: Mapping[DatabaseRole, str] = {
    DatabaseRole.TENANT: "SELECT",
    DatabaseRole.STAFF: ALL,
    DatabaseRole.WORKER: ALL,
}


class _TableOperation(Operation):
    """Runs SQL against the table of one model."""

    reduces_to_sql = True
    reversible = True

    def __init__(self, app_label: str, model: str) -> None:
        self.app_label = app_label
        self.model = model

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Models look the same to Django before and after."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Apply to the table that the model has at this point of the history."""
        for statement in self.statements(self._table(to_state)):
            schema_editor.execute(statement, params=None)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Undo; the migration's models still exist while this runs."""
        for statement in self.undo(self._table(from_state)):
            schema_editor.execute(statement, params=None)

    def statements(self, table: str) -> list[str]:
        """What to run forwards."""
        raise NotImplementedError

    def undo(self, table: str) -> list[str]:
        """What to run backwards."""
        raise NotImplementedError

    def _table(self, state: ProjectState) -> str:
        return str(state.apps.get_model(self.app_label, self.model)._meta.db_table)


class GlobalTable(_TableOperation):
    """A table without a tenant: each role gets the privileges that it is given, on every row."""

    def __init__(
        self,
        app_label: str,
        model: str,
        privileges: Mapping[DatabaseRole, str] = READ_BY_ALL,
    ) -> None:
        super().__init__(app_label, model)
        self.privileges = privileges

    def statements(self, table: str) -> list[str]:
        """Grants alone."""
        return _grants(table, self.privileges)

    def undo(self, table: str) -> list[str]:
        """Take the grants back."""
        return [_revoke(table)]

    def describe(self) -> str:
        """One line for ``migrate --plan``."""
        return f"Grant {self.app_label}.{self.model} to the database roles"


class TenantTable(_TableOperation):
    """A table of tenants' rows: forced row-level security, fail-closed.

    The tenant role sees and writes the rows whose ``column`` is the current tenant; every other
    role in ``privileges`` sees all rows. ``rows`` replaces the tenant role's test (SQL) where the
    tenant is not in a column; it may use ``{tenant}`` for the current tenant's id.
    """

    def __init__(
        self,
        app_label: str,
        model: str,
        privileges: Mapping[DatabaseRole, str] = TENANT_PRIVILEGES,
        *,
        column: str = "tenant_id",
        rows: str | None = None,
    ) -> None:
        super().__init__(app_label, model)
        self.privileges = privileges
        self.column = column
        self.rows = rows

    def statements(self, table: str) -> list[str]:
        """Switch the security on, also for the owner, then say who sees what."""
        test = (self.rows or f'"{self.column}" = {{tenant}}').replace("{tenant}", CURRENT_TENANT)
        return [
            f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
            f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY',
            *(
                _policy(table, role, test if role is DatabaseRole.TENANT else "true")
                for role in self.privileges
            ),
            *_grants(table, self.privileges),
        ]

    def undo(self, table: str) -> list[str]:
        """Drop the policies and let nobody in."""
        return [
            *(f'DROP POLICY "{role}" ON "{table}"' for role in self.privileges),
            f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY',
            f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY',
            _revoke(table),
        ]

    def describe(self) -> str:
        """One line for ``migrate --plan``."""
        return f"Force row-level security on {self.app_label}.{self.model}"


class CompositeForeignKey(Operation):
    """Bind a reference between two rows to one tenant.

    Row-level security does not bind foreign keys: without this a tenant's row could point at
    another tenant's. ``CompositeForeignKey("networking_port", "network_id",
    "networking_network")`` adds (tenant_id, network_id) -> (tenant_id, id). A null reference is
    free. The check is immediate, so a foreign reference fails at its own statement.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, table: str, column: str, target: str) -> None:
        self.table = table
        self.column = column
        self.target = target

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Models look the same to Django before and after."""

    def database_forwards(self, app_label: str, schema_editor: Any, *states: Any) -> None:
        """Give the target its key when it lacks one, then add the reference."""
        unique = f"{self.target}_tenant_key"[-63:]
        if not _has_constraint(self.target, unique):
            schema_editor.execute(
                f'ALTER TABLE "{self.target}" ADD CONSTRAINT "{unique}" UNIQUE (tenant_id, id)'
            )
        schema_editor.execute(
            f'ALTER TABLE "{self.table}" ADD CONSTRAINT "{self._name()}" '
            f'FOREIGN KEY (tenant_id, "{self.column}") '
            f'REFERENCES "{self.target}" (tenant_id, id) DEFERRABLE INITIALLY IMMEDIATE'
        )

    def database_backwards(self, app_label: str, schema_editor: Any, *states: Any) -> None:
        """Drop the reference; the target's key may serve others and stays."""
        schema_editor.execute(f'ALTER TABLE "{self.table}" DROP CONSTRAINT "{self._name()}"')

    def describe(self) -> str:
        """One line for ``migrate --plan``."""
        return f"Bind {self.table}.{self.column} to the tenant of {self.target}"

    def _name(self) -> str:
        return f"{self.table}_{self.column}_same_tenant"[-63:]


def _policy(table: str, role: DatabaseRole, test: str) -> str:
    return f'CREATE POLICY "{role}" ON "{table}" TO {role} USING ({test}) WITH CHECK ({test})'


def _grants(table: str, privileges: Mapping[DatabaseRole, str]) -> list[str]:
    return [f'GRANT {what} ON "{table}" TO {role}' for role, what in privileges.items()]


def _revoke(table: str) -> str:
    return f'REVOKE ALL ON "{table}" FROM {", ".join(DatabaseRole)}'


def _has_constraint(table: str, name: str) -> bool:
    with default_connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_constraint WHERE conrelid = to_regclass(%s) AND conname = %s",
            [f'"{table}"', name],
        )
        return cursor.fetchone() is not None
