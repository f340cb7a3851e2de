"""What people say of a rule, checked and written into its row."""

from dataclasses import dataclass
from typing import TypedDict
from uuid import UUID

from networking.intent import Protocol, RuleAction
from networking.models import Rule, RuleTerm
from networking.services.act import Snapshot
from networking.services.group_fields import check_description
from networking.services.guards import check_label, taken_name
from networking.services.rule_ports import read_ports
from networking.services.rule_terms import ANY, Side, Vocabulary, meant_by, texts
from portal.lib.errors import Refusal

WITH_PORTS = (Protocol.TCP.value, Protocol.UDP.value)


@dataclass(frozen=True, slots=True)
class RuleInput:
    """What a person says of a rule. Terms are text: `any`, an address or prefix, `group:shop`,
    `site:Berlin`; `ports` like `80,443,8000-8100`, empty for all."""

    name: str
    source: tuple[str, ...] = (ANY,)
    destination: tuple[str, ...] = (ANY,)
    protocol: str = Protocol.ANY.value
    ports: str = ""
    action: str = RuleAction.ALLOW.value
    enabled: bool = True
    log: bool = False
    description: str = ""

    @property
    def terms(self) -> tuple[str, ...]:
        """Those of both sides."""
        return (*self.source, *self.destination)


class RulePatch(TypedDict, total=False):
    """The fields of `RuleInput`, all of which can change. Its place changes by a move."""

    name: str
    source: tuple[str, ...]
    destination: tuple[str, ...]
    protocol: str
    ports: str
    action: str
    enabled: bool
    log: bool
    description: str


@dataclass(frozen=True, slots=True)
class Sides:
    """Whom a rule is about."""

    source: Side
    destination: Side


def fill(rule: Rule, wanted: RuleInput, known: Vocabulary) -> Sides:
    """Check what is wanted and write it into the row; its terms come back. Raises Refusal."""
    rule.name = check_label(wanted.name, "rule")
    rule.description = check_description(wanted.description)
    rule.protocol = _choice(Protocol, wanted.protocol, "protocol")
    rule.action = _choice(RuleAction, wanted.action, "action")
    rule.ports = [[one.first, one.last] for one in read_ports(wanted.ports)]
    if rule.ports and rule.protocol not in WITH_PORTS:
        raise Refusal(
            "ports-invalid",
            f"Ports belong to TCP and UDP, and the protocol is {rule.protocol}. "
            "Choose one of the two, or leave the ports empty.",
            field="ports",
        )
    rule.enabled, rule.log = wanted.enabled, wanted.log
    sides = Sides(
        known.read(wanted.source, "source"), known.read(wanted.destination, "destination")
    )
    _check_families(sides)
    return sides


def check_free_name(rule: Rule) -> None:
    """Refuse a name that another rule of the tenant has."""
    others = Rule.objects.filter(tenant_id=rule.tenant_id, name=rule.name).exclude(id=rule.id)
    other = others.first()
    if other is not None:
        raise taken_name("rule", rule.name, retiring=other.retiring_at is not None)


def sides_of(rule: Rule) -> Sides:
    """The rule's terms as they are; prefetch them for many rules (`WITH_TERMS`)."""
    found: dict[str, list[RuleTerm]] = {RuleTerm.Side.SOURCE: [], RuleTerm.Side.DESTINATION: []}
    for term in sorted(rule.terms.all(), key=lambda one: one.position):
        found[term.side].append(term)
    source, destination = (tuple(map(meant_by, terms)) for terms in found.values())
    return Sides(source, destination)


def terms_of(rule: Rule, sides: Sides) -> list[RuleTerm]:
    """The rows that hold the terms."""
    return [
        RuleTerm(
            tenant_id=rule.tenant_id,
            rule=rule,
            side=side,
            position=position,
            group=meant.group,
            site=meant.site,
            prefix=meant.prefix,
        )
        for side, terms in (
            (RuleTerm.Side.SOURCE, sides.source),
            (RuleTerm.Side.DESTINATION, sides.destination),
        )
        for position, meant in enumerate(terms)
    ]


def write_terms(rule: Rule, sides: Sides) -> None:
    """Replace the rule's terms."""
    RuleTerm.objects.filter(tenant_id=rule.tenant_id, rule=rule).delete()
    RuleTerm.objects.bulk_create(terms_of(rule, sides))


def snapshot(rule: Rule, sides: Sides) -> Snapshot:
    """The editable fields, as a change keeps them and a revert reads them."""
    return {
        "name": rule.name,
        "description": rule.description,
        "source": texts(sides.source),
        "destination": texts(sides.destination),
        "protocol": str(rule.protocol),
        "ports": rule.ports_text,
        "action": str(rule.action),
        "enabled": rule.enabled,
        "log": rule.log,
    }


def as_input(fields: Snapshot) -> RuleInput:
    """A snapshot as a person would say it."""
    kept = {name: fields[name] for name in RuleInput.__dataclass_fields__}
    lists = {name: tuple(kept[name]) for name in ("source", "destination")}
    return RuleInput(**(kept | lists))


def locate(tenant_id: UUID, rule_id: UUID | None, field: str) -> Rule | None:
    """The rule beside which another is to stand. Raises Refusal."""
    if rule_id is None:
        return None
    rule = Rule.objects.filter(tenant_id=tenant_id, id=rule_id, retiring_at=None).first()
    if rule is None:
        raise Refusal("rule-unknown", "There is no such rule. Choose one of yours.", field=field)
    return rule


def _choice(kind: type[Protocol] | type[RuleAction], text: str, field: str) -> str:
    known = [one.value for one in kind]
    if text not in known:
        raise Refusal(
            f"{field}-unknown",
            f"{text!r} is no {field}. Use one of: {', '.join(known)}.",
            field=field,
        )
    return text


def _check_families(sides: Sides) -> None:
    """Refuse prefixes of which no packet can have one on each side."""
    source, destination = families(sides.source), families(sides.destination)
    if not source & destination:
        raise Refusal(
            "families-mixed",
            "The source is IPv4 and the destination IPv6, or the other way round: no packet is "
            "both. Name prefixes of the same family.",
            field="destination",
        )


def families(side: Side) -> frozenset[int]:
    """The IP versions that one side may match, as far as its own words say."""
    if any(meant.prefix is None for meant in side) or not side:
        return frozenset({4, 6})
    return frozenset(meant.prefix.version for meant in side if meant.prefix is not None)
