"""Changes: list, detail with live progress, revert."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from networking import selectors
from networking.models import Change, Group, Network, Port, Rule, Site, Vip
from networking.services.changes import INVERSES, revert
from networking.web import lines, progress, states
from networking.web.views.base import NounPage
from networking.web.views.reviewed import ActPage
from tenants.access import Actor, Capability


@dataclass(frozen=True, slots=True)
class Subject:
    """What changes are about: the plural, the page of one, whom to ask whether it is there."""

    label: str
    page: str
    rows: Callable[[Actor], QuerySet[Any]]


SUBJECTS = {
    Network.audit_type: Subject("Networks", "networking:network_detail", selectors.networks),
    Port.audit_type: Subject("Ports", "networking:port_detail", selectors.ports),
    Group.audit_type: Subject("Groups", "networking:group_detail", selectors.groups),
    Rule.audit_type: Subject("Rules", "networking:rule_detail", selectors.rules),
    Vip.audit_type: Subject("VIPs", "networking:vip_detail", selectors.vips),
    Site.audit_type: Subject("Sites", "networking:site_detail", selectors.sites),
}


class ChangeList(NounPage):
    """All changes of the tenant."""

    nav = "changes"
    template_name = "networking/change_list.html"
    fragment_name = "networking/change_rows.html"

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Newest first; `q` searches, `state` and `subject` filter."""
        text, state, subject = (
            request.GET.get(name, "").strip() for name in ("q", "state", "subject")
        )
        rows = selectors.changes(self.actor, q=text, unfinished=state == "unfinished")
        if state in Change.State.values:
            rows = rows.filter(state=state)
        if subject in SUBJECTS:
            rows = rows.filter(subject_type=subject)
        page = self.page_of(rows.prefetch_related(None))
        found = lines.change_lines(page)
        return self.render_to_response(
            self.get_context_data(
                lines=found,
                page=page,
                unfinished=any(line.change.state not in Change.SETTLED for line in found),
                filtered=bool(text or state or subject),
                q=text,
                state=state,
                subject=subject,
                states=Change.State.choices,
                subjects=[(name, subject.label) for name, subject in SUBJECTS.items()],
            )
        )


class ChangeDetail(NounPage):
    """One change."""

    nav = "changes"
    template_name = "networking/change_detail.html"
    fragment_name = "networking/change_live.html"

    def get(self, request: HttpRequest, slug: str, change_id: UUID) -> HttpResponse:
        """How far it has come, who said what, the plan, and what it sets."""
        change = selectors.change(self.actor, change_id)
        age = (timezone.now() - change.created_at).total_seconds()
        took = (change.done_at - change.created_at).total_seconds() if change.done_at else None
        return self.render_to_response(
            self.get_context_data(
                change=change,
                about="VIP" if change.subject_type == Vip.audit_type else change.subject_type,
                status=states.change(change.state),
                unfinished=change.state not in Change.SETTLED,
                progress=progress.progress(change.state, change.touched_scopes.all()),
                advice=progress.advice(change.state),
                overdue=progress.overdue(change.state, age),
                verdicts=progress.spoken(change.verdicts.all()),
                took=took,
                edits=list(progress.edits(change.before, change.after)),
                subject_href=self._subject(change),
                may_revert=self._may_revert(change),
                taken_back_by=change.taken_back_by,
                trail=[("Changes", reverse("networking:change_list", args=[slug]))],
            )
        )

    def _may_revert(self, change: Change) -> bool:
        able = self.actor.can(Capability.NETWORK_WRITE) and change.taken_back_by is None
        return able and (change.subject_type, change.verb) in INVERSES

    def _subject(self, change: Change) -> str:
        """The page of what was changed, if it is still there."""
        subject = SUBJECTS.get(change.subject_type)
        if subject is None or not subject.rows(self.actor).filter(id=change.subject_id).exists():
            return ""
        return reverse(subject.page, args=[self.tenant.slug, change.subject_id])


class ChangeRevert(ActPage):
    """The opposite of a change."""

    nav = "changes"

    def act(self) -> Callable[[], Change]:
        """Do the opposite."""
        change = selectors.change(self.actor, self.kwargs["change_id"])
        return lambda: revert(self.actor, change.id)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The way back to the change."""
        slug = self.tenant.slug
        back = reverse("networking:change_detail", args=[slug, self.kwargs["change_id"]])
        trail = [("Changes", reverse("networking:change_list", args=[slug]))]
        return super().get_context_data(back=back, trail=trail, **kwargs)
