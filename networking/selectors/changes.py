"""Changes: what was asked, by whom, and how far it has come."""

from uuid import UUID

from django.db.models import CharField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from networking.models import Change
from networking.selectors.base import one, visible
from tenants.access import Actor


def changes(
    actor: Actor, *, q: str = "", subject_id: UUID | None = None, unfinished: bool = False
) -> QuerySet[Change]:
    """The changes, newest first; `q` is part of the summary or of who asked."""
    rows = visible(Change.objects.all(), actor).select_related("tenant").order_by("-id")
    rows = rows.prefetch_related("verdicts")
    if subject_id is not None:
        rows = rows.filter(subject_id=subject_id)
    if unfinished:
        rows = rows.exclude(state__in=Change.SETTLED)
    if q:
        text = q.strip()
        rows = rows.filter(Q(summary__icontains=text) | Q(actor_label__icontains=text))
    return rows


def change(actor: Actor, change_id: UUID) -> Change:
    """One change with its verdicts, the scopes that it touches and what it reverts, supersedes or
    was taken back by. Raises Missing."""
    rows = changes(actor).select_related("reverts", "superseded_by")
    whole = rows.prefetch_related(
        "touched_scopes__scope__fabric", "touched_scopes__scope__router", "reverted__reverted"
    )
    return one(whole, change_id, "change")


def unfinished_state() -> Coalesce:
    """For a noun's rows: the state of the newest change of the row that is not done, or ""."""
    newest = (
        Change.objects.filter(tenant_id=OuterRef("tenant_id"), subject_id=OuterRef("id"))
        .exclude(state__in=Change.SETTLED)
        .order_by("-generation")
    )
    return Coalesce(Subquery(newest.values("state")[:1]), Value(""), output_field=CharField())
