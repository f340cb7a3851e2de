"""The list of rules as a file: out, and in by way of a review."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse

from networking.models import Change
from networking.selectors.rule_csv import COLUMNS, rules_csv
from networking.services.changes import Preview
from networking.services.rule_import import replace_all
from networking.web.forms.rule import ImportForm
from networking.web.views.base import NounPage
from networking.web.views.reviewed import FormPage


class RuleExport(NounPage):
    """The list as CSV."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        """As a download."""
        return HttpResponse(
            rules_csv(self.actor),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="rules-{slug}.csv"'},
        )


class RuleImport(FormPage):
    """The list from CSV."""

    nav = "rules"
    template_name = "networking/rule_import.html"

    def form(self, data: QueryDict | None = None) -> forms.Form:
        """Empty, or with what was sent."""
        return ImportForm(data, self.request.FILES or None if data is not None else None)

    def act(self, form: forms.Form) -> Callable[[], Change]:
        """Make the list what the file says."""
        text = form.cleaned_data["csv"]
        return lambda: replace_all(self.actor, text)

    def carried(self, foreseen: Preview, form: forms.Form | None) -> list[tuple[str, str]]:
        """A file cannot be sent on; its text can."""
        return [("csv", form.cleaned_data["csv"])] if form else []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The columns, and the way back to the grid."""
        back = reverse("networking:rule_list", args=[self.tenant.slug])
        given = {"trail": [("Rules", back)], "back": back, "columns": COLUMNS}
        return super().get_context_data(heading="Import rules", **given | kwargs)
