"""Rules: the grid, and the forms of a rule."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse

from networking import selectors
from networking.models import Change, Rule
from networking.selectors.rule_hits import rule_hits
from networking.services import rules
from networking.web import lines
from networking.web.forms.rule import RuleForm, initial_of
from networking.web.rule_lines import never_matching, rule_lines
from networking.web.views.base import NounPage
from networking.web.views.reviewed import ActPage, FormPage

COMPARED = 500  # rules that a later one is compared with


class RuleList(NounPage):
    """The tenant's list, in the order in which it is matched."""

    nav = "rules"
    template_name = "networking/rule_list.html"
    fragment_name = "networking/rule_fragment.html"

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        """All of it, or with `q` the rules about a name, an address or a port."""
        text = request.GET.get("q", "").strip()
        page = self.page_of(selectors.rules(self.actor, q=text))
        first = 0 if text else page.start_index()
        never, hits = self._never(list(page)), rule_hits(self.actor, list(page))
        found = rule_lines(page, slug, first=first, never=never, hits=hits)
        own = selectors.networks(self.actor)
        return self.render_to_response(
            self.get_context_data(
                lines=found,
                page=page,
                unfinished=lines.any_unfinished(page),
                any=bool(found) or selectors.rules(self.actor).exists(),
                q=text,
                networks=list(own.prefetch_related(None).filter(retiring_at=None)),
                here=request.get_full_path(),
            )
        )

    def _never(self, shown: Sequence[Rule]) -> Mapping[UUID, str]:
        """Why some of them can never match; of a very long list only its beginning is compared."""
        ranks = [rule.rank for rule in shown if rule.rank is not None]
        if not ranks:
            return {}
        rows = selectors.rules(self.actor).filter(enabled=True, rank__lt=max(ranks))
        return never_matching(shown, list(rows[:COMPARED]))


class RuleDetail(NounPage):
    """A rule has no page of its own: its line in the grid is all there is to it."""

    def get(self, request: HttpRequest, slug: str, rule_id: UUID) -> HttpResponse:
        """To the page of the grid that has it."""
        rule = selectors.rule(self.actor, rule_id)
        before = selectors.rules(self.actor).filter(retiring_at=None)
        if rule.rank is not None:
            before = before.filter(rank__lt=rule.rank)
        query = urlencode({"page": before.count() // self.page_size + 1})
        where = reverse("networking:rule_list", args=[slug])
        return HttpResponseRedirect(f"{where}?{query}#rule-{rule.id}")


class _RuleForm(FormPage):
    nav = "rules"
    stand_ins = {"name": "not-named-yet"}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The way back, and the terms to choose from."""
        back = reverse("networking:rule_list", args=[self.tenant.slug])
        given = {
            "trail": [("Rules", back)],
            "back": back,
            "fields_name": "networking/rule_fields.html",
            "terms": self._terms(),
        }
        return super().get_context_data(**given | kwargs)

    def _terms(self) -> Sequence[str]:
        groups = selectors.groups(self.actor).filter(retiring_at=None).prefetch_related(None)
        sites = selectors.sites(self.actor).filter(retiring_at=None)
        return (
            "any",
            *(f"group:{name}" for name in groups.values_list("name", flat=True)),
            *(f"site:{name}" for name in sites.values_list("name", flat=True)),
        )


class RuleCreate(_RuleForm):
    """A new rule, beside the one that the address names with `before` or `after`, or at the end."""

    def form(self, data: QueryDict | None = None) -> forms.Form:
        """Empty, or with what was sent."""
        return RuleForm(data)

    def act(self, form: forms.Form) -> Callable[[], Change]:
        """Create it."""
        assert isinstance(form, RuleForm)
        place = {side: rule.id for side, rule in self._place().items()}
        return lambda: rules.create(self.actor, form.to_input(), **place)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The heading, and where in the list the rule will stand."""
        where = "At the end of the list, matched after all others."
        for side, rule in self._place().items():
            where = f"Directly {side} rule {rule.name}."
        return super().get_context_data(heading="New rule", lead=where, **kwargs)

    def _place(self) -> dict[str, Rule]:
        if not hasattr(self, "_beside"):
            self._beside = {
                side: selectors.rule(self.actor, id_of(self.request.GET[side]))
                for side in ("before", "after")
                if self.request.GET.get(side)
            }
        return self._beside


class RuleUpdate(_RuleForm):
    """An edit of a rule: a page of its own, or in its line of the grid."""

    fragment_name = "networking/rule_edit.html"

    def form(self, data: QueryDict | None = None) -> forms.Form:
        """What it is now, or what was sent."""
        return RuleForm(data, initial=initial_of(self.rule()))

    def act(self, form: forms.Form) -> Callable[[], Change]:
        """Change it."""
        assert isinstance(form, RuleForm)
        rule_id = self.rule().id
        return lambda: rules.update(self.actor, rule_id, form.to_patch())

    def rule(self) -> Rule:
        """The rule of the address."""
        if not hasattr(self, "_rule"):
            self._rule = selectors.rule(self.actor, self.kwargs["rule_id"])
        return self._rule

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The heading, and the way back to the line."""
        rule = self.rule()
        kwargs.setdefault(
            "back", reverse("networking:rule_detail", args=[self.tenant.slug, rule.id])
        )
        return super().get_context_data(heading=f"Edit {rule.name}", rule=rule, **kwargs)


class RuleDelete(ActPage):
    """The end of a rule."""

    nav = "rules"

    def act(self) -> Callable[[], Change]:
        """Delete it."""
        rule = selectors.rule(self.actor, self.kwargs["rule_id"])
        return lambda: rules.delete(self.actor, rule.id)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The way back to the grid."""
        back = reverse("networking:rule_list", args=[self.tenant.slug])
        return super().get_context_data(back=back, trail=[("Rules", back)], **kwargs)


def id_of(text: str) -> UUID:
    """The id that the text is; one that nobody has for any other text."""
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)
