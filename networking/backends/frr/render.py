"""From an intent to the stanzas that carry it.

Attributes are FRR's own lines (docs.frrouting.org, "BGP", "STATIC" and "Filtering"), without the
words that a line shares with its neighbour (`neighbor 192.0.2.2`) or list: what `show
running-config` prints compares equal, and a line that somebody added shows as such.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from networking.backends.frr.words import (
    COMMAND,
    FAMILIES,
    GUARD,
    NEIGHBOR,
    PREFIX_LIST,
    ROUTE_TAG,
    STATIC_ROUTE,
    Direction,
    Family,
    description,
    family_of,
    list_name,
)
from networking.intent import Route, RouterIntent, Site
from networking.planning import Noun, Resource

KEEPALIVE: Final = 3
HOLD: Final = 9
"""Seconds, RFC 4271 section 4.4: a dead line is noticed in 9 s, not in 3 minutes."""

CONNECT_RETRY: Final = 2
"""Seconds between attempts: a site that comes up is met at once, not after 2 minutes."""

RESTART: Final = 5
"""Minutes until a session that sent too many prefixes is tried again."""


def render(intent: RouterIntent) -> tuple[Resource, ...]:
    """All stanzas of ours that the router must hold for this tenant."""
    return (
        *(lists for site in intent.sites for lists in _prefix_lists(intent, site)),
        *(neighbour for site in intent.sites for neighbour in _neighbours(intent, site)),
        *(_static_route(intent, route) for route in intent.routes),
    )


def _static_route(intent: RouterIntent, route: Route) -> Resource:
    family = family_of(route.prefix)
    return Resource(
        kind=STATIC_ROUTE,
        key=f"{route.prefix} {route.next_hop}",
        attrs={
            "vrf": intent.vrf,
            "line": f"{COMMAND[family]} route {route.prefix} {route.next_hop} tag {ROUTE_TAG}",
        },
        noun=Noun("network", route.network_id, route.network_name),
    )


def _prefix_lists(intent: RouterIntent, site: Site) -> Iterator[Resource]:
    for family in _spoken(site):
        yield _prefix_list(intent, site, "in", family, site.accepted)
        yield _prefix_list(intent, site, "out", family, site.advertised)


def _prefix_list(
    intent: RouterIntent, site: Site, direction: Direction, family: Family, prefixes: Iterable[str]
) -> Resource:
    # Without `le` an entry matches its very prefix: more specific ones fall through.
    permits = {f"permit {prefix}" for prefix in prefixes if family_of(prefix) == family}
    return Resource(
        kind=PREFIX_LIST,
        key=list_name(intent.tenant.id, site.id, direction, family),
        attrs={"family": family, "entries": sorted({GUARD[family], *permits})},
        noun=Noun("site", site.id, site.name),
    )


def _neighbours(intent: RouterIntent, site: Site) -> Iterator[Resource]:
    for address in site.neighbours:
        family = family_of(address)
        general = [
            f"remote-as {site.asn}",
            f"description {description(site.id)}",
            f"timers {KEEPALIVE} {HOLD}",
            f"timers connect {CONNECT_RETRY}",
        ]
        lines = {name: sorted(_policy(intent, site, name)) for name in FAMILIES if name == family}
        yield Resource(
            kind=NEIGHBOR,
            key=address,
            attrs={
                "vrf": intent.vrf,
                "asn": intent.asn,
                "general": sorted(general),
                "ipv4": lines.get("ipv4", []),
                "ipv6": lines.get("ipv6", []),
            },
            noun=Noun("site", site.id, site.name),
        )


def _policy(intent: RouterIntent, site: Site, family: Family) -> list[str]:
    return [
        "activate",
        f"prefix-list {list_name(intent.tenant.id, site.id, 'in', family)} in",
        f"prefix-list {list_name(intent.tenant.id, site.id, 'out', family)} out",
        # Counts what the filter accepted. Counting all (`force`) would count our own prefixes,
        # which many routers send back to where they learned them.
        f"maximum-prefix {site.max_prefixes} restart {RESTART}",
    ]


def _spoken(site: Site) -> list[Family]:
    return [name for name in FAMILIES if any(family_of(a) == name for a in site.neighbours)]
