"""All customers' months as a table that can be sorted."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from billing.rating.meters import METERS, TRAFFIC
from billing.statements.document import Coverage, TenantMonth

NONE = Decimal("0.00")
COLUMNS = {
    "customer": "Customer",
    "fixed": "Networks, machines and sites",
    "traffic": "Traffic",
    "observed": "Observed",
    "total": "Total",
}
LOWEST_FIRST = frozenset({"customer", "observed"})


class CustomerLine(NamedTuple):
    """One customer: what is charged by the hour and month (`fixed`), and what by the byte.

    `total` is that of the statement; `without_price` says what was used that has no price.
    Counters were read for `covered` of `expected` seconds. A tuple, since thousands are kept.
    """

    slug: str
    name: str
    currency: str
    fixed: Decimal
    traffic: Decimal
    total: Decimal
    covered: int
    expected: int
    without_price: str
    generated: bool

    @property
    def coverage(self) -> Coverage:
        """As statements have it."""
        return Coverage(self.covered, self.expected)

    @property
    def share(self) -> Decimal:
        """How much of the traffic was observed; all of it where there was none to observe."""
        share = self.coverage.share
        return Decimal(1) if share is None else share


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
        self.total += line.total


SORTS: dict[str, Callable[[CustomerLine], Any]] = {
    "customer": lambda line: line.name.casefold(),
    "fixed": lambda line: line.fixed,
    "traffic": lambda line: line.traffic,
    "observed": lambda line: line.share,
    "total": lambda line: line.total,
}


def customer_line(month: TenantMonth) -> CustomerLine:
    """The row of a customer."""
    coverage = month.coverage or Coverage(0, 0)
    return CustomerLine(
        slug=month.tenant_slug,
        name=month.tenant_name,
        currency=month.currency,
        fixed=sum((line.amount for line in month.lines if line.meter not in TRAFFIC), NONE),
        traffic=sum((line.amount for line in month.lines if line.meter in TRAFFIC), NONE),
        total=month.total,
        covered=coverage.covered,
        expected=coverage.expected,
        without_price=", ".join(METERS[rest.meter].title for rest in month.unpriced),
        generated=month.generated,
    )


def ordered(lines: list[CustomerLine], column: str, *, turned: bool) -> list[CustomerLine]:
    """By a column: amounts from the dearest down, names and coverage from the first up, or turned
    around. Equal ones go by name."""
    by_name = sorted(lines, key=SORTS["customer"])
    return sorted(by_name, key=SORTS[column], reverse=(column not in LOWEST_FIRST) != turned)


def sums(lines: Iterable[CustomerLine]) -> list[Sums]:
    """The totals, one for each currency; amounts of two never are one."""
    found: dict[str, Sums] = {}
    for line in lines:
        if line.currency:
            found.setdefault(line.currency, Sums(line.currency)).add(line)
    return [found[currency] for currency in sorted(found)]
