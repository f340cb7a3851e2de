"""The audit trail: one event an act, written in the act's own transaction."""

from typing import Any, Protocol
from uuid import UUID

from tenants.models import AuditEvent


class _Ref(Protocol):
    @property
    def id(self) -> UUID: ...


class Author(Protocol):
    """Whoever acts; ``tenants.access.Actor`` is one."""

    @property
    def kind(self) -> str: ...
    @property
    def id(self) -> UUID | None: ...
    @property
    def label(self) -> str: ...
    @property
    def tenant(self) -> _Ref | None: ...
    @property
    def acting_reason(self) -> str: ...
    @property
    def request_id(self) -> str: ...


def record(
    actor: Author,
    verb: str,
    *,
    subject_type: str,
    subject_id: UUID | None,
    subject_name: str,
    tenant_id: UUID | None = None,
    detail: dict[str, Any] | None = None,
) -> AuditEvent:
    """Write that ``actor`` did ``verb`` ("network.create") to the subject.

    The event belongs to ``tenant_id``, else to the tenant that the actor acts for, else to the
    provider alone. ``detail`` is JSON; never put a secret into it.
    """
    if tenant_id is None and actor.tenant is not None:
        tenant_id = actor.tenant.id
    return AuditEvent.objects.create(
        tenant_id=tenant_id,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_label=actor.label,
        on_behalf_reason=actor.acting_reason,
        verb=verb,
        subject_type=subject_type,
        subject_id=subject_id,
        subject_name=subject_name,
        detail=detail or {},
        request_id=actor.request_id,
    )
