"""What is done to a rule by one click in the grid, and taken back by another."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme

from networking import selectors
from networking.models import Change, Rule
from networking.services import rules
from networking.web import rule_lines
from networking.web.views.base import NounPage
from networking.web.views.rule import id_of
from portal.lib.errors import Refusal
from tenants.access import Capability


class RuleAct(NounPage):
    """`do` names the act: up, down, place (with `before` or `after`), copy, enable, disable."""

    capability = Capability.NETWORK_WRITE

    def post(self, request: HttpRequest, slug: str, rule_id: UUID) -> HttpResponse:
        """Do it and go back to the grid, where a note offers to take it back."""
        rule = selectors.rule(self.actor, rule_id)
        act = self._act(rule, request.POST.get("do", ""))
        try:
            change = act() if act else None
        except Refusal as refusal:
            if refusal.status == 404:
                raise
            messages.error(request, refusal.message)
        else:
            self._say(rule, change)
        return HttpResponseRedirect(self._back())

    def _act(self, rule: Rule, do: str) -> Callable[[], Change] | None:
        if do in ("enable", "disable"):
            patch = rules.RulePatch(enabled=do == "enable")
            return lambda: rules.update(self.actor, rule.id, patch)
        if do == "copy":
            return lambda: rules.copy(self.actor, rule.id)
        place = self._place(rule, do)
        if not place:
            return None
        before, after = place.get("before"), place.get("after")
        return lambda: rules.move(self.actor, rule.id, before=before, after=after)

    def _place(self, rule: Rule, do: str) -> dict[str, UUID]:
        """Beside which rule it goes; beside none where it is at the end already."""
        if do == "place":
            sent = {side: self.request.POST.get(side) for side in ("before", "after")}
            return {side: id_of(text) for side, text in sent.items() if text}
        rows = selectors.rules(self.actor).filter(retiring_at=None)
        if do == "up":
            above = rows.filter(rank__lt=rule.rank).order_by("-rank").first()
            return {"before": above.id} if above else {}
        below = rows.filter(rank__gt=rule.rank).order_by("rank").first() if do == "down" else None
        return {"after": below.id} if below else {}

    def _say(self, rule: Rule, change: Change | None) -> None:
        if change is None:
            messages.info(self.request, f"Rule {rule.name} stays where it is.")
            return
        where = reverse("networking:change_revert", args=[self.tenant.slug, change.id])
        said = rule_lines.opens_and_closes(change.effects)
        text = format_html('{}. {} <a href="{}">Revert</a>', change.summary, said, where)
        messages.success(self.request, text)
        for warning in change.warnings:
            messages.warning(self.request, warning)

    def _back(self) -> str:
        """The page of the grid that it was asked from."""
        grid = reverse("networking:rule_list", args=[self.tenant.slug])
        back = self.request.POST.get("next", "")
        safe = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
        return back if safe and back.partition("?")[0] == grid else grid
