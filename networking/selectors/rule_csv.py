"""The list of rules as CSV (RFC 4180): one line a rule, in the order in which they are matched.

| column | what it holds |
|---|---|
| name | lower-case letters, digits, hyphens; unique |
| description | free text, with a quote mark before what a spreadsheet takes for a formula |
| source, destination | `any`, or terms with `;` between: `10.1.0.0/24;group:shop;site:Berlin` |
| protocol | `any`, `tcp`, `udp`, `icmp` |
| ports | `80,443,8000-8100`; empty for all |
| action | `allow`, `deny`, `reject` |
| enabled, log | `yes` or `no` |
"""

import csv
import io
from collections.abc import Iterable

from networking.models import Rule
from networking.selectors.rules import rules
from portal.lib.sheets import quoted
from tenants.access import Actor

COLUMNS = (
    "name",
    "description",
    "source",
    "destination",
    "protocol",
    "ports",
    "action",
    "enabled",
    "log",
)
BETWEEN_TERMS = ";"
YES, NO = "yes", "no"


def rules_csv(actor: Actor) -> str:
    """The actor's whole list, in five queries."""
    return csv_of(rules(actor).filter(retiring_at=None))


def csv_of(rows: Iterable[Rule]) -> str:
    """These rules with a header; their terms must be prefetched."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows(_line(rule) for rule in rows)
    return text.getvalue()


def _line(rule: Rule) -> tuple[str, ...]:
    return (
        rule.name,
        quoted(rule.description),
        BETWEEN_TERMS.join(rule.source),
        BETWEEN_TERMS.join(rule.destination),
        str(rule.protocol),
        rule.ports_text,
        str(rule.action),
        YES if rule.enabled else NO,
        YES if rule.log else NO,
    )
