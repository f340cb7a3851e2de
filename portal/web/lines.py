"""Rows as the provider's tables show them: what it is, its state, and what else stands there."""

from collections.abc import Iterable
from dataclasses import dataclass

from networking.selectors import CustomerHealth
from networking.selectors.provider import ChangeRow, SiteRow
from networking.web import states
from networking.web.states import Status
from portal.lib.words import count
from tenants.models import TenantState
from tenants.selectors import CustomerRow

STATES = {
    TenantState.ACTIVE: Status("ok", "Active", "Its people may change its networks"),
    TenantState.SUSPENDED: Status("warn", "Suspended", "Traffic flows on; nothing can be changed"),
    TenantState.CLOSING: Status("off", "Closing", "Nothing can be changed any more"),
}


@dataclass(frozen=True, slots=True)
class CustomerLine:
    """A customer, where it stands, and how its network is."""

    customer: CustomerRow
    state: Status
    health: Status
    counts: CustomerHealth


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """A change."""

    change: ChangeRow
    status: Status


@dataclass(frozen=True, slots=True)
class SiteLine:
    """A site."""

    site: SiteRow
    status: Status


def customer_line(row: CustomerRow, counts: CustomerHealth) -> CustomerLine:
    """The line of one customer."""
    return CustomerLine(row, STATES[TenantState(row.state)], health_status(counts), counts)


def health_status(counts: CustomerHealth) -> Status:
    """How a customer's network is: a tone, a word, and what is behind it."""
    troubles = []
    if counts.held_up:
        troubles.append(f"{count(counts.held_up, 'change')} held up")
    if counts.sites_down:
        troubles.append(f"{count(counts.sites_down, 'site')} down")
    if counts.unanswered:
        troubles.append(f"{count(counts.unanswered, 'device')} without an answer")
    if counts.silent:
        troubles.append(f"{count(counts.silent, 'fabric')} with silent hosts")
    if counts.drifted:
        troubles.append(f"{count(counts.drifted, 'device')} being repaired")
    if troubles:
        return Status("warn", "Needs attention", ", ".join(troubles))
    if counts.under_way:
        return Status("busy", "Changing", f"{count(counts.under_way, 'change')} under way")
    if counts.behind:
        return Status("busy", "Changing", f"{count(counts.behind, 'device')} to catch up")
    return Status("ok", "Well", "All that was asked for is in force")


def change_lines(rows: Iterable[ChangeRow]) -> list[ChangeLine]:
    """The lines of changes."""
    return [ChangeLine(row, states.change(row.state, row.reason)) for row in rows]


def site_lines(rows: Iterable[SiteRow]) -> list[SiteLine]:
    """The lines of sites."""
    return [SiteLine(row, states.site(row)) for row in rows]
