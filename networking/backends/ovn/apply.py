"""Carries out a plan on the northbound database: one transaction, behind the fence."""

from collections.abc import Collection, Mapping, Sequence

from networking.backends.base import BackendError
from networking.backends.ovn import fence
from networking.backends.ovn.ovsdb import Ovsdb, RefusedError
from networking.backends.ovn.transaction import Transaction, compose, created
from networking.backends.ovn.values import reference
from networking.intent import TenantRef
from networking.planning import Plan

_GUARD = 0

_ADVICE = {
    "constraint violation": (
        "Nothing was changed. A row that is not ours may hold the same name, or a value is not "
        "one that OVN takes: remove that row or edit the network, then try again."
    ),
    "referential integrity violation": (
        "Nothing was changed. Rows changed since the plan was made; it is made anew."
    ),
    "duplicate uuid": (
        "Nothing was changed. Rows appeared since the plan was made; it is made anew."
    ),
}
_OTHERWISE = "Nothing was changed."


def apply(database: Ovsdb, tenant: TenantRef, plan: Plan, token: int) -> None:
    """Make all changes of `plan` or none; may be repeated after a lost answer.

    Raises StaleTokenError when the database holds another token, UnreachableError when it did not
    answer (whether the changes were made is then unknown), BackendError when it refused them.
    """
    try:
        _commit(database, tenant, plan, token)
    except RefusedError as error:
        if error.tag != "duplicate uuid":
            raise
        _commit(database, tenant, plan, token, _present(database, created(plan)))


def _commit(
    database: Ovsdb, tenant: TenantRef, plan: Plan, token: int, present: Collection[str] = ()
) -> None:
    transaction = compose(plan, present)
    try:
        database.transact([fence.guard(tenant, token), *transaction.operations])
    except RefusedError as error:
        if error.index == _GUARD and error.tag == "timed out":
            raise fence.stale(tenant, token) from error
        raise _explained(database, tenant, transaction, error) from error


def _present(database: Ovsdb, rows: Mapping[str, Sequence[str]]) -> frozenset[str]:
    """Which of these rows exist, stamped or not."""
    wanted = [(table, uuid) for table, uuids in rows.items() for uuid in uuids]
    results = database.transact(
        [
            {
                "op": "select",
                "table": table,
                "where": [["_uuid", "==", reference(uuid)]],
                "columns": ["_uuid"],
            }
            for table, uuid in wanted
        ]
    )
    return frozenset(
        uuid for (_, uuid), result in zip(wanted, results, strict=True) if result["rows"]
    )


def _explained(
    database: Ovsdb, tenant: TenantRef, transaction: Transaction, error: RefusedError
) -> BackendError:
    """The same error with what was being done, to what, and what to do."""
    subject = transaction.subject(error.index - 1)
    about = f" at {subject}" if subject else ""
    text = (
        f"The {database.title} refused the change of {tenant.slug}{about}: {error.tag} "
        f"({error.details or 'it gives no details'}). {_ADVICE.get(error.tag, _OTHERWISE)}"
    )
    return RefusedError(text, tag=error.tag, details=error.details, index=error.index)
