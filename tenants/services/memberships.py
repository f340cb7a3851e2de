"""What members may do, and who is one no longer."""

from uuid import UUID

from portal.lib.errors import Refusal
from tenants import selectors
from tenants.access import Actor
from tenants.audit import record
from tenants.models import Membership, Role


def change_role(actor: Actor, membership_id: UUID, *, role: str) -> None:
    """Give a member another role; it counts from their next request."""
    if role not in Role.values:
        raise Refusal("unknown-role", f"There is no role {role!r}.", field="role")
    row = selectors.member(actor, membership_id)
    if row["role"] == role:
        return
    if role != Role.ADMIN:
        _keep_an_admin(actor, membership_id)
    Membership.objects.filter(id=membership_id).update(role=role)
    _record(actor, "membership.role", row, {"was": row["role"], "is": role})


def remove(actor: Actor, membership_id: UUID) -> None:
    """End a membership; the person stays, perhaps as a member elsewhere."""
    row = selectors.member(actor, membership_id)
    _keep_an_admin(actor, membership_id)
    Membership.objects.filter(id=membership_id).delete()
    _record(actor, "membership.remove", row, {"role": row["role"]})


def _keep_an_admin(actor: Actor, leaving: UUID) -> None:
    """Refuse to leave a tenant without an admin. The lock serialises two admins' leaving."""
    admins = set(
        Membership.objects.select_for_update()
        .filter(id__in=selectors.people(actor).values("id"), role=Role.ADMIN)
        .order_by("id")
        .values_list("id", flat=True)
    )
    if admins == {leaving}:
        raise Refusal(
            "last-admin",
            "This is the only admin. Make another member an admin first.",
            status=409,
        )


def _record(actor: Actor, verb: str, row: dict[str, object], detail: dict[str, object]) -> None:
    record(
        actor,
        verb,
        subject_type="membership",
        subject_id=row["id"],  # type: ignore[arg-type]
        subject_name=str(row["email"]),
        detail=detail,
    )
