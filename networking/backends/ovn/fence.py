"""The fence: a row on which a worker leaves its token, and which every transaction checks first.

A worker that slept through the loss of its lease then fails on the device itself. The row is an
Address_Set, because creating or editing one costs the central daemon nothing. It outlives the
tenant's other rows: without it, a late worker could bring them back with an old token.
"""

from networking.backends.base import BackendError, StaleTokenError
from networking.backends.ovn.identity import RowUuid, row_uuid
from networking.backends.ovn.ovsdb import Ovsdb, RefusedError
from networking.backends.ovn.tables import EXTERNAL_IDS, STAMP
from networking.backends.ovn.values import mapping, reference, stamps
from networking.intent import TenantRef
from networking.planning import Json

_TOKEN = STAMP + "fence"
# Not the stamp of the tenant's other rows: the fence is no part of its intent.
_TENANT = STAMP + "fence-tenant"
_TABLE = "Address_Set"
_ROUNDS = 5


def guard(tenant: TenantRef, token: int) -> Json:
    """An operation that aborts its transaction unless the fence holds exactly `token`
    (RFC 7047, 5.2.6)."""
    where = [*_is(tenant), [EXTERNAL_IDS, "includes", mapping({_TOKEN: str(token)})]]
    return _wait(where, ["_uuid"], [{"_uuid": reference(_uuid(tenant))}])


def claim(database: Ovsdb, tenant: TenantRef, token: int) -> None:
    """Leave `token` unless a newer one is there, by compare and swap.

    Raises StaleTokenError when a newer one is there, BackendError when it cannot be done.
    """
    for _ in range(_ROUNDS):
        held = _read(database, tenant)
        current = _number(held)
        if current is not None and current > token:
            raise stale(tenant, token)
        if current == token or _swap(database, tenant, held, token):
            return
    raise BackendError(
        f"Several workers claim {tenant.slug} in the {database.title} at once; tried again later.",
        retry=True,
    )


def stale(tenant: TenantRef, token: int) -> StaleTokenError:
    """The error of a worker whose token the fence does not hold (any more)."""
    return StaleTokenError(
        f"The northbound database does not hold token {token} for {tenant.slug}: another worker "
        "took over, or nobody claimed. Nothing was changed; claim anew."
    )


def _read(database: Ovsdb, tenant: TenantRef) -> Json | None:
    select = {"op": "select", "table": _TABLE, "where": _is(tenant), "columns": [EXTERNAL_IDS]}
    (result,) = database.transact([select])
    return next((row[EXTERNAL_IDS] for row in result["rows"]), None)


def _number(held: Json | None) -> int | None:
    text = stamps(held).get(_TOKEN, "") if held is not None else ""
    return int(text) if text.isdecimal() else None


def _swap(database: Ovsdb, tenant: TenantRef, held: Json | None, token: int) -> bool:
    """Whether the token was left; False when somebody was faster."""
    if held is None:
        operations = [_insert(tenant, token)]
    else:
        unchanged = _wait(_is(tenant), [EXTERNAL_IDS], [{EXTERNAL_IDS: held}])
        operations = [unchanged, _edit(tenant, token)]
    try:
        database.transact(operations)
    except RefusedError as error:
        if error.tag not in ("duplicate uuid", "timed out"):
            raise
        return False
    return True


def _insert(tenant: TenantRef, token: int) -> Json:
    marks = {_TOKEN: str(token), _TENANT: tenant.id}
    row = {"name": _name(tenant), EXTERNAL_IDS: mapping(marks)}
    return {"op": "insert", "table": _TABLE, "uuid": _uuid(tenant), "row": row}


def _edit(tenant: TenantRef, token: int) -> Json:
    marks = {_TOKEN: str(token), _TENANT: tenant.id}
    mutations = [
        [EXTERNAL_IDS, "delete", ["set", sorted(marks)]],
        [EXTERNAL_IDS, "insert", mapping(marks)],
    ]
    return {"op": "mutate", "table": _TABLE, "where": _is(tenant), "mutations": mutations}


def _wait(where: Json, columns: list[str], rows: Json) -> Json:
    return {
        "op": "wait",
        "timeout": 0,
        "table": _TABLE,
        "where": where,
        "columns": columns,
        "until": "==",
        "rows": rows,
    }


def _is(tenant: TenantRef) -> list[Json]:
    return [["_uuid", "==", reference(_uuid(tenant))]]


def _uuid(tenant: TenantRef) -> RowUuid:
    return row_uuid(tenant.id, _TABLE, "fence")


def _name(tenant: TenantRef) -> str:
    # Match expressions could not name a set with a hyphen (man 5 ovn-sb, Logical_Flow match).
    return f"dm_fence_{tenant.id.replace('-', '_')}"
