"""What a customer used in a month and what it costs.

`statement` is one customer's month down to resources and days, `month` is all customers' without
them; both say the same amounts. `canonical` writes a statement down, the same bytes each time.
"""

from billing.statements.build import statement
from billing.statements.canonical import canonical, digest
from billing.statements.document import Statement, TenantMonth
from billing.statements.months import compare, month
from billing.statements.periods import period_of, this_period

__all__ = [
    "Statement",
    "TenantMonth",
    "canonical",
    "compare",
    "digest",
    "month",
    "period_of",
    "statement",
    "this_period",
]
