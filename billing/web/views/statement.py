"""The statement of a month: to read, to print, and as CSV."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone

from billing.exports.statement_csv import file_name, statement_csv
from billing.statements import statement
from billing.statements.document import Line, ResourceCharge, Statement
from billing.statements.gathered import gather
from billing.statements.ledger import read_ledger
from billing.statements.outline import outline
from billing.web import words
from billing.web.months import Months, months
from billing.web.views.base import StaffBillingPage, TenantBillingPage
from portal.lib.streams import streamed
from tenants import selectors
from tenants.access import TenantRef

RESOURCES_SHOWN = 100
MACHINES_ON_PAGE = 1000
"""Of more machines the page has the lines alone: each resource on each day takes too long."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A line as the page shows it: the dearest of its resources, and how many more there are."""

    line: Line
    stretch: str
    resources: tuple[ResourceCharge, ...]
    more: int


def for_page(tenant: TenantRef, asked: Months) -> Statement:
    """The statement as it is now, without resources where there are too many for a page."""
    now = timezone.now()
    gathered = gather(tenant.id, asked.shown, now)
    if gathered.machines > MACHINES_ON_PAGE:
        return outline(tenant, gathered)
    return statement(tenant.id, asked.shown, now)


def shown(line: Line, of: Statement) -> Shown:
    """The line with as many resources as people read."""
    dearest = sorted(line.resources, key=lambda charge: (-charge.exact, charge.resource.name))
    return Shown(
        line,
        words.stretch(line.start, line.end, of.period),
        tuple(dearest[:RESOURCES_SHOWN]),
        max(len(dearest) - RESOURCES_SHOWN, 0),
    )


def context_of(told: Statement, asked: Months, csv: str, spend: str) -> dict[str, Any]:
    """What the page shows, and where its CSV and its spend are."""
    return {
        "months": asked,
        "statement": told,
        "lines": [shown(line, told) for line in told.lines],
        "whole": any(line.resources for line in told.lines),
        "links": {"csv": csv, "spend": f"{spend}?period={asked.shown}"},
    }


def download(request: HttpRequest, tenant: TenantRef, asked: Months) -> StreamingHttpResponse:
    """The statement as a file. Of a month that is over, the same bytes each time."""
    ledger = read_ledger(tenant, asked.shown, timezone.now())
    return streamed(
        request, statement_csv(ledger), "text/csv; charset=utf-8", name=file_name(ledger)
    )


class TenantStatement(TenantBillingPage):
    """The tenant's statement."""

    template_name = "billing/statement.html"

    def get(self, request: HttpRequest, slug: str, period: str) -> HttpResponse:
        """The page."""
        asked = months(period)
        context = context_of(
            for_page(self.tenant, asked),
            asked,
            reverse("billing:statement_csv", args=[slug, asked.shown]),
            reverse("billing:spend", args=[slug]),
        )
        return self.render_to_response(self.get_context_data(**context))


class TenantStatementCsv(TenantBillingPage):
    """The same as a file."""

    def get(self, request: HttpRequest, slug: str, period: str) -> StreamingHttpResponse:
        """As a download."""
        return download(request, self.tenant, months(period))


class CustomerStatement(StaffBillingPage):
    """A customer's statement, for the provider's finance."""

    template_name = "billing/statement.html"

    def get(self, request: HttpRequest, slug: str, period: str) -> HttpResponse:
        """The page."""
        customer, asked = selectors.customer(self.actor, slug), months(period)
        context = context_of(
            for_page(customer.ref, asked),
            asked,
            reverse("billing:customer_csv", args=[slug, asked.shown]),
            reverse("billing:customer", args=[slug]),
        )
        return self.render_to_response(self.get_context_data(customer=customer, **context))


class CustomerStatementCsv(StaffBillingPage):
    """The same as a file."""

    def get(self, request: HttpRequest, slug: str, period: str) -> StreamingHttpResponse:
        """As a download."""
        customer = selectors.customer(self.actor, slug)
        return download(request, customer.ref, months(period))
