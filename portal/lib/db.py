"""Database roles.

A process signs in to PostgreSQL as a *login role* that inherits nothing and owns nothing.
Work is done as one of four *group roles*, entered for the length of one transaction. What each
may read and write is said by the migrations (see ``portal.lib.rls``); what it sees of a tenant's
rows is decided by forced row-level security from the setting ``demarc.tenant``.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection, transaction
from psycopg.errors import DiskFull, IdleInTransactionSessionTimeout

TENANT_SETTING = "demarc.tenant"
OUTAGES = (OperationalError, InterfaceError, IdleInTransactionSessionTimeout)


class DatabaseRole(StrEnum):
    """The PostgreSQL group roles, by what they are for."""

    IDENTITY = "demarc_identity"  # sign-in, sessions, tokens: before a tenant is known
    TENANT = "demarc_tenant"  # one tenant's rows and nobody else's
    STAFF = "demarc_staff"  # the provider's people: every tenant's rows
    WORKER = "demarc_worker"  # engine, sweeps, seeds: every tenant's rows


@dataclass(frozen=True, slots=True)
class Entered:
    """What the current transaction acts as; no role means that nothing may be read."""

    role: DatabaseRole | None = None
    tenant_id: UUID | None = None


NOBODY = Entered()


def entered() -> Entered:
    """The role and tenant entered last on this thread's connection."""
    now: Entered = getattr(connection, "demarc_entered", NOBODY)
    return now


@contextmanager
def acting_as(role: DatabaseRole, tenant_id: UUID | None = None) -> Iterator[None]:
    """Run the block in a transaction as ``role``, seeing the rows of ``tenant_id``.

    Blocks nest: leaving an inner one gives the outer one its role and tenant back. Both settings
    are local to the transaction, so a pooled connection never carries them to its next user.
    An exception rolls the block back. What already acts as that asks the database for nothing.
    """
    if role is DatabaseRole.TENANT and tenant_id is None:
        raise ValueError("the tenant role needs a tenant")
    outer = entered()
    inner = Entered(role, tenant_id)
    outermost = not connection.in_atomic_block
    try:
        with transaction.atomic():
            if outermost or inner != outer:
                _enter(inner)
            try:
                yield
            except BaseException:
                if outermost:
                    _let_go_if_broken()
                raise
            if connection.needs_rollback:
                if outermost:
                    _let_go_if_broken()
            elif not outermost and inner != outer:
                _enter(outer)
    finally:
        # However the block ended, even by a connection that broke at its last statement: the end of
        # the transaction, and rolling back to a savepoint, put both settings back.
        connection.demarc_entered = outer  # type: ignore[attr-defined]


def _let_go_if_broken() -> None:
    """Give a broken connection back before its transaction ends: Django would open another one, to
    say that nothing is left to roll back, and whoever waits for an answer would wait for that."""
    broken = connection.connection is not None and connection.connection.closed
    if broken:
        connection.close()


def is_outage(error: BaseException | None) -> bool:
    """Whether `error` is, or came about while handling, that the database went away or gave up: a
    broken or refused connection, a pool without a free one, a deadlock. The same may work later."""
    return any(isinstance(one, OUTAGES) for one in _chain(error))


def is_full(error: BaseException | None) -> bool:
    """Whether it came about because the database's disk has no room left. What was to be written
    in that transaction was not."""
    return any(isinstance(one, DiskFull) for one in _chain(error))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An exception and what it came about from, or while handling."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        yield error
        seen.add(id(error))
        error = error.__cause__ or error.__context__


def _enter(now: Entered) -> None:
    """Set role and tenant for the rest of this transaction, in one round trip."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT set_config('role', %s, true), set_config('{TENANT_SETTING}', %s, true)",
            [now.role or "none", str(now.tenant_id or "")],
        )
    connection.demarc_entered = now  # type: ignore[attr-defined]
