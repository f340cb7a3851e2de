"""What is done to one of a tenant's nouns, as its change, the audit trail and a revert know it."""

from dataclasses import dataclass, field
from typing import Any, Self
from uuid import UUID

from django.utils import timezone

from networking.models import Attachment, Change
from networking.models.base import NounRow

Snapshot = dict[str, Any]
Verb = Change.Verb


@dataclass(frozen=True, slots=True)
class Act:
    """What is done to what. `before` and `after` are the subject's editable fields as JSON."""

    verb: Verb
    subject_type: str
    subject_id: UUID
    subject_name: str
    summary: str
    before: Snapshot = field(default_factory=dict)
    after: Snapshot = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @classmethod
    def create(
        cls,
        row: NounRow | Attachment,
        summary: str,
        after: Snapshot,
        warnings: tuple[str, ...] = (),
    ) -> Self:
        """A row that is new to the tenant."""
        return cls(*_subject(Verb.CREATE, row), summary, after=after, warnings=warnings)

    @classmethod
    def update(
        cls,
        row: NounRow,
        summary: str,
        before: Snapshot,
        after: Snapshot,
        warnings: tuple[str, ...] = (),
    ) -> Self:
        """A row that is edited."""
        return cls(*_subject(Verb.UPDATE, row), summary, before, after, warnings)

    @classmethod
    def delete(
        cls,
        row: NounRow | Attachment,
        summary: str,
        before: Snapshot,
        warnings: tuple[str, ...] = (),
    ) -> Self:
        """A row that goes, or that the tenant loses."""
        return cls(*_subject(Verb.DELETE, row), summary, before, warnings=warnings)


def mark_retiring(row: NounRow) -> None:
    """Write down that the row's deletion is accepted; the engine removes it once no device holds
    it. Call it between `Draft.watch` and `Draft.accept`."""
    row.retiring_at = timezone.now()
    row.version += 1
    row.save()


def _subject(verb: Verb, row: NounRow | Attachment) -> tuple[Verb, str, UUID, str]:
    return verb, row.audit_type, row.id, row.name
