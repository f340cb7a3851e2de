"""Finance: plans, and their versions from draft to publication."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from billing import selectors
from billing.selectors import PlanRow, VersionRow
from billing.services import plans
from billing.web.forms.plan import NewPlanForm
from billing.web.views.base import StaffBillingPage
from portal.lib.errors import Refusal
from portal.lib.forms import add_refusal


class PlanPage(StaffBillingPage):
    """A page about plans."""

    nav = "plans"

    def version(self) -> VersionRow:
        """The version that the address names. Raises Refusal with status 404."""
        return selectors.numbered(self.kwargs["code"], self.kwargs["number"])

    def moved(self, row: VersionRow, *, page: str = "billing:version_detail") -> HttpResponse:
        """On to the page of a version."""
        where = reverse(page, args=[row.plan_code, row.number])
        return HttpResponseRedirect(where)


class PlanList(PlanPage):
    """All plans."""

    template_name = "billing/plan_list.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """With the version that holds, the next one, and how many customers are on it."""
        now = timezone.now()
        rows = [(row, row.at(now)) for row in selectors.plans()]
        return self.render_to_response(self.get_context_data(rows=rows))


class PlanCreate(PlanPage):
    """A new plan."""

    template_name = "billing/plan_form.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """The form."""
        return self._show(NewPlanForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Make it, with an empty draft to begin with."""
        form = NewPlanForm(request.POST)
        if form.is_valid():
            try:
                made = plans.create(self.actor, **form.cleaned_data)
            except Refusal as refusal:
                add_refusal(form, refusal)
            else:
                draft = plans.create_version(self.actor, made.code)
                return self.moved(draft, page="billing:version_update")
        return self._show(form, 422)

    def _show(self, form: Form, status: int = 200) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=status)


class PlanDetail(PlanPage):
    """One plan with its versions."""

    template_name = "billing/plan_detail.html"

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        """Newest first."""
        return self._show(selectors.plan(code))

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        """A draft with the prices of the version `source`."""
        text = request.POST.get("source", "")
        source = int(text) if text.isdecimal() and len(text) < 9 else None
        try:
            draft = plans.create_version(self.actor, code, source)
        except Refusal as refusal:
            if refusal.status == 404:
                raise
            return self._show(selectors.plan(code), refusal)
        messages.success(request, f"Version {draft.number} is a draft: nobody pays its prices yet.")
        return self.moved(draft, page="billing:version_update")

    def _show(self, plan: PlanRow, refusal: Refusal | None = None) -> HttpResponse:
        now = timezone.now()
        context: dict[str, Any] = {
            "plan": plan,
            "versions": [(row, row.holds_at(now), _is_to_come(row)) for row in plan.versions],
            "refusal": refusal,
        }
        status = refusal.status if refusal else 200
        return self.render_to_response(self.get_context_data(**context), status=status)


def _is_to_come(row: VersionRow) -> bool:
    return row.valid_from is not None and row.valid_from > timezone.now()
