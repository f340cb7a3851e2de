"""One worker a scope: a lease in the database and a token that the device checks.

The lease keeps two workers from doing the same; it cannot stop one that was paused and wakes up
later. The token can: it grows with each claim, and a device refuses an older one.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from django.db import Error, connection
from django.db.models import BigIntegerField, Case, F, Func, Q, TextField, Value, When
from django.db.models.functions import Greatest, Now

from networking.engine.device import Device, fabric_device, router_device
from networking.engine.settle import settle
from networking.engine.unfinished import DUE, FREE, LEASE, UNFINISHED
from networking.intent import ScopeRef, TenantRef
from networking.models import ChangeScope, Scope
from portal.lib.db import DatabaseRole, acting_as

RENEWAL = 5.0  # seconds between heartbeats: two may be lost
LOGGED = 50  # requests that a line of the log names


class Clock(Func):
    """The database's clock in seconds since 1970."""

    template = "EXTRACT(EPOCH FROM STATEMENT_TIMESTAMP())::bigint"
    output_field = BigIntegerField()


@dataclass(frozen=True, slots=True)
class Claim:
    """A scope that this worker owns as long as nobody holds a higher token.

    `settled` says that whatever was sent to the device before had been verified by then.
    `requests` are the ids of the requests whose changes it has not verified.
    """

    scope_id: UUID
    tenant_id: UUID
    token: int
    attempts: int
    settled: bool
    requests: tuple[str, ...]
    device: Device
    ref: ScopeRef


def claim(scope_id: UUID, *, repair: int | None = None) -> Claim | None:
    """Take the scope if it is free and wants work; None when there is nothing to do here.

    With `repair` a scope at rest is taken, too, if that is still its token: if nobody has had it
    since the token was read.
    """
    wants_work = FREE & DUE & UNFINISHED if repair is None else FREE & Q(token=repair)
    with acting_as(DatabaseRole.WORKER):
        taken = Scope.objects.filter(wants_work, pk=scope_id).update(
            # Not below the clock, so that a database restored from a backup still comes after
            # the tokens that it once gave.
            token=Greatest(F("token") + 1, Clock()),
            leased_until=Now() + LEASE,
            # Whoever edits what was blocked sets the attempts to none: the old reason is moot.
            error=Case(When(attempts=0, then=Value("", TextField())), default=F("error")),
        )
        if not taken:
            return None
        settle([scope_id])
        return _claim(load(scope_id))


def load(scope_id: UUID) -> Scope:
    """The scope with its tenant and device, in the caller's transaction."""
    return Scope.objects.select_related("tenant", "fabric__access", "router__access").get(
        pk=scope_id
    )


def reference(scope: Scope) -> ScopeRef:
    """The scope as a backend sees it."""
    tenant = TenantRef(id=str(scope.tenant_id), slug=scope.tenant.slug)
    return ScopeRef(id=str(scope.id), tenant=tenant, vrf=scope.vrf)


def device_of(scope: Scope) -> Device:
    """The device of a scope that `load` gave."""
    if scope.fabric is not None:
        return fabric_device(scope.fabric)
    assert scope.router is not None
    return router_device(scope.router)


def _claim(scope: Scope) -> Claim:
    return Claim(
        scope_id=scope.id,
        tenant_id=scope.tenant_id,
        token=scope.token,
        attempts=scope.attempts,
        settled=max(scope.sent, scope.applied) <= scope.verified,
        requests=_requests(scope),
        device=device_of(scope),
        ref=reference(scope),
    )


def _requests(scope: Scope) -> tuple[str, ...]:
    waiting = ChangeScope.objects.filter(scope=scope.pk, verified_at=None)
    newest = waiting.order_by("-change__generation").values_list("change__request_id", flat=True)
    return tuple(newest[:LOGGED])


@contextmanager
def kept(held: Claim) -> Iterator[None]:
    """Renew the lease from a thread of its own for as long as the block runs."""
    done = threading.Event()
    thread = threading.Thread(target=_renew, args=(held, done), daemon=True, name="lease")
    thread.start()
    try:
        yield
    finally:
        done.set()


def _renew(held: Claim, done: threading.Event) -> None:
    """Ends with the block, or when another worker holds the scope."""
    try:
        while not done.wait(RENEWAL):
            if not _renewed(held):
                return
    finally:
        connection.close()


def _renewed(held: Claim) -> bool:
    """A database that is away now may be back before the lease ends."""
    try:
        with acting_as(DatabaseRole.WORKER):
            mine = Scope.objects.filter(
                pk=held.scope_id, token=held.token, leased_until__isnull=False
            )
            return bool(mine.update(leased_until=Now() + LEASE))
    except Error:
        connection.close()
        return True
