"""Finance: the month of all customers, and as a file."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.http import urlencode

from billing.exports.month_csv import month_csv
from billing.statements import month
from billing.web.customer_lines import COLUMNS, ordered
from billing.web.month_table import MonthTable, work_out, worked_out_last
from billing.web.months import Months, months
from billing.web.views.base import LOW_COVERAGE, StaffBillingPage
from portal.lib.htmx import wants_fragment


@dataclass(frozen=True, slots=True)
class Column:
    """A head that sorts: where its link leads, and how the table is sorted by it now."""

    name: str
    title: str
    href: str
    direction: str


class Month(StaffBillingPage):
    """What all customers spend: as it was worked out last, or anew for htmx and for `now`."""

    template_name = "billing/month.html"
    fragment_name = "billing/month_table.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """The month of `period`, this one by default, by the column `sort`, on request `turned`."""
        asked = months(request.GET.get("period", ""))
        anew = wants_fragment(request) or "now" in request.GET
        table = work_out(asked.shown) if anew else worked_out_last(asked.shown)
        context = {"months": asked} if table is None else self._shown(asked, table)
        return self.render_to_response(self.get_context_data(**context))

    def _shown(self, asked: Months, table: MonthTable) -> dict[str, Any]:
        sort = self.request.GET.get("sort", "")
        sort, turned = sort if sort in COLUMNS else "total", "turned" in self.request.GET
        return {
            "months": asked,
            "table": table,
            "page": self.page_of(ordered(table.lines, sort, turned=turned)),
            "columns": _columns(asked, sort, turned),
            "low_share": LOW_COVERAGE / 100,
        }


class MonthCsv(StaffBillingPage):
    """The same as a file."""

    def get(self, request: HttpRequest, period: str) -> HttpResponse:
        """As a download. Of a month that is over, the same bytes each time."""
        asked = months(period)
        rest = "-so-far" if asked.lasts else ""
        named = f'attachment; filename="customers-{asked.shown}{rest}.csv"'
        return HttpResponse(
            "".join(month_csv(month(asked.shown))),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": named},
        )


def _columns(asked: Months, sort: str, turned: bool) -> list[Column]:
    found = []
    for name, title in COLUMNS.items():
        again = name == sort and not turned
        query = {"period": str(asked.shown), "sort": name} | ({"turned": "1"} if again else {})
        # Names and coverage begin with the lowest, amounts with the highest.
        rising = (name in ("customer", "observed")) != turned
        direction = ("ascending" if rising else "descending") if name == sort else ""
        found.append(Column(name, title, f"?{urlencode(query)}", direction))
    return found
