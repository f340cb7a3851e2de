"""What is known of the BGP sessions with sites: their state, and what each site is sent."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from uuid import UUID

from django.utils import timezone

from networking.backends.base import Session
from networking.engine.announce import announce
from networking.engine.verdicts import awaited, returned
from networking.models import Site, Verdict
from networking.models.site import ESTABLISHED
from portal.lib.db import DatabaseRole, acting_as

EDITED = (
    "session_state",
    "session_since",
    "session_reason",
    "prefixes_received",
    "prefixes_sent",
    "observed_at",
)
SHOWN = EDITED[:-1]  # what a page shows of a session; the last only says how fresh it is
CONVERGENCE = timedelta(seconds=10)  # after which a session that carries nothing has nothing
SLACK = 2.0  # seconds by which a session's age, counted in whole seconds, may wander

Sessions = Mapping[str, Sequence[Session]]


def sent_before(router_id: UUID, vrf: str) -> dict[str, frozenset[str]]:
    """What each site in the VRF was last seen to be sent, by the site's id.

    It is read from the rows, not from the router: a worker that takes a pass over from a killed
    one then still knows what there was before it.
    """
    with acting_as(DatabaseRole.WORKER):
        sites = Site.objects.filter(attachment__router=router_id, attachment__vrf=vrf)
        return {
            str(pk): frozenset(map(str, prefixes))
            for pk, prefixes in sites.values_list("pk", "prefixes_sent")
        }


def observed(router_id: UUID, sessions: Sessions) -> None:
    """Write down how the sessions of each site in these VRFs are, and who came back."""
    now = timezone.now()
    with acting_as(DatabaseRole.WORKER):
        sites = Site.objects.filter(
            attachment__router=router_id, attachment__vrf__in=sessions, retiring_at=None
        )
        locked = sites.select_for_update(of=("self",), no_key=True).order_by("pk")
        rows = list(locked.select_related("attachment"))
        turned = [row for row in rows if _take(row, sessions[row.attachment.vrf], now)]
        Site.objects.bulk_update(turned, EDITED)
        fresh = [row.pk for row in rows if row not in turned]
        Site.objects.filter(pk__in=fresh).update(observed_at=now)
        for row in turned:
            announce("site", row.id, row.tenant_id)
        _note_return([row for row in rows if row.session_state == ESTABLISHED], now)


def _take(row: Site, sessions: Sequence[Session], now: datetime) -> bool:
    """Whether a page would show the site differently now. Its state is that of its worst session:
    a site with one family down is not well."""
    before = [getattr(row, name) for name in SHOWN]
    own = {str(row.neighbour_ipv4), str(row.neighbour_ipv6)}
    mine = [session for session in sessions if session.neighbour in own]
    worst = next((one for one in mine if not one.established), mine[0] if mine else None)
    row.observed_at = now
    row.session_state = worst.state if worst else ""
    row.session_reason = worst.reason if worst else ""
    row.session_since = _steady(row.session_since, worst.since if worst else None)
    row.prefixes_received = _ordered(prefix for one in mine for prefix in one.received)
    row.prefixes_sent = _ordered(prefix for one in mine for prefix in one.sent)
    return [getattr(row, name) for name in SHOWN] != before


def _steady(before: datetime | None, now: datetime | None) -> datetime | None:
    """The moment that was noted first, while the router means the same one."""
    if before and now and abs((now - before).total_seconds()) <= SLACK:
        return before
    return now


def _note_return(sites: Sequence[Site], now: datetime) -> None:
    """Complete the verdicts of changes that a site did not learn of while its session was down."""
    by_name = {(row.tenant_id, row.name): row for row in sites}
    late = Verdict.objects.filter(
        tenant__in={row.tenant_id for row in sites},
        subject_type="site",
        subject_name__in={row.name for row in sites},
        state=Verdict.State.BEHIND,
    )
    notes = [
        returned(verdict, [str(prefix) for prefix in site.prefixes_sent], now)
        for verdict in late.select_related("change")
        if (site := by_name.get((verdict.tenant_id, verdict.subject_name)))
        and _is_told(site, awaited(verdict.change), now)
    ]
    Verdict.objects.bulk_update(notes, ("state", "text", "seconds", "at"))
    for change in {verdict.change for verdict in notes}:
        announce("change", change.id, change.tenant_id)


def _is_told(site: Site, wanted: Collection[str], now: datetime) -> bool:
    """Whether the site has been sent what there is for it: a session that has only just come up
    is sent its prefixes in the next moments, some of them before the others."""
    since = site.session_since
    if since is not None and now - since > CONVERGENCE:
        return True
    sent = {str(prefix) for prefix in site.prefixes_sent}
    return bool(sent) and sent.issuperset(wanted)


def _ordered(prefixes: Iterable[str]) -> list[IPv4Network | IPv6Network]:
    """As the row keeps them, in an order that does not depend on the router's."""
    parsed = {ip_network(prefix) for prefix in prefixes}
    return sorted(parsed, key=lambda prefix: (prefix.version, prefix))
