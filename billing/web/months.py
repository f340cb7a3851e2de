"""The month that a page is about, and the ones to choose from."""

from dataclasses import dataclass
from datetime import datetime

from django.http import Http404
from django.utils import timezone

from billing.rating.period import Period, moment
from billing.statements.periods import period_of, this_period
from portal.lib.errors import Refusal

CHOICES = 18  # months back


@dataclass(frozen=True, slots=True)
class Months:
    """The month shown, those beside it if there are any, and all that can be chosen."""

    shown: Period
    previous: Period | None
    next: Period | None
    choices: tuple[Period, ...]
    lasts: bool
    """Whether some of the month is still to come in."""

    @property
    def closes(self) -> datetime:
        """When all of it is."""
        return moment(self.shown.closes)


def months(text: str) -> Months:
    """The month written as YYYY-MM, this one where nothing is written. Raises Http404 for what is
    no month, is still to come, or is so long ago that nothing was counted."""
    now = timezone.now()
    current = this_period(now)
    choices = [current]
    while len(choices) < CHOICES:
        choices.append(choices[-1].previous)
    try:
        shown = period_of(text) if text else current
    except Refusal as refusal:
        raise Http404(refusal.message) from refusal
    if shown not in choices:
        raise Http404(f"There is nothing to show of {shown}.")
    return Months(
        shown=shown,
        previous=shown.previous if shown.previous in choices else None,
        next=shown.next if shown.next in choices else None,
        choices=tuple(choices),
        lasts=not shown.complete(now),
    )
