"""Finance: which customer is on which plan, and another one from a date on."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from billing import selectors
from billing.selectors import SubscriptionRow
from billing.services import subscriptions
from billing.web.forms.plan import SubscribeForm
from billing.web.views.plan import PlanPage
from portal.lib.errors import Refusal
from portal.lib.forms import add_refusal
from tenants import selectors as tenants
from tenants.selectors import CustomerRow

FOREVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Subscribed:
    """A customer, the plan that it is on, and those that are agreed on for later."""

    customer: CustomerRow
    now: SubscriptionRow | None
    later: tuple[SubscriptionRow, ...]


class SubscriptionList(PlanPage):
    """All customers by name."""

    template_name = "billing/subscription_list.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """`q` is part of a name."""
        text = request.GET.get("q", "").strip()
        page = self.page_of(tenants.customers(self.actor, q=text))
        lines = subscribed([tenants.customer_row(values) for values in page])
        return self.render_to_response(self.get_context_data(page=page, lines=lines, q=text))


class SubscriptionUpdate(PlanPage):
    """Another plan for one customer."""

    template_name = "billing/subscription_form.html"

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        """The form."""
        customer = tenants.customer(self.actor, slug)
        return self._show(customer, SubscribeForm(plans=selectors.plans()))

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Put the customer on the plan."""
        customer = tenants.customer(self.actor, slug)
        form, status = SubscribeForm(request.POST, plans=selectors.plans()), 422
        if form.is_valid():
            wanted = form.cleaned_data
            try:
                made = subscriptions.subscribe(
                    self.actor, customer.ref.id, wanted["plan"], wanted["start"]
                )
            except Refusal as refusal:
                add_refusal(form, refusal)
                status = refusal.status
            else:
                start = f"{made.start:%Y-%m-%d %H:%M} UTC"
                said = f"{customer.ref.name} is on {made.plan_name} from {start} on."
                messages.success(request, said)
                return HttpResponseRedirect(reverse("billing:subscription_list"))
        return self._show(customer, form, status)

    def _show(self, customer: CustomerRow, form: SubscribeForm, status: int = 200) -> HttpResponse:
        (line,) = subscribed([customer])
        context = self.get_context_data(customer=customer, line=line, form=form)
        return self.render_to_response(context, status=status)


def subscribed(customers: list[CustomerRow]) -> list[Subscribed]:
    """Which plans they are on now and later, in one query."""
    now = timezone.now()
    rows = selectors.subscriptions([one.ref.id for one in customers], now, FOREVER)
    return [
        Subscribed(
            customer,
            next((row for row in mine if row.start <= now), None),
            tuple(row for row in mine if row.start > now),
        )
        for customer in customers
        for mine in [[row for row in rows if row.tenant_id == customer.ref.id]]
    ]
