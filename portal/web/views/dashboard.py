"""The dashboard: is my network well, and what changed?"""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from networking import selectors
from networking.selectors import Dashboard as Glance
from networking.web import lines
from networking.web.overview import fabric_items
from networking.web.states import Status
from networking.web.topology import draw
from networking.web.views.base import NounPage
from portal.lib import words

SHOWN_REASONS = 5
SHOWN_CHANGES = 6
TONES = {"well": "ok", "busy": "busy", "attention": "warn"}


@dataclass(frozen=True, slots=True)
class Tile:
    """A number and where it leads."""

    number: str
    noun: str
    href: str


class Dashboard(NounPage):
    """A tenant's first page."""

    nav = "dashboard"
    template_name = "portal/dashboard.html"
    fragment_name = "portal/dashboard_live.html"

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Health in a sentence, the map, counts, changes and sites."""
        glance = selectors.dashboard(self.actor)
        sites = list(selectors.sites(self.actor))
        fabrics = fabric_items(self.actor, slug, sites)
        return self.render_to_response(
            self.get_context_data(
                health=_health(glance, connected=bool(fabrics)),
                reasons=glance.reasons[:SHOWN_REASONS],
                more_reasons=max(0, len(glance.reasons) - SHOWN_REASONS),
                tiles=_tiles(glance, slug),
                fabrics=fabrics,
                drawing=draw(fabrics),
                change_lines=lines.change_lines(glance.recent[:SHOWN_CHANGES]),
                site_lines=lines.site_lines(sites),
                unfinished=glance.under_way or glance.held_up or glance.behind,
            )
        )


def _health(glance: Glance, *, connected: bool) -> Status:
    """The sentence at the top; the reasons stand below it."""
    tone = TONES[glance.health]
    if count := len(glance.reasons):
        word = words.count(count, "thing needs attention", "things need attention")
        return Status(tone, f"{word}.")
    if glance.under_way:
        return Status(tone, f"{words.count(glance.under_way, 'change')} on the way.", "")
    if glance.behind:
        return Status(tone, f"{words.count(glance.behind, 'device')} to catch up.", "")
    if not glance.networks and not connected:
        return Status("off", "Nothing is set up yet.", "Your provider connects you first.")
    if not glance.networks:
        return Status("off", "Nothing is set up yet.", "Add a network to begin.")
    return Status(tone, "Your network is well.", "Everything that you asked for is in force.")


def _tiles(glance: Glance, slug: str) -> list[Tile]:
    def href(name: str) -> str:
        return reverse(f"networking:{name}", args=[slug])

    unfinished = glance.under_way + glance.held_up
    return [
        Tile(*_counted(glance.networks, "network"), href("network_list")),
        Tile(f"{glance.ports_up} of {glance.ports}", "ports up", href("port_list")),
        Tile(f"{glance.sites_up} of {glance.sites}", "sites established", href("site_list")),
        Tile(
            *_counted(unfinished, "change unfinished", "changes unfinished"),
            href("change_list") + "?state=unfinished",
        ),
    ]


def _counted(number: int, noun: str, plural: str = "") -> tuple[str, str]:
    """The number, and its noun."""
    figure, _, named = words.count(number, noun, plural).partition(" ")
    return figure, named
