"""Whether a hand-off is free of what was there before: two customers would meet on it otherwise."""

from django.db.models import F

from networking.models import Attachment, Change, ChangeScope, Host, Scope, Verdict
from portal.lib.errors import Refusal

FIELD = "attachment"


def check_clean(attachment: Attachment) -> None:
    """Refuse an attachment on which a device may still serve the former customer. Raises Refusal.

    The former customer's gateway answers for the very addresses that the next one's gets.
    """
    _check_router(attachment)
    _check_fabric(attachment)
    _check_silent(attachment)


def check_left(scope: Scope, attachment: Attachment) -> None:
    """Refuse to move a customer's router scope to another VRF while it has something to remove:
    it would look into the new one alone, and leave the old one as it is. Raises Refusal."""
    if scope.vrf not in ("", attachment.vrf) and scope.verified < scope.wanted:
        raise _unclean(
            f"{attachment.router.name} still removes what the customer had in {scope.vrf}. "
            "Wait a moment."
        )


def _check_router(attachment: Attachment) -> None:
    former = Scope.objects.filter(router=attachment.router, vrf=attachment.vrf)
    if former.filter(verified__lt=F("wanted")).exists():
        raise _unclean(
            f"{attachment.router.name} still removes what the former customer had on "
            f"{attachment.name}. Wait a moment, or choose another."
        )


def _check_fabric(attachment: Attachment) -> None:
    acts = ChangeScope.objects.filter(
        scope__fabric=attachment.fabric,
        change__subject_type=FIELD,
        change__subject_id=attachment.id,
    )
    if acts.filter(scope__verified__lt=F("change__generation")).exists():
        raise _unclean(
            f"{attachment.fabric.name} still removes the former customer's gateway from "
            f"{attachment.name}. Wait a moment, or choose another."
        )


def _check_silent(attachment: Attachment) -> None:
    """A silent host goes on by its old rules: if it may carry gateways, it may be that one."""
    gateways = Host.objects.filter(fabric=attachment.fabric, gateway_priority__gt=0)
    behind = Verdict.objects.filter(
        change__subject_type=FIELD,
        change__subject_id=attachment.id,
        change__verb=Change.Verb.DELETE,
        subject_type="host",
        subject_name__in=gateways.values("name"),
        state=Verdict.State.BEHIND,
    )
    names = behind.order_by("subject_name").values_list("subject_name", flat=True).distinct()
    if found := ", ".join(names):
        raise _unclean(
            f"{found} was silent when {attachment.name} was released, and may still answer on it "
            "for the former customer. Wait until it is back, register it with gateway priority 0 "
            "once it is off, or choose another."
        )


def _unclean(message: str) -> Refusal:
    return Refusal("attachment-unclean", message, field=FIELD, status=409)
