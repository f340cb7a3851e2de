"""Writes down how far a scope came. Each function is one transaction, and refuses a worker whose
claim another one has taken over."""

import logging
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from networking.backends.base import Session, StaleTokenError
from networking.engine import sessions
from networking.engine.announce import announce
from networking.engine.backoff import pause
from networking.engine.claim import Claim
from networking.engine.quiet import InForce
from networking.engine.settle import settle
from networking.engine.verdicts import quiet_verdict
from networking.models import Change, ChangeScope, Scope, Verdict
from portal.lib.db import DatabaseRole, acting_as
from portal.lib.logs import carrying

log = logging.getLogger(__name__)

SETTLED = {"attempts": 0, "retry_at": None, "error": "", "blocked": False}
"""What a scope looks like that nothing holds up."""


def sending(held: Claim, generation: int) -> None:
    """Something of this generation is about to be sent to the device. Whoever finds it neither
    applied nor verified later knows that the device may hold it."""
    with acting_as(DatabaseRole.WORKER):
        if not _owned(held).update(sent=generation):
            raise _overtaken()


def applied(held: Claim, generation: int) -> None:
    """The device was read back and holds this generation; the claim stays."""
    with acting_as(DatabaseRole.WORKER):
        _update(held, applied=generation, applied_at=Now())
        _carry(held, generation)
        settle([held.scope_id])


def handed_over(held: Claim, generation: int) -> None:
    """The fabric's central database holds this generation: the verifier goes on from here."""
    with acting_as(DatabaseRole.WORKER):
        _update(held, applied=generation, applied_at=Now(), leased_until=None, **SETTLED)
        _carry(held, generation)
        settle([held.scope_id])


def in_force(held: Claim, generation: int, quiet: InForce) -> None:
    """The fabric holds this generation, and it is in force without a word of the hosts; the claim
    ends."""
    with acting_as(DatabaseRole.WORKER):
        _update(
            held,
            applied=generation,
            applied_at=Now(),
            verified=generation,
            verified_at=Now(),
            leased_until=None,
            **SETTLED,
        )
        _carry(held, generation)
        now = timezone.now()
        changes = newly_verified([held.scope_id])
        keep(
            quiet_verdict(change, held.device.name, quiet.plan, quiet.silent, now)
            for change in changes
        )
        log_verified(held.device.name, changes)
        mark_verified([held.scope_id])
        settle([held.scope_id])


def awaiting(scope_ids: Iterable[UUID]) -> list[ChangeScope]:
    """What these scopes carry already and have not verified yet, with the changes."""
    with acting_as(DatabaseRole.WORKER):
        waiting = ChangeScope.objects.filter(
            scope__in=scope_ids, verified_at=None, change__generation__lte=F("scope__applied")
        )
        return list(waiting.select_related("change").order_by("change__generation"))


def verified(
    held: Claim, generation: int, verdicts: Iterable[Verdict], seen: Sequence[Session]
) -> None:
    """The router's sites were seen to follow this generation, in these sessions; the claim
    ends."""
    with acting_as(DatabaseRole.WORKER):
        # Sites before scopes, as a service locks them that edits a site.
        sessions.observed(held.device.id, {held.ref.vrf: seen})
        _update(held, verified=generation, verified_at=Now(), leased_until=None, **SETTLED)
        mark_verified([held.scope_id])
        keep(verdicts)
        settle([held.scope_id])


def failed(held: Claim, reason: str, *, retry: bool) -> None:
    """The pass ended with an error: the scope waits for its next try, or for an edit."""
    with acting_as(DatabaseRole.WORKER):
        _update(
            held,
            error=reason,
            attempts=F("attempts") + 1,
            blocked=not retry,
            retry_at=Now() + pause(held.attempts) if retry else None,
            leased_until=None,
        )
        settle([held.scope_id])


def still_owned(held: Claim) -> bool:
    """Whether no other worker has taken the scope since."""
    with acting_as(DatabaseRole.WORKER):
        return _owned(held).exists()


def newly_verified(scope_ids: Iterable[UUID]) -> list[Change]:
    """What the scopes have verified by now and is not ticked off, in the caller's transaction."""
    rows = ChangeScope.objects.filter(
        scope__in=scope_ids, verified_at=None, change__generation__lte=F("scope__verified")
    )
    return [row.change for row in rows.select_related("change")]


def mark_verified(scope_ids: Iterable[UUID]) -> None:
    """Tick off what the scopes have verified by now, in the caller's transaction."""
    ChangeScope.objects.filter(
        scope__in=scope_ids, verified_at=None, change__generation__lte=F("scope__verified")
    ).update(verified_at=Now())


def log_verified(device: str, changes: Iterable[Change]) -> None:
    """One line for each change that the device carries now, once that is committed."""
    lines = [(change.request_id, str(change.pk)) for change in changes]

    def write() -> None:
        for request_id, change in lines:
            with carrying([request_id]):
                log.info("verified", extra={"device": device, "change": change})

    transaction.on_commit(write, robust=True)


def keep(verdicts: Iterable[Verdict]) -> None:
    """Write verdicts, in the caller's transaction; a newer one replaces its predecessor."""
    Verdict.objects.bulk_create(
        list(verdicts),
        update_conflicts=True,
        unique_fields=("change", "subject_type", "subject_name"),
        update_fields=("state", "text", "seconds", "at"),
    )


def _update(held: Claim, **fields: Any) -> None:
    if not _owned(held).update(**fields):
        raise _overtaken()
    announce("scope", held.scope_id, held.tenant_id)


def _owned(held: Claim) -> QuerySet[Scope]:
    return Scope.objects.filter(pk=held.scope_id, token=held.token)


def _overtaken() -> StaleTokenError:
    return StaleTokenError("Another worker has taken the scope over.")


def _carry(held: Claim, generation: int) -> None:
    """Note with which generation the scope took a change up: the first one to include it."""
    ChangeScope.objects.filter(
        scope=held.scope_id, carried=None, change__generation__lte=generation
    ).update(carried=generation, applied_at=Now())
