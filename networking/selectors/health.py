"""Whether a network is well: one rule for its tenant's own pages and for the provider's."""

from enum import StrEnum

from django.db.models import Q

from networking.models import Host, Scope


class Health(StrEnum):
    """The worst of what is known."""

    WELL = "well"
    BUSY = "busy"
    ATTENTION = "attention"


UNANSWERED = Q(fabric__error__gt="") | Q(router__error__gt="")
"""Scopes whose device does not answer."""

WITH_SILENT_HOSTS = Q(
    fabric__in=Host.objects.filter(silent_since__isnull=False).order_by().values("fabric")
)
"""Scopes on a fabric that has silent hosts."""

TROUBLED = Scope.DRIFTED | UNANSWERED | WITH_SILENT_HOSTS
"""Scopes where something is wrong for their tenant."""


def worst(*, wrong: bool, busy: bool) -> Health:
    """The health of a network with which something is wrong, or on its way."""
    if wrong:
        return Health.ATTENTION
    return Health.BUSY if busy else Health.WELL
