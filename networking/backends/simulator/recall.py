"""From the resources that a simulated fabric holds back to the intent that they were made of."""

from collections.abc import Iterable, Mapping
from typing import Any

from networking.intent import (
    FabricIntent,
    Group,
    HealthCheck,
    Member,
    Network,
    Port,
    PortRange,
    Protocol,
    Rule,
    RuleAction,
    SitePrefixes,
    TenantRef,
    Term,
    TermKind,
    Transit,
    Vip,
    VipPort,
)
from networking.planning import Resource
from networking.planning.outline import SITE_PREFIXES, SURROUNDINGS

Attrs = Mapping[str, Any]


def recall(tenant: TenantRef, held: Iterable[Resource]) -> FabricIntent:
    """The intent of a tenant on a fabric; rendering it gives the same resources. Its generation
    is 0: the fabric does not keep it."""
    of: dict[str, list[Resource]] = {}
    for resource in held:
        of.setdefault(resource.kind, []).append(resource)
    around = next((one.attrs for one in of.get(SURROUNDINGS, ())), {})
    ports: dict[str, list[Port]] = {}
    for one in of.get("port", ()):
        fields = {name: value for name, value in one.attrs.items() if name != "network"}
        ports.setdefault(one.attrs["network"], []).append(Port(one.key, **fields))
    return FabricIntent(
        tenant=tenant,
        generation=0,
        networks=tuple(
            Network(one.key, **one.attrs, ports=tuple(ports.get(one.attrs["name"], ())))
            for one in of.get("network", ())
        ),
        transit=next((_transit(one.key, one.attrs) for one in of.get("transit", ())), None),
        groups=tuple(
            Group(one.key, one.attrs["name"], tuple(one.attrs["addresses"]))
            for one in of.get("group", ())
        ),
        rules=tuple(_rule(one.key, one.attrs) for one in of.get("rule", ())),
        vips=tuple(_vip(one.key, one.attrs) for one in of.get("vip", ())),
        sites=tuple(
            SitePrefixes(one.key, one.attrs["name"], tuple(one.attrs["prefixes"]))
            for one in of.get(SITE_PREFIXES, ())
        ),
        elsewhere=tuple(around.get("elsewhere", ())),
        vip_prefixes=tuple(around.get("vip_prefixes", ())),
    )


def _transit(key: str, attrs: Attrs) -> Transit:
    return Transit(key, **{**attrs, "hosts": tuple(attrs["hosts"])})


def _rule(key: str, attrs: Attrs) -> Rule:
    return Rule(
        id=key,
        name=attrs["name"],
        rank=attrs["rank"],
        source=_terms(attrs["source"]),
        destination=_terms(attrs["destination"]),
        protocol=Protocol(attrs["protocol"]),
        ports=tuple(PortRange(one["first"], one["last"]) for one in attrs["ports"]),
        action=RuleAction(attrs["action"]),
        enabled=attrs["enabled"],
        log=attrs["log"],
    )


def _terms(values: Iterable[Attrs]) -> tuple[Term, ...]:
    return tuple(Term(TermKind(one["kind"]), one["value"], one["name"]) for one in values)


def _vip(key: str, attrs: Attrs) -> Vip:
    check = attrs["check"]
    return Vip(
        id=key,
        name=attrs["name"],
        ipv4=attrs["ipv4"],
        ipv6=attrs["ipv6"],
        ports=tuple(
            VipPort(Protocol(one["protocol"]), one["port"], one["member_port"])
            for one in attrs["ports"]
        ),
        members=tuple(Member(**one) for one in attrs["members"]),
        check=HealthCheck(**check) if check else None,
    )
