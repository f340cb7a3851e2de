"""Many rows at once."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from psycopg import sql

INCOMING = sql.Identifier("incoming")


def insert(
    table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], conflict: str = ""
) -> None:
    """Insert rows by COPY into a temporary table and from there into theirs, because COPY is
    refused under row-level security. `conflict` is the ON CONFLICT clause.
    """
    parts = {
        "table": sql.Identifier(table),
        "incoming": INCOMING,
        "columns": sql.SQL(", ").join(map(sql.Identifier, columns)),
        "conflict": sql.SQL(conflict),
    }
    with connection.cursor() as cursor:
        cursor.execute(
            _said("CREATE TEMP TABLE {incoming} (LIKE {table} INCLUDING DEFAULTS)", parts)
        )
        with cursor.copy(_said("COPY {incoming} ({columns}) FROM STDIN", parts)) as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(
            _said(
                "INSERT INTO {table} ({columns}) SELECT {columns} FROM {incoming} {conflict}", parts
            )
        )
        cursor.execute(_said("DROP TABLE {incoming}", parts))


def _said(statement: str, parts: dict[str, Any]) -> sql.Composed:
    return sql.SQL(statement).format(**parts)
