"""Intent as device-neutral resources, one a noun: what a person wants to read of a plan.

The difference of two outlines says what a change means before any device is asked. Every field of
the intent is in it, so a device whose outline stays equal has nothing to do.
"""

from collections.abc import Iterator
from dataclasses import asdict

from networking.intent import (
    FabricIntent,
    Group,
    Network,
    Port,
    Route,
    RouterIntent,
    Rule,
    Site,
    SitePrefixes,
    Transit,
    Vip,
)
from networking.planning.diff import diff
from networking.planning.plan import Plan
from networking.planning.resource import Json, Noun, Resource

SURROUNDINGS = "surroundings"
"""What a fabric is told of the tenant beside nouns of its own: prefixes elsewhere, and VIPs'."""

SITE_PREFIXES = "site-prefixes"
"""What a site stands for in rules. It follows from the site, which a router is told."""

ORDER = (
    SURROUNDINGS, SITE_PREFIXES, "transit", "network", "port", "group", "rule", "vip", "route",
    "site",
)  # fmt: skip
"""Ways out first, then what is on them; what the sites learn comes last."""


def outline(intent: FabricIntent | RouterIntent) -> tuple[Resource, ...]:
    """One resource for each noun of the intent."""
    if isinstance(intent, FabricIntent):
        return tuple(_fabric(intent))
    return tuple(_router(intent))


def foresee(before: FabricIntent | RouterIntent | None, after: FabricIntent | RouterIntent) -> Plan:
    """The plan from one intent of a scope to a later one; without `before`, from nothing."""
    have = outline(before) if before else ()
    return diff(outline(after), have, order=ORDER, generation=after.generation)


def _fabric(intent: FabricIntent) -> Iterator[Resource]:
    if intent.transit:
        yield _transit(intent.transit)
    for network in intent.networks:
        yield _network(network)
        for port in network.ports:
            yield _port(port, network)
    for site in intent.sites:
        yield Resource(SITE_PREFIXES, site.id, _attrs(site), _noun("site", site))
    for group in intent.groups:
        yield Resource("group", group.id, _attrs(group), _noun("group", group))
    for rule in intent.rules:
        yield Resource("rule", rule.id, _attrs(rule), _noun("rule", rule))
    for vip in intent.vips:
        yield Resource("vip", vip.id, _attrs(vip), _noun("vip", vip))
    if intent.elsewhere or intent.vip_prefixes:
        attrs = {"elsewhere": [*intent.elsewhere], "vip_prefixes": [*intent.vip_prefixes]}
        tenant = Noun("tenant", intent.tenant.id, intent.tenant.slug)
        yield Resource(SURROUNDINGS, intent.tenant.id, attrs, tenant)


def _noun(kind: str, value: Group | Rule | Vip | SitePrefixes) -> Noun:
    return Noun(kind, value.id, value.name)


def _router(intent: RouterIntent) -> Iterator[Resource]:
    for route in intent.routes:
        yield _route(route)
    for site in intent.sites:
        yield _site(site)


def _transit(transit: Transit) -> Resource:
    attrs = _attrs(transit)
    return Resource("transit", transit.id, attrs, Noun("attachment", transit.id, transit.name))


def _network(network: Network) -> Resource:
    attrs = _attrs(network)
    del attrs["ports"]
    return Resource("network", network.id, attrs, Noun("network", network.id, network.name))


def _port(port: Port, network: Network) -> Resource:
    attrs = _attrs(port) | {"network": network.name}
    return Resource("port", port.id, attrs, Noun("port", port.id, port.name))


def _route(route: Route) -> Resource:
    # A network's new name is nothing to the router.
    attrs = {"prefix": route.prefix, "next_hop": route.next_hop}
    noun = Noun("network", route.network_id, route.network_name)
    return Resource("route", route.prefix, attrs, noun)


def _site(site: Site) -> Resource:
    return Resource("site", site.id, _attrs(site), Noun("site", site.id, site.name))


def _attrs(value: object) -> dict[str, Json]:
    """The fields of a value of the intent as JSON would give them back: lists, no tuples."""
    fields: dict[str, Json] = _plain(asdict(value))  # type: ignore[call-overload]
    del fields["id"]
    return fields


def _plain(value: Json) -> Json:
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return str(value) if isinstance(value, str) else value
