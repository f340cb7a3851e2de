"""Writes to the provider's operators what is wrong, and that it is over."""

import logging
from collections.abc import Sequence

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse

from networking import alerts
from networking.alerts import Letter
from portal.lib.db import DatabaseRole, acting_as
from portal.lib.words import count, length
from tenants.selectors import operator_emails

log = logging.getLogger(__name__)

NAMED = 20  # alerts that a mail names; a broken device brings many


def tell() -> None:
    """Send one mail with all that nobody was told of, if there is something. Raises OSError or
    SMTPException when it could not be sent; it is tried again when the lease has ended."""
    letters = alerts.claim()
    if not letters:
        return
    with acting_as(DatabaseRole.IDENTITY):
        people = operator_emails()
    if people:
        _mail(letters, people).send()
    else:
        log.warning("nobody to tell", extra={"alerts": len(letters)})
    alerts.told(letters)


def _mail(letters: Sequence[Letter], people: Sequence[str]) -> EmailMessage:
    subject = " ".join(_subject(letters).split())
    page = settings.PUBLIC_URL + reverse("portal:alert_list")
    context = {"items": [_line(one) for one in letters[:NAMED]], "page": page}
    context["more"] = len(letters) - len(letters[:NAMED])
    body = render_to_string("portal/email/alerts.txt", context)
    first = letters[0]
    name = f"{first.id}.{'over' if first.over else 'open'}.{len(letters)}"
    host = settings.PUBLIC_URL.partition("://")[2].partition(":")[0].partition("/")[0]
    # The same for a mail that is sent again after a crash, by which a mailbox knows it.
    return EmailMessage(subject, body, to=people, headers={"Message-ID": f"<{name}@{host}>"})


def _subject(letters: Sequence[Letter]) -> str:
    if len(letters) == 1:
        one = letters[0]
        return f"Over: {one.subject}" if one.over else f"{one.kind}: {one.subject}"
    over = sum(one.over for one in letters)
    begun = len(letters) - over
    parts = [count(begun, "new alert")] if begun else []
    return ", ".join(parts + ([f"{over} over"] if over else []))


def _line(one: Letter) -> str:
    if not one.over:
        return f"{one.subject} {one.text}"
    lasted = length(((one.cleared_at or one.since) - one.since).total_seconds())
    again = f" It came and went {one.times} times." if one.times > 1 else ""
    return f"Over: {one.subject} is well again, after {lasted}.{again} It {one.text}"
