"""All customers' months as a table that can be sorted."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from billing.rating.meters import METERS, TRAFFIC
from billing.statements.document import TenantMonth

NONE = Decimal("0.00")
COLUMNS = {
    "customer": "Customer",
    "fixed": "Networks, machines and sites",
    "traffic": "Traffic",
    "observed": "Observed",
    "total": "Total",
}
LOWEST_FIRST = frozenset({"customer", "observed"})


@dataclass(frozen=True, slots=True)
class CustomerLine:
    """One customer: what is charged by the hour and month, and what by the byte."""

    month: TenantMonth
    fixed: Decimal
    traffic: Decimal

    @property
    def share(self) -> Decimal:
        """How much of the traffic was observed; all of it where there was none to observe."""
        coverage = self.month.coverage
        share = coverage.share if coverage else None
        return Decimal(1) if share is None else share

    @property
    def without_price(self) -> str:
        """What was used that has no price."""
        return ", ".join(METERS[rest.meter].title for rest in self.month.unpriced)


@dataclass(slots=True)
class Sums:
    """What all customers of one currency pay."""

    currency: str
    customers: int = 0
    fixed: Decimal = NONE
    traffic: Decimal = NONE
    total: Decimal = NONE

    def add(self, line: CustomerLine) -> None:
        """Count one customer."""
        self.customers += 1
        self.fixed += line.fixed
        self.traffic += line.traffic
        self.total += line.month.total


SORTS: dict[str, Callable[[CustomerLine], Any]] = {
    "customer": lambda line: line.month.tenant_name.casefold(),
    "fixed": lambda line: line.fixed,
    "traffic": lambda line: line.traffic,
    "observed": lambda line: line.share,
    "total": lambda line: line.month.total,
}


def customer_lines(months: Iterable[TenantMonth]) -> list[CustomerLine]:
    """A row for each customer."""
    return [
        CustomerLine(
            month,
            sum((line.amount for line in month.lines if line.meter not in TRAFFIC), NONE),
            sum((line.amount for line in month.lines if line.meter in TRAFFIC), NONE),
        )
        for month in months
    ]


def ordered(lines: list[CustomerLine], column: str, *, turned: bool) -> list[CustomerLine]:
    """By a column: amounts from the dearest down, names and coverage from the first up, or turned
    around. Equal ones go by name."""
    by_name = sorted(lines, key=SORTS["customer"])
    return sorted(by_name, key=SORTS[column], reverse=(column not in LOWEST_FIRST) != turned)


def sums(lines: Iterable[CustomerLine]) -> list[Sums]:
    """The totals, one for each currency; amounts of two never are one."""
    found: dict[str, Sums] = {}
    for line in lines:
        if line.month.currency:
            found.setdefault(line.month.currency, Sums(line.month.currency)).add(line)
    return [found[currency] for currency in sorted(found)]
