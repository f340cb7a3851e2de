"""What a version of a plan would have cost everybody in a month."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from billing.rating.period import Period
from billing.rating.prices import Prices
from billing.statements.months import compare
from tenants.access import TenantRef

NONE = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer of the plan: what its month cost, and would have cost."""

    tenant: TenantRef
    before: Decimal
    after: Decimal

    @property
    def difference(self) -> Decimal:
        """More than nothing is what it would have paid more."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """The month of all customers at the prices of a version. `others` are on other plans or on
    none, so that nothing changes for them; they pay `others_total` in this currency."""

    period: Period
    currency: str
    customers: tuple[Customer, ...]
    others: int
    others_total: Decimal

    @property
    def before(self) -> Decimal:
        """What the plan's customers paid."""
        return sum((one.before for one in self.customers), NONE)

    @property
    def after(self) -> Decimal:
        """What they would have paid."""
        return sum((one.after for one in self.customers), NONE)

    @property
    def difference(self) -> Decimal:
        """What they would have paid more."""
        return self.after - self.before

    @property
    def dearer(self) -> int:
        """How many would have paid more."""
        return sum(one.difference > 0 for one in self.customers)

    @property
    def cheaper(self) -> int:
        """How many would have paid less."""
        return sum(one.difference < 0 for one in self.customers)


def rehearse(period: Period, prices: Prices, as_of: datetime | None = None) -> Rehearsal:
    """The prices of a version, as if its plan had had them all month; those who would pay more
    first. Reads as the current role, which sees everybody.

    Customers are rated one after another, and of each no more is kept than two amounts.
    """
    found: list[Customer] = []
    others, rest = 0, NONE
    for one in _amounts(period, prices, as_of):
        if isinstance(one, Customer):
            found.append(one)
        else:
            others += 1
            rest += one
    found.sort(key=lambda one: (-one.difference, one.tenant.name.casefold(), one.tenant.slug))
    return Rehearsal(period, prices.currency, tuple(found), others, rest)


def _amounts(
    period: Period, prices: Prices, as_of: datetime | None
) -> Iterator[Customer | Decimal]:
    """Of the plan's customers both amounts, of others the one that they pay in its currency."""
    for before, after in compare(period, prices, as_of):
        if before is not after:
            tenant = TenantRef(before.tenant_id, before.tenant_slug, before.tenant_name)
            yield Customer(tenant, before.total, after.total)
        else:
            yield before.total if before.currency == prices.currency else NONE
