"""Previews, confirmations and reverts of changes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from django.db import transaction

from networking.models import Change
from networking.planning import Json
from networking.selectors.base import Missing, one
from networking.services.accept import writing
from networking.services.act import Snapshot
from networking.services.guards import writer_of
from networking.services.inverses import INVERSES
from portal.lib.errors import Refusal
from tenants.access import Actor

Seen = TypeVar("Seen")


@dataclass(frozen=True, slots=True)
class Preview:
    """What an act would do. `generation` is the tenant's intent version that it was foreseen on:
    hand it to `confirm`. `plan` and `effects` are as in `Change`."""

    generation: int
    verb: str
    subject_type: str
    subject_id: UUID
    subject_name: str
    summary: str
    before: Snapshot
    after: Snapshot
    plan: Json
    warnings: tuple[str, ...]
    effects: Json | None


class _RolledBackError(Exception):
    """Ends a preview's transaction."""


def preview(act: Callable[[], Change]) -> Preview:
    """Run the real service and take it all back: rows, audit event, tasks. No device is asked.

    Raises the Refusal that the service raises.
    """
    foreseen, _ = preview_with(act, lambda: None)
    return foreseen


def preview_with(act: Callable[[], Change], look: Callable[[], Seen]) -> tuple[Preview, Seen]:
    """As `preview`, with what `look` reads before it is taken back."""
    try:
        with transaction.atomic():
            change = act()
            seen = look()
            raise _RolledBackError
    except _RolledBackError:
        return _preview(change), seen


def _preview(change: Change) -> Preview:
    return Preview(
        generation=change.generation - 1,
        verb=change.verb,
        subject_type=change.subject_type,
        subject_id=change.subject_id,
        subject_name=change.subject_name,
        summary=change.summary,
        before=change.before,
        after=change.after,
        plan=change.plan,
        warnings=tuple(change.warnings),
        effects=change.effects,
    )


def confirm(actor: Actor, generation: int, act: Callable[[], Change]) -> Change:
    """Carry out an act that was previewed on this generation.

    Raises Refusal when the tenant's intent has moved on since: the plan may not be true any more.
    """
    with writing(actor, writer_of(actor)) as draft:
        if draft.generation.number != generation:
            raise Refusal(
                "stale-plan",
                "Something of yours was changed since this plan was made. Look at the new plan "
                "and confirm that one.",
                status=412,
            )
        return act()


def revert(actor: Actor, change_id: UUID) -> Change:
    """Do the opposite of a change: what it made goes, what it changed is put back, what it
    deleted is made again. Raises Refusal with the reason when that cannot be.
    """
    tenant_id = writer_of(actor)
    with writing(actor, tenant_id):
        change = one(Change.objects.filter(tenant_id=tenant_id), change_id, "change")
        taken_back = change.taken_back_by
        if taken_back is not None:
            raise Refusal(
                "already-reverted",
                f"This change was taken back already: {taken_back.summary}.",
                status=409,
            )
        inverse = INVERSES.get((change.subject_type, change.verb))
        if inverse is None:
            raise Refusal(
                "not-revertible",
                f"Only your provider can take this back: {change.summary}.",
                status=409,
            )
        try:
            made = inverse(actor, change)
        except Refusal as refusal:
            raise _cannot(change, refusal) from refusal
        made.reverts = change
        made.summary = f"Revert: {change.summary}"[:255]
        made.save(update_fields=["reverts", "summary"])
        return made


def _cannot(change: Change, refusal: Refusal) -> Refusal:
    if isinstance(refusal, Missing):
        reason = f"{change.subject_name} is not there any more."
    else:
        reason = refusal.message
    return Refusal(refusal.code, f"This change cannot be taken back. {reason}", status=409)
