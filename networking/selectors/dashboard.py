"""The answer to: is my network well, what changed?"""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q

from networking.models import Change, Host, Network, Port, Scope, Site
from networking.models.site import ESTABLISHED
from networking.selectors import trouble
from networking.selectors.base import visible
from networking.selectors.changes import changes
from networking.selectors.health import Health, worst
from networking.selectors.scopes import scopes
from tenants.access import Actor

RECENT = 8  # changes shown


@dataclass(frozen=True, slots=True)
class Reason:
    """Something that is wrong, as a sentence: `subject`, then `text`. `change` is the one that is
    held up, if it is about one."""

    subject: str
    text: str
    change: UUID | None = None

    def __str__(self) -> str:
        return f"{self.subject} {self.text}"


@dataclass(frozen=True, slots=True)
class Dashboard:
    """A tenant's network at a glance. `reasons` begin with the gravest; empty when all is well.
    `behind` counts the devices that do not yet enforce all that is wanted."""

    health: Health
    reasons: tuple[Reason, ...]
    networks: int
    ports: int
    ports_up: int
    sites: int
    sites_up: int
    under_way: int
    held_up: int
    behind: int
    recent: tuple[Change, ...]


def dashboard(actor: Actor) -> Dashboard:
    """The actor's tenant at a glance, in a constant number of queries."""
    open_changes = list(changes(actor, unfinished=True).prefetch_related(None))
    held_up = [change for change in open_changes if change.state in Change.HELD_UP]
    sites = list(visible(Site.objects.filter(retiring_at=None), actor).order_by("name"))
    where = list(scopes(actor))
    reasons = (
        *_about_changes(held_up),
        *_about_sites(sites),
        *_about_scopes(where),
        *_about_hosts(where),
    )
    behind = sum(scope.is_behind for scope in where)
    ports = visible(Port.objects.filter(retiring_at=None), actor).aggregate(
        all=Count("id"), up=Count("id", filter=Q(up=True))
    )
    return Dashboard(
        health=worst(wrong=bool(reasons), busy=bool(open_changes or behind)),
        reasons=reasons,
        networks=visible(Network.objects.filter(retiring_at=None), actor).count(),
        ports=ports["all"],
        ports_up=ports["up"],
        sites=len(sites),
        sites_up=sum(site.session_state == ESTABLISHED for site in sites),
        under_way=len(open_changes) - len(held_up),
        held_up=len(held_up),
        behind=behind,
        recent=tuple(changes(actor)[:RECENT]),
    )


def _about_changes(held_up: list[Change]) -> Iterator[Reason]:
    for change in held_up:
        yield Reason(f"“{change.summary}”", trouble.of_change(change), change.id)


def _about_sites(sites: list[Site]) -> Iterator[Reason]:
    for site in sites:
        if site.is_down:
            yield Reason(site.name, trouble.of_site(site))


def _about_scopes(where: list[Scope]) -> Iterator[Reason]:
    for scope in where:
        if scope.is_drifted:
            what = scope.drift.get("summary", "")
            text = f"differs from what you asked for and is being repaired: {what}"
            yield Reason(scope.name, text)
        if scope.device.error:
            yield Reason(scope.name, f"does not answer: {scope.device.error}")


def _about_hosts(where: list[Scope]) -> Iterator[Reason]:
    fabrics = [scope.fabric_id for scope in where if scope.fabric_id]
    silent = Host.objects.filter(fabric__in=fabrics, silent_since__isnull=False).order_by("name")
    for host in silent:
        yield Reason(host.name, trouble.of_host(host))
