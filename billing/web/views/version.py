"""Finance: one version of a plan. A draft is edited, rehearsed, published or discarded."""

from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from billing import selectors
from billing.rating.period import moment
from billing.rating.prices import fingerprint
from billing.selectors import PlanRow, VersionRow
from billing.services import plans
from billing.services.price_fields import ComponentInput, each_refusal
from billing.statements.draft import rehearse
from billing.statements.periods import this_period
from billing.web.forms import price_grid
from billing.web.forms.plan import PublishForm
from billing.web.months import months
from billing.web.price_words import edit_lines, price_lines
from billing.web.views.plan import PlanPage
from portal.lib.errors import Refusal
from portal.lib.forms import add_refusal


class VersionDetail(PlanPage):
    """A version and what it changes."""

    template_name = "billing/version_detail.html"

    def get(self, request: HttpRequest, code: str, number: int) -> HttpResponse:
        """Beside the version `against`, the one before it by default."""
        return self.show(self.version())

    def show(self, row: VersionRow, refusal: Refusal | None = None) -> HttpResponse:
        """The page, with what was refused on it."""
        plan = selectors.plan(row.plan_code)
        other = _against(plan, row, self.request.GET.get("against", ""))
        context = self.get_context_data(
            plan=plan,
            version=row,
            lines=price_lines(row.prices),
            other=other,
            others=[one for one in plan.versions if one.number != row.number],
            edits=edit_lines(other.prices, row.prices) if other else [],
            refusal=refusal,
        )
        return self.render_to_response(context, status=refusal.status if refusal else 200)


class VersionUpdate(PlanPage):
    """The grid of a draft's prices."""

    template_name = "billing/version_edit.html"

    def get(self, request: HttpRequest, code: str, number: int) -> HttpResponse:
        """As they are stored."""
        row = self.version()
        if row.state != "draft":
            return self.moved(row)
        return self._show(row, price_grid.of_components(row.prices.components))

    def post(self, request: HttpRequest, code: str, number: int) -> HttpResponse:
        """Store the prices, or add or remove a row and store nothing."""
        row, grid = self.version(), price_grid.of_post(request.POST.dict())
        if act := request.POST.get("do", ""):
            return self._show(row, price_grid.done(grid, act))
        wanted: tuple[ComponentInput, ...] = ()
        try:
            wanted = price_grid.inputs(grid)
            plans.edit_draft(self.actor, row.id, wanted)
        except Refusal as refusal:
            refusals = each_refusal(wanted) or (refusal,)
            return self._show(row, grid, refusals, refusal.status)
        messages.success(request, f"The prices of version {number} are saved.")
        return self.moved(row)

    def _show(
        self,
        row: VersionRow,
        grid: price_grid.Grid,
        refusals: tuple[Refusal, ...] = (),
        status: int = 200,
    ) -> HttpResponse:
        context: dict[str, Any] = {
            "version": row,
            "grid": grid,
            "meters": price_grid.METER_CHOICES,
            "models": price_grid.MODEL_CHOICES,
            "refusals": refusals,
            "faults": {one.field: one.message for one in refusals if one.field},
        }
        return self.render_to_response(self.get_context_data(**context), status=status)


class VersionRehearsal(PlanPage):
    """What a version would have cost everybody in a month."""

    template_name = "billing/rehearsal.html"

    def get(self, request: HttpRequest, code: str, number: int) -> HttpResponse:
        """In the month `period`, the last whole one by default."""
        row = self.version()
        asked = months(request.GET.get("period", "") or str(this_period().previous))
        found = rehearse(asked.shown, row.prices)
        page = self.page_of(found.customers)
        context = self.get_context_data(version=row, months=asked, rehearsal=found, page=page)
        return self.render_to_response(context)


class VersionPublish(PlanPage):
    """The confirmation before a draft's prices hold."""

    template_name = "billing/version_publish.html"

    def get(self, request: HttpRequest, code: str, number: int) -> HttpResponse:
        """What will hold, and from when on."""
        row = self.version()
        if row.state != "draft":
            return self.moved(row)
        start = moment(this_period().next.start).astimezone(UTC)
        initial: dict[str, datetime | str] = {"prices": fingerprint(row.prices)}
        if selectors.plan(code).published:
            initial["valid_from"] = start
        return self._show(row, PublishForm(initial=initial))

    def post(self, request: HttpRequest, code: str, number: int) -> HttpResponse:
        """Publish what was looked at."""
        row, form = self.version(), PublishForm(request.POST)
        status = 422
        if form.is_valid():
            wanted = form.cleaned_data
            try:
                made = plans.publish(
                    self.actor, row.id, wanted["valid_from"], looked_at=wanted["prices"]
                )
            except Refusal as refusal:
                add_refusal(form, refusal)
                status = refusal.status
            else:
                messages.success(request, f"Version {number} is published.")
                return self.moved(made)
        return self._show(row, form, status)

    def _show(self, row: VersionRow, form: PublishForm, status: int = 200) -> HttpResponse:
        plan = selectors.plan(row.plan_code)
        former = next(iter(plan.published), None)
        context = self.get_context_data(
            plan=plan,
            version=row,
            form=form,
            former=former,
            lines=price_lines(row.prices),
            edits=edit_lines(former.prices, row.prices) if former else [],
        )
        return self.render_to_response(context, status=status)


class VersionDiscard(VersionDetail):
    """The end of a draft."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, code: str, number: int) -> HttpResponse:
        """Remove it; what is published stays."""
        row = self.version()
        try:
            plans.discard(self.actor, row.id)
        except Refusal as refusal:
            return self.show(row, refusal)
        messages.success(request, f"The draft of version {number} is discarded.")
        return HttpResponseRedirect(reverse("billing:plan_detail", args=[code]))


def _against(plan: PlanRow, row: VersionRow, asked: str) -> VersionRow | None:
    """The version to compare with: the one asked for, or the one before. Raises Http404."""
    if asked:
        found = next((one for one in plan.versions if str(one.number) == asked), None)
        if found is None:
            raise Http404
        return found
    return next((one for one in plan.versions if one.number < row.number), None)
